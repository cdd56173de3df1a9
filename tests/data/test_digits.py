"""The digits that come with scikit-learn, read without importing it."""

import gzip

import numpy as np
import pytest

from nnlib.data import DataError, digits, load_dataset


def test_the_images_equal_those_of_scikit_learn_in_the_fixed_shares():
    from sklearn.datasets import load_digits

    data = load_dataset("digits")
    assert [X.shape for X in (data.X_train, data.X_val, data.X_test)] == [(1297, 64), (250, 64), (250, 64)]
    assert data.image_shape == (8, 8, 1) and data.class_names == tuple("0123456789")
    raw = np.concatenate([X.raw(slice(None)) for X in (data.X_train, data.X_val, data.X_test)])
    labels = np.concatenate([data.y_train, data.y_val, data.y_test])
    truth = load_digits()
    ours = sorted(zip(raw.reshape(1797, 64).tolist(), labels.tolist(), strict=True))
    assert ours == sorted(zip(truth.data.astype(int).tolist(), truth.target.tolist(), strict=True))


def test_inputs_are_sixteenths_minus_the_training_mean():
    data = load_dataset("digits", seed=5)
    sixteenths = data.X_train.raw(slice(None)).reshape(-1, 64) / 16
    assert np.allclose(data.X_train, sixteenths - sixteenths.mean(axis=0), atol=1e-6)
    assert np.allclose(np.asarray(data.X_train).mean(axis=0), 0, atol=1e-6)
    validation = data.X_val.raw(slice(None)).reshape(-1, 64) / 16
    assert np.allclose(data.X_val, validation - sixteenths.mean(axis=0), atol=1e-6)


def test_standardised_training_images_have_unit_deviation():
    assert np.asarray(load_dataset("digits", standardise=True).X_train).std() == pytest.approx(1, abs=1e-4)


def test_pictures_reach_full_brightness():
    data = load_dataset("digits")
    raw, pictures = data.X_val.raw([0, 1]), data.X_val.pictures([0, 1])
    assert pictures.shape == (2, 8, 8, 1) and pictures.dtype == np.uint8
    assert raw.max() == 16 and pictures.max() == 255 and np.array_equal(pictures, raw.astype(int) * 255 // 16)


@pytest.mark.parametrize(
    "content",
    [b"not gzip", gzip.compress(b"1,2,3\n"), gzip.compress(b"a" * 99), gzip.compress(b"99," * 64 + b"1\n")[:-9]],
    ids=["not an archive", "a short line", "no numbers", "cut off"],  # an archive contains the time, and names must not change
)
def test_the_error_for_a_damaged_file_says_what_to_do(content, tmp_path, monkeypatch):
    (tmp_path / "digits.csv.gz").write_bytes(content)
    monkeypatch.setattr(digits, "digits_path", lambda: tmp_path / "digits.csv.gz")
    with pytest.raises(DataError, match="install"):
        load_dataset("digits")


def test_a_missing_scikit_learn_is_reported(monkeypatch):
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    with pytest.raises(DataError, match="pip install scikit-learn"):
        load_dataset("digits")
