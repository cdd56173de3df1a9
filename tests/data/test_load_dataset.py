"""load_dataset, the list of data sets, and the cost of importing them."""

import subprocess
import sys

import numpy as np
import pytest

from nnlib.data import DATASETS, DataError, dataset_status, describe_datasets, load_dataset

PLANAR = ["spiral", "moons", "circles", "xor", "blobs"]


def parts(data):
    return [(data.X_train, data.y_train), (data.X_val, data.y_val), (data.X_test, data.y_test)]


@pytest.mark.parametrize("name", PLANAR)
def test_planar_sets_have_600_points_with_balanced_classes_in_the_plane(name):
    data = load_dataset(name)
    assert [X.shape for X, _ in parts(data)] == [(300, 2), (150, 2), (150, 2)]
    assert all(X.dtype == np.float64 and y.dtype == np.int64 for X, y in parts(data))
    labels = np.concatenate([y for _, y in parts(data)])
    assert np.bincount(labels).tolist() == [600 // data.classes] * data.classes
    assert data.input_size == 2 and data.classes == len(data.class_names) == DATASETS[name].classes
    assert np.abs(np.concatenate([X for X, _ in parts(data)])).max() < 1.5
    assert data.image_shape is None


@pytest.mark.parametrize("name", PLANAR)
def test_default_noise_leaves_a_planar_set_learnable(name):
    data = load_dataset(name)
    nearest = ((data.X_val[:, None] - data.X_train) ** 2).sum(axis=-1).argmin(axis=1)
    assert (data.y_train[nearest] == data.y_val).mean() > 0.95


@pytest.mark.parametrize("name", PLANAR + ["digits"])
def test_the_seed_decides_everything(name):
    first, again, other = load_dataset(name, seed=3), load_dataset(name, seed=3), load_dataset(name, seed=4)
    for (X, y), (X_again, y_again), (X_other, _) in zip(*map(parts, (first, again, other)), strict=True):
        assert np.array_equal(X, X_again) and np.array_equal(y, y_again)
        assert not np.array_equal(X, X_other)


@pytest.mark.parametrize(("share", "sizes"), [(0.1, [60, 270, 270]), (0.5, [300, 150, 150]), (0.9, [540, 30, 30])])
def test_train_share(share, sizes):
    assert [len(y) for _, y in parts(load_dataset("xor", train_share=share))] == sizes
    assert DATASETS["xor"].examples(share) == tuple(sizes)


def test_noise_displaces_each_coordinate_by_its_standard_deviation():
    def sorted_blobs(noise):
        data = load_dataset("blobs", noise=noise)
        return np.concatenate([X for X, _ in parts(data)]), np.concatenate([y for _, y in parts(data)])

    X, y = sorted_blobs(0.3)
    deviation = np.mean([X[y == k].std(axis=0) for k in range(4)])
    assert deviation == pytest.approx(0.3, rel=0.1)
    X, y = sorted_blobs(0)
    assert len(np.unique(X, axis=0)) == 4


def test_xor_without_noise_is_the_sign_of_the_product():
    for X, y in parts(load_dataset("xor", noise=0)):
        assert np.array_equal(y == 0, X[:, 0] * X[:, 1] > 0)
        assert 0.05 <= np.abs(X).min() and np.abs(X).max() <= 1
        assert len(np.unique(np.abs(X))) == X.size  # the coordinates are independent


def test_the_spirals_arms_begin_a_third_of_a_turn_apart_and_wind_by_four_radians():
    for X, y in parts(load_dataset("spiral", noise=0)):
        radius = np.linalg.norm(X, axis=1)
        turned = np.arctan2(X[:, 0], X[:, 1]) - y * 2 * np.pi / 3
        assert np.allclose(np.exp(1j * (turned - 4 * radius)), 1)
        assert 0.05 <= radius.min() < 0.1 and 0.95 < radius.max() <= 1


def test_moons_without_noise_are_two_half_circles():
    for X, y in parts(load_dataset("moons", noise=0)):
        centres = np.where(y[:, None] == 0, [-0.5, -0.25], [0.5, 0.25]) / 1.5
        assert np.allclose(np.linalg.norm(X - centres, axis=1), 1 / 1.5)
        assert ((X - centres)[:, 1] * np.where(y == 0, 1, -1) >= 0).all()
        assert (np.abs((X - centres)[:, 0]).max(where=y == 0, initial=0)) > 0.6


def test_blobs_without_noise_are_at_their_centres():
    for X, y in parts(load_dataset("blobs", noise=0)):
        assert np.allclose(X, np.array([(0.6, 0.5), (-0.5, 0.6), (-0.6, -0.5), (0.5, -0.6)])[y])


def test_circles_without_noise_have_two_radii():
    for X, y in parts(load_dataset("circles", noise=0)):
        assert np.allclose(np.linalg.norm(X, axis=1), np.where(y == 0, 0.9, 0.45))


def test_standardise_uses_the_training_points_alone():
    data = load_dataset("moons", standardise=True)
    assert np.allclose(data.X_train.mean(axis=0), 0) and np.allclose(data.X_train.std(axis=0), 1)
    assert not np.allclose(data.X_val.mean(axis=0), 0, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"name": "spirals"}, "name"),
        ({"name": "spiral", "noise": 0.6}, "noise"),
        ({"name": "spiral", "noise": float("nan")}, "noise"),
        ({"name": "spiral", "train_share": 0.95}, "train_share"),
        ({"name": "spiral", "seed": -1}, "seed"),
        ({"name": "digits", "seed": 1.5}, "seed"),
        ({"name": "points"}, "points"),
        ({"name": "points", "points": "../../secret"}, "points"),
    ],
)
def test_a_wrong_argument_is_named(arguments, named, folders):
    with pytest.raises(ValueError, match=named):
        load_dataset(**arguments)


def test_a_data_error_is_a_value_error():
    assert issubclass(DataError, ValueError)


def test_status_of_every_set(folders):
    status = {entry.name: entry for entry in describe_datasets()}
    assert list(status) == list(DATASETS)
    assert all(status[name].available for name in PLANAR + ["digits"])
    assert not status["cifar10"].available and str(folders) in status["cifar10"].how
    assert not status["points"].available
    assert [name for name, entry in DATASETS.items() if entry.download] == ["cifar10"]
    with pytest.raises(ValueError, match="name"):
        dataset_status("mnist")


def test_importing_and_loading_digits_imports_nothing_heavy():
    script = (
        "import sys, nnlib.data as d; d.load_dataset('digits'); d.load_dataset('moons'); d.dataset_status('cifar10');"
        "print([m for m in ('sklearn', 'torch', 'torchvision', 'pyarrow', 'PIL', 'pandas', 'streamlit') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "[]\n"
