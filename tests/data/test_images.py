"""Images behaves like the float32 matrix it represents, and flips are reproducible."""

import numpy as np
import pytest

from nnlib.data import Images, flip_horizontally

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 12), dtype=np.uint8)
MEAN = PIXELS[:20].mean(axis=0)


def matrix(rows, scale=1.0):
    return ((PIXELS[rows] - MEAN) * scale).astype(np.float32)


@pytest.fixture(params=["range", "indices"])
def case(request):
    rows = range(5, 25) if request.param == "range" else np.random.default_rng(1).permutation(40)[:20]
    return Images(PIXELS, rows, (2, 2, 3), MEAN, 0.5), matrix(np.asarray(rows), 0.5)


@pytest.mark.parametrize(
    "index",
    [
        np.array([3, 0, 3, 19]), np.array([3], np.uint8), [1, 2], slice(None), slice(2, 9), slice(15, 99),
        slice(None, None, -3), slice(7, 7), np.array([], int), [], -1, 4, np.array([-1, -20]), np.arange(20) % 3 == 0,
    ],
)  # fmt: skip
def test_indexing_agrees_with_the_matrix(case, index):
    images, expected = case
    if isinstance(index, list) and not index:
        expected = expected[:0]
    else:
        expected = expected[index]
    found = images[index]
    assert found.dtype == np.float32 and found.shape == expected.shape
    assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("index", [20, -21, [0, 20], [-21], [-21, 0], [0.5], np.ones(19, bool)])
def test_an_out_of_range_index_never_reads_another_split(case, index):
    with pytest.raises(IndexError):
        case[0][index]


def test_small_unsigned_indices_do_not_wrap_around():
    many = Images(np.arange(600, dtype=np.uint16).astype(np.uint8)[:, None], range(300, 600), (1, 1, 1), [0])
    assert many[np.array([255], np.uint8)].item() == (555 % 256)


def test_it_stands_wherever_an_array_is_expected(case):
    images, expected = case
    assert images.shape == expected.shape and images.ndim == 2 and images.dtype == np.float32 and len(images) == 20
    assert np.asarray(images).dtype == np.float32 and np.allclose(images, expected, atol=1e-5)
    assert np.asarray(images, dtype=np.float64).dtype == np.float64
    weights = np.ones((12, 3), np.float32)
    assert np.allclose(np.asarray(images) @ weights, expected @ weights, atol=1e-3)
    with pytest.raises(ValueError, match="copy"):
        np.array(images, copy=False)


def test_take_fills_the_given_buffer(case):
    images, expected = case
    buffer = np.full((3, 12), np.nan, np.float32)
    assert images.take([4, 4, 0], buffer) is buffer
    assert np.allclose(buffer, expected[[4, 4, 0]], atol=1e-5)
    for wrong in (np.empty((2, 12), np.float32), np.empty((3, 12))):
        with pytest.raises(ValueError, match="must be float32"):
            images.take([4, 4, 0], wrong)


def test_raw_keeps_the_stored_pixels():
    images = Images(PIXELS, range(5, 25), (2, 2, 3), MEAN)
    assert np.array_equal(images.raw([1, 2]), PIXELS[6:8].reshape(2, 2, 2, 3))
    assert images.raw(3).shape == (1, 2, 2, 3)
    assert np.array_equal(images.pictures(slice(0, 2)), PIXELS[5:7].reshape(2, 2, 2, 3))


def test_each_feature_is_scaled_separately():
    scale = np.linspace(1, 2, 12)
    assert np.allclose(Images(PIXELS, range(40), (2, 2, 3), MEAN, scale), matrix(slice(None), scale), atol=1e-4)


def test_a_memory_map_is_only_read(tmp_path):
    np.save(tmp_path / "pixels.npy", PIXELS)
    images = Images(np.load(tmp_path / "pixels.npy", mmap_mode="r"), range(40), (2, 2, 3), MEAN)
    images[[1, 2]][:] = 0
    assert np.allclose(images, matrix(slice(None)), atol=1e-4)


def test_flips_mirror_whole_images_and_about_half_of_them():
    batch = np.random.default_rng(2).normal(size=(400, 4 * 6 * 3)).astype(np.float32)
    flipped = flip_horizontally(batch.copy(), (4, 6, 3), np.random.default_rng(3))
    mirrored = batch.reshape(-1, 4, 6, 3)[:, :, ::-1].reshape(400, -1)
    was_flipped = (flipped == mirrored).all(axis=1)
    assert (was_flipped | (flipped == batch).all(axis=1)).all()
    assert 150 < was_flipped.sum() < 250
    assert np.array_equal(flipped, flip_horizontally(batch.copy(), (4, 6, 3), np.random.default_rng(3)))


def test_a_flip_draws_as_many_numbers_as_there_are_images():
    rng, other = np.random.default_rng(4), np.random.default_rng(4)
    flip_horizontally(np.zeros((7, 12), np.float32), (2, 2, 3), rng)
    other.random(7)
    assert rng.random() == other.random()


def test_a_batch_of_another_shape_is_rejected():
    with pytest.raises(ValueError, match="batch = array of shape"):
        flip_horizontally(np.zeros((7, 13)), (2, 2, 3), np.random.default_rng(0))


def test_the_pixels_of_photographs_are_shown_as_they_are_and_means_and_scales_are_float32():
    images = Images(PIXELS, range(40), (2, 2, 3), MEAN, MEAN)
    assert images.white == 255 and images.mean.dtype == images.scale.dtype == np.float32
    np.testing.assert_array_equal(images.pictures([3])[0].ravel(), PIXELS[3])
