"""CIFAR-10 in the three common formats, hostile copies, and the shared cache."""

import json
import os
import pickle
import subprocess
import sys
from tokenize import TokenError

import numpy as np
import pytest

from nnlib.data import DataError, cifar10, cifar10_batches, cifar10_cache, cifar10_parquet, dataset_status, load_dataset
from nnlib.data.cifar10_files import find_sources
from nnlib.data.parquet_pages import inflated_bytes
from nnlib.support.folders import cache_folder, data_folder


@pytest.fixture(params=["folder", "archive", "parquet"])
def form(request, folders):
    """Puts the tiny copy into $NNLIB_DATA in one form, and returns the form's name."""
    if request.param == "parquet":
        request.getfixturevalue("parquet")
    elif request.param == "archive":
        (folders / "cifar-10-python.tar.gz").write_bytes(request.getfixturevalue("archive"))
    else:
        write_folder(folders, request.getfixturevalue("batches"))
    return request.param


def write_folder(folders, files):
    (folders / "cifar-10-batches-py").mkdir(exist_ok=True)
    for name, data in files.items():
        (folders / "cifar-10-batches-py" / name).write_bytes(data)


def caches():
    return sorted(path.name for path in cache_folder().glob("cifar10-*") if path.suffix != ".lock")


def test_every_form_gives_the_same_images_in_the_same_order(form, tiny):
    assert dataset_status("cifar10").available and find_sources(data_folder())[0].form == form
    steps = []
    data = load_dataset("cifar10", progress=lambda *step: steps.append(step))
    assert [X.shape for X in (data.X_train, data.X_val, data.X_test)] == [(59, 3072), (1, 3072), (20, 3072)]
    pixels, labels = tiny["train"]
    assert np.array_equal(data.X_train.raw(slice(None)), pixels[:59]) and np.array_equal(data.y_train, labels[:59])
    assert np.array_equal(data.X_val.raw(slice(None)), pixels[59:]) and np.array_equal(data.y_val, labels[59:])
    assert np.array_equal(data.X_test.raw(slice(None)), tiny["test"][0]) and np.array_equal(data.y_test, tiny["test"][1])
    assert data.image_shape == (32, 32, 3) and data.class_names[0] == "airplane" and data.y_train.dtype == np.int64
    assert steps and all(isinstance(what, str) and 0 <= done <= total for what, done, total in steps)


def test_the_training_mean_is_subtracted_and_pixels_keep_their_unit(form, tiny):
    data = load_dataset("cifar10")
    flat = tiny["train"][0].reshape(60, -1).astype(float)
    mean = flat[:59].mean(axis=0)
    assert np.allclose(data.X_train, flat[:59] - mean, atol=1e-3)
    assert np.allclose(data.X_test[[3, 1]], tiny["test"][0].reshape(20, -1)[[3, 1]] - mean, atol=1e-3)


def test_standardised_channels_have_unit_deviation(parquet):
    X = np.asarray(load_dataset("cifar10", standardise=True).X_train).reshape(-1, 3)
    assert np.allclose(X.std(axis=0), 1, atol=1e-4)


def test_the_second_load_converts_nothing(form):
    first = load_dataset("cifar10")
    again = load_dataset("cifar10", progress=lambda *step: pytest.fail("converted again"))
    assert np.array_equal(first.X_train, again.X_train)
    assert len(caches()) == 2
    assert not first.X_train.pixels.flags.writeable


def test_a_changed_source_is_converted_again_and_the_old_cache_is_deleted(parquet, write_parquet, tiny):
    load_dataset("cifar10")
    before = caches()
    images, labels = tiny["train"]
    write_parquet("train", 255 - images, labels)
    assert np.array_equal(load_dataset("cifar10").X_train.raw([0])[0], 255 - images[0])
    assert len(caches()) == 2 and not set(caches()) & set(before)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("damage", ["truncated", "empty", "shape", "gone", "pickled"])
def test_a_damaged_cache_is_rebuilt(parquet, tiny, suffix, damage):
    load_dataset("cifar10")
    [path] = cache_folder().glob(f"cifar10-*{suffix}")
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "gone":
        path.unlink()
    else:
        with open(path, "wb") as file:
            value = np.array([object()]) if damage == "pickled" else np.zeros((3, 3072), np.uint8)
            np.save(file, value, allow_pickle=True) if suffix == ".npy" else np.savez(file, labels=value)
    assert np.array_equal(load_dataset("cifar10").X_train.raw(slice(None)), tiny["train"][0][:59])


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x40
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("at", [200, -1])
def test_flipped_pixels_are_noticed(parquet, tiny, at):
    load_dataset("cifar10")
    [path] = cache_folder().glob("cifar10-*.npy")
    flip(path, at)
    steps = []
    data = load_dataset("cifar10", progress=lambda *step: steps.append(step))
    assert steps, "converted again"
    assert np.array_equal(data.X_train.raw(slice(None)), tiny["train"][0][:59])
    assert np.array_equal(data.X_test.raw(slice(None)), tiny["test"][0])


def test_the_checksum_is_compared_once_in_a_process(parquet, monkeypatch):
    load_dataset("cifar10")
    monkeypatch.setattr(cifar10_cache.zlib, "crc32", lambda *_: pytest.fail("compared again"))
    load_dataset("cifar10")


def test_a_cache_of_an_earlier_version_is_made_anew(parquet, monkeypatch):
    load_dataset("cifar10")
    monkeypatch.setattr(cifar10_cache, "_verified", set())  # as in another process
    [path] = cache_folder().glob("cifar10-*.npz")
    with np.load(path) as file:
        arrays = {name: array for name, array in file.items() if name != "crc32"}
    np.savez(path, **arrays)
    load_dataset("cifar10")
    with np.load(path) as file:
        assert "crc32" in file


@pytest.mark.parametrize("error", [MemoryError, NotImplementedError, IndexError, AttributeError, TokenError, RuntimeError])
def test_a_cache_that_fails_in_any_way_is_made_anew(parquet, monkeypatch, error):
    load_dataset("cifar10")
    failures = [error("first line\nsecond line")]
    read = cifar10_cache.read_npz
    monkeypatch.setattr(cifar10_cache, "read_npz", lambda path: read(path) if not failures else fail(failures.pop()))
    assert len(load_dataset("cifar10").X_train) == 59


def fail(error):
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, BrokenPipeError, ValueError])
def test_a_cancelled_conversion_leaves_no_file(form, error):
    def cancel(*step):
        raise error

    with pytest.raises(error):
        load_dataset("cifar10", progress=cancel)
    assert caches() == []
    assert len(load_dataset("cifar10").X_train) == 59


def test_leftovers_of_a_killed_process_are_deleted(parquet):
    load_dataset("cifar10")
    image_file = next(cache_folder().glob("*.npy"))
    left = image_file.with_name(image_file.name + ".0123.tmp")
    image_file.rename(left)
    load_dataset("cifar10")
    assert not left.exists() and len(caches()) == 2


CONVERT = """
import json, sys
from nnlib.data import load_dataset
seen = []
def progress(what, done, total):
    if what not in seen:
        seen.append(what)
        print(what, flush=True)
    if what.startswith("Converting"):
        sys.stdin.readline()
data = load_dataset("cifar10", progress=progress)
print(json.dumps({"seen": sorted(set(seen)), "sum": int(data.X_train.raw(slice(None)).sum())}))
"""


def converting():
    """A process that converts the images, and goes on with that when it gets a line or the end of its input."""
    command = [sys.executable, "-c", CONVERT]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_at_once_convert_once(parquet, tiny):
    first, second = converting(), None
    assert first.stdout.readline().startswith("Converting")
    second = converting()
    assert second.stdout.readline() == "Waiting for another program to convert CIFAR-10\n"
    results = [json.loads(process.communicate()[0].splitlines()[-1]) for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0]
    assert {result["sum"] for result in results} == {int(tiny["train"][0][:59].astype(int).sum())}
    assert results[1]["seen"] == ["Waiting for another program to convert CIFAR-10"]
    assert len(caches()) == 2


def test_a_process_killed_during_conversion_does_not_block_the_next(parquet):
    process = converting()
    assert process.stdout.readline().startswith("Converting")
    process.kill()
    process.communicate()
    seen = []
    assert len(load_dataset("cifar10", progress=lambda what, *_: seen.append(what)).X_train) == 59
    assert not [what for what in seen if what.startswith("Waiting")]


# Hostile and damaged copies: one DataError each, no cache, and none of their code is run.


def refused(match):
    with pytest.raises(DataError, match=match) as caught:
        load_dataset("cifar10")
    assert "\n" not in str(caught.value)
    assert caches() == []


def test_a_missing_copy_of_the_data_is_reported(folders):
    refused("data fetch cifar10")
    assert str(folders) in dataset_status("cifar10").how


def test_an_incomplete_folder_is_reported(folders, batches):
    del batches["data_batch_3"]
    write_folder(folders, batches)
    refused("lacks data_batch_3")
    status = dataset_status("cifar10")
    assert not status.available and "data_batch_3" in status.how


def test_a_complete_form_is_preferred_to_an_incomplete_one(folders, batches, parquet):
    write_folder(folders, {"data_batch_1": batches["data_batch_1"]})
    assert [source.form for source in find_sources(folders)] == ["parquet"]


class Exploit:
    def __reduce__(self):
        return os.mkdir, (os.environ["NNLIB_DATA"] + "/exploited",)


@pytest.mark.parametrize("in_archive", [True, False])
def test_a_wrong_checksum_is_never_unpickled(folders, batches, monkeypatch, helpers, in_archive):
    monkeypatch.setattr(cifar10_batches, "_ArraysOnly", lambda *_, **__: pytest.fail("unpickled"))
    hostile = dict.fromkeys(batches, pickle.dumps(Exploit()))
    if in_archive:
        data = helpers.tar_of(hostile)
        (folders / "cifar-10-python.tar.gz").write_bytes(data)
        refused("checksum")
        helpers.publish_archive(monkeypatch, data)  # each batch is still checked against its checksum
    else:
        write_folder(folders, hostile)
    refused("checksum")
    assert not (folders / "exploited").exists()


@pytest.mark.parametrize(
    "content",
    [
        Exploit(),
        {"data": Exploit(), "labels": [0]},
        [],
        {"data": np.zeros((2, 3072), np.uint8)},
        {"data": np.zeros((2, 3071), np.uint8), "labels": [0, 1]},
        {"data": np.zeros((2, 3072), np.int64), "labels": [0, 1]},
        {"data": np.zeros((2, 3072), np.uint8), "labels": [0, 10]},
        {"data": np.zeros((2, 3072), np.uint8), "labels": [0, -1]},
        {"data": np.zeros((2, 3072), np.uint8), "labels": [0.5, 1.0]},
        {"data": np.zeros((2, 3072), np.uint8), "labels": [0]},
        {"data": np.zeros((0, 3072), np.uint8), "labels": []},
    ],
)
def test_a_file_with_the_right_checksum_must_still_be_a_batch(folders, batches, monkeypatch, helpers, content):
    batches["data_batch_2"] = pickle.dumps(content, protocol=2)
    helpers.publish(monkeypatch, batches)
    write_folder(folders, batches)
    refused("data_batch_2")
    assert not (folders / "exploited").exists()


def test_batches_pickled_by_python_3_are_also_read(folders, batches, monkeypatch, helpers, tiny):
    channels_first = tiny["test"][0].transpose(0, 3, 1, 2).reshape(20, -1).copy()
    batches["test_batch"] = pickle.dumps({"data": channels_first, "labels": tiny["test"][1].tolist()}, protocol=2)
    helpers.publish(monkeypatch, batches)
    write_folder(folders, batches)
    assert np.array_equal(load_dataset("cifar10").X_test.raw(slice(None)), tiny["test"][0])


def test_an_archive_with_hostile_names_writes_no_file(folders, batches, monkeypatch, helpers, tmp_path):
    members = {f"cifar-10-batches-py/{name}": data for name, data in batches.items()}
    data = helpers.tar_of({"../escaped": b"x", "/tmp/escaped-absolute": b"x", **members}, folder="")
    helpers.publish_archive(monkeypatch, data)
    (folders / "cifar-10-python.tar.gz").write_bytes(data)
    before = {path for path in tmp_path.rglob("*")}
    assert len(load_dataset("cifar10").X_train) == 59
    new = {path.suffix for path in set(tmp_path.rglob("*")) - before}
    assert new == {".npy", ".npz", ".lock"} and not os.path.exists("/tmp/escaped-absolute")


@pytest.mark.parametrize("cut", ["missing", "truncated", "not gzip", "link"])
def test_a_damaged_archive_with_the_right_checksum_is_rejected(folders, batches, monkeypatch, helpers, cut):
    import io
    import tarfile

    if cut == "missing":
        del batches["test_batch"]
    data = helpers.tar_of(batches)
    if cut == "truncated":
        data = data[: len(data) // 2]
    elif cut == "not gzip":
        data = b"not an archive"
    elif cut == "link":
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            member = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
        data = stream.getvalue()
    helpers.publish_archive(monkeypatch, data)
    (folders / "cifar-10-python.tar.gz").write_bytes(data)
    refused("delete it, and download CIFAR-10 again")


def test_the_published_checksums_are_those_of_torchvision():
    from nnlib.data.torchvision_import import import_torchvision

    CIFAR10 = import_torchvision().datasets.CIFAR10
    assert cifar10_batches.ARCHIVE_MD5 == CIFAR10.tgz_md5
    assert cifar10_batches.BATCH_MD5 == dict(CIFAR10.train_list + CIFAR10.test_list)


@pytest.mark.parametrize("keep", [0, 3, 100, 0.5, 0.999])
def test_a_truncated_parquet_file_is_rejected(parquet, keep):
    data = parquet.read_bytes()
    parquet.write_bytes(data[: int(keep * len(data)) if isinstance(keep, float) else keep])
    refused("train-00000.*download CIFAR-10 again")


@pytest.mark.parametrize("seed", range(8))
def test_a_scratched_parquet_file_gives_images_or_a_data_error(parquet, seed):
    rng = np.random.default_rng(seed)
    data = bytearray(parquet.read_bytes())
    for at in rng.integers(0, len(data), 20):
        data[at] ^= 0xFF
    parquet.write_bytes(bytes(data))
    try:
        assert np.isfinite(load_dataset("cifar10").X_train).all()
    except DataError as error:
        assert "\n" not in str(error)


def test_images_of_another_size_are_rejected_before_decompression(write_parquet, parquet, tiny, helpers, monkeypatch):
    import PIL.Image

    images, labels = list(tiny["train"][0]), tiny["train"][1]
    images[7] = helpers.encode(np.zeros((6000, 6000, 3), np.uint8))  # 0.1 MB that inflates to 108 MB
    monkeypatch.setattr("nnlib.data.cifar10_parquet.MAX_IMAGE_BYTES", 10**6)
    monkeypatch.setattr(PIL.Image.Image, "convert", no_large_images(PIL.Image.Image.convert))
    write_parquet("train", images, labels)
    refused("6000 x 6000 pixels, not 32 x 32")


def no_large_images(convert):
    def checked(image, *arguments, **more):
        assert image.size == (32, 32), "inflated"
        return convert(image, *arguments, **more)

    return checked


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(None, "missing"), (b"", "damaged"), (b"junk", "damaged"), (b"x" * 100_001, "too large"), ("cut", "damaged"),
     ("gif", "damaged"), ("eps", "damaged"), ("scratched jpeg", "damaged")],
)  # fmt: skip
def test_a_file_that_is_not_an_image_is_rejected(write_parquet, parquet, tiny, helpers, bad, reason):
    images, labels = list(tiny["train"][0]), tiny["train"][1]
    if bad == "cut":
        bad = helpers.encode(images[0])[:200]
    elif bad == "gif":
        bad = helpers.encode(images[0], "GIF")
    elif bad == "eps":
        bad = helpers.encode(images[0], "EPS")  # Pillow would hand it to Ghostscript
    elif bad == "scratched jpeg":
        bad = helpers.encode(images[0], "JPEG")[:300]
    images[59] = bad
    write_parquet("train", images, labels)
    refused(reason)


def test_jpeg_and_grey_images_are_read(write_parquet, parquet, tiny, helpers):
    images = [helpers.encode(np.full((32, 32), 10 * i, np.uint8), "JPEG") for i in range(20)]
    write_parquet("test", images, tiny["test"][1])
    raw = load_dataset("cifar10").X_test.raw(slice(None))
    assert np.abs(raw.astype(int) - 10 * np.arange(20)[:, None, None, None]).max() <= 1


@pytest.mark.parametrize("label", [10, -1, None])
def test_labels_outside_the_ten_classes(write_parquet, parquet, tiny, label):
    write_parquet("test", tiny["test"][0], [*tiny["test"][1].tolist()[:-1], label])
    refused("label")


def test_the_most_rows_are_those_of_the_published_images():
    train, val, test = cifar10.SPLIT
    assert cifar10_parquet.MAX_ROWS == {"train": train + val, "test": test}


def test_the_statistics_of_more_than_one_block_are_those_of_all_images():
    pixels = np.random.default_rng(1).integers(0, 256, (2_300, 3072), dtype=np.uint8)
    mean, deviation = cifar10_cache._statistics(pixels, lambda *_: None)
    assert np.allclose(mean, pixels.mean(axis=0), atol=1e-3)
    assert np.allclose(deviation, (pixels - pixels.mean(axis=0)).reshape(-1, 3).std(axis=0), atol=1e-3)


def test_equal_images_have_no_deviation():
    mean, deviation = cifar10_cache._statistics(np.full((3, 3072), 7, np.uint8), lambda *_: None)
    assert (mean == 7).all() and (deviation == 0).all()


def test_too_few_and_too_many_rows_are_rejected(write_parquet, parquet, tiny, monkeypatch):
    images, labels = tiny["train"]
    write_parquet("train", images[:1], labels[:1])
    refused("too few images")
    write_parquet("train", images, labels)
    monkeypatch.setitem(sys.modules["nnlib.data.cifar10_parquet"].MAX_ROWS, "train", 59)
    refused("more than 59 train images")


def test_a_table_with_other_columns_is_rejected(parquet):
    import pyarrow as pa
    import pyarrow.parquet as pq

    image = pa.array([{"bytes": b"x"}] * 3)
    for table in (
        pa.table({"a": [1]}),
        pa.table({"img": [b"x"] * 3, "label": [1] * 3}),
        pa.table({"img": pa.array([{"path": "x"}] * 3), "label": [1] * 3}),
        pa.table({"img": image, "label": ["cat"] * 3}),
        pa.table({"img": image}),
    ):
        pq.write_table(table, parquet)
        refused("there is no column")


def test_several_shards_are_joined_in_order_and_a_missing_one_is_noticed(write_parquet, parquet, tiny):
    parquet.unlink()
    images, labels = tiny["train"]
    second = write_parquet("train", images[30:], labels[30:], "train-00001-of-00002.parquet")
    refused("1 of 2 train")
    write_parquet("train", images[:30], labels[:30], "train-00000-of-00002.parquet")
    data = load_dataset("cifar10")
    assert np.array_equal(data.X_train.raw(slice(None)), images[:59])
    assert second.exists()


def test_the_hubs_own_names_end_in_a_hash(write_parquet, parquet, tiny):
    parquet.unlink()
    images, labels = tiny["train"]
    write_parquet("train", images[:30], labels[:30], "train-00000-of-00002-b42a78aeb3f5a1b2.parquet")
    refused("1 of 2 train")
    second = write_parquet("train", images[30:], labels[30:], "train-00001-of-00002-0123456789abcdef.parquet")
    assert np.array_equal(load_dataset("cifar10").X_train.raw(slice(None)), images[:59])
    second.rename(second.with_name("train-00000-of-00002-0123456789abcdef.parquet"))  # the same part twice
    assert "2 of 2 train" in dataset_status("cifar10").how


# Copies that cannot be used, each with its own cause, and beside a good one.


def test_a_good_copy_is_used_beside_a_bad_one(folders, parquet, tiny):
    (folders / "cifar-10-python.tar.gz").write_bytes(b"not an archive")
    assert [source.form for source in find_sources(folders)] == ["archive", "parquet"]
    assert np.array_equal(load_dataset("cifar10").X_train.raw(slice(None)), tiny["train"][0][:59])
    load_dataset("cifar10", progress=lambda *step: pytest.fail("read the bad copy again"))
    parquet.write_bytes(b"")
    refused("cifar-10-python.tar.gz is not CIFAR-10 as published")


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-batches-py", "cifar10", "cifar10/plain_text"])
def test_a_link_that_leads_nowhere_is_named(folders, name, tmp_path):
    (folders / name).parent.mkdir(exist_ok=True)
    (folders / name).symlink_to(tmp_path / "unmounted")
    refused(f"{name} is a link to .*unmounted, which does not exist")
    assert "does not exist" in dataset_status("cifar10").how


@pytest.mark.parametrize("form", ["batch", "shard"])
def test_a_link_that_leads_nowhere_is_named_within_a_copy(folders, form, batches, parquet):
    if form == "batch":
        parquet.unlink()
        write_folder(folders, batches)
        path = folders / "cifar-10-batches-py" / "data_batch_2"
    else:
        path = parquet
    path.unlink()
    path.symlink_to("elsewhere")
    refused(f"{path.name} is a link to elsewhere")


def unreadable(monkeypatch, path):
    """A file that this user may not read, also where the tests are run by root."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda each, mode: str(each) != str(path) and access(each, mode))


def test_an_unreadable_copy_is_named_and_another_is_used(folders, parquet, archive, monkeypatch, tiny):
    path = folders / "cifar-10-python.tar.gz"
    path.write_bytes(archive)
    unreadable(monkeypatch, path)
    assert [source.form for source in find_sources(folders)] == ["parquet"]
    parquet.unlink()
    refused("cifar-10-python.tar.gz may not be read by this user: allow it")


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_file_that_cannot_be_opened_names_its_cause(folders, batches, monkeypatch, error):
    write_folder(folders, batches)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: fail(error))
    refused("may not be read" if error.errno == 13 else r"cannot be read \(Input/output error\): delete it")


@pytest.mark.parametrize("package", ["PIL", "pyarrow"])
def test_a_missing_decoder_is_named(parquet, monkeypatch, package):
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    refused("pip install pyarrow pillow")


def test_a_missing_codec_is_named(parquet, monkeypatch):
    import pyarrow.parquet

    message = "Support for codec 'zstd' not built"
    monkeypatch.setattr(pyarrow.parquet, "ParquetFile", lambda path: fail(NotImplementedError(message)))
    refused("zstd.*update pyarrow")


def test_an_image_that_cannot_be_decoded_here_names_the_decoder(parquet, monkeypatch):
    import PIL.Image

    monkeypatch.setattr(PIL.Image.Image, "convert", lambda *_: fail(OSError("decoder zip not available")))
    refused("decoder zip not available")


# Files that are small, and inflate to much.


def test_a_value_that_is_repeated_in_every_row_is_read_in_small_batches(parquet, write_parquet, monkeypatch, tiny):
    import pyarrow.parquet

    monkeypatch.setattr(cifar10_parquet, "MAX_FILE_BYTES", 1_000_000)
    write_parquet("train", [b"x" * 400_000] * 60, tiny["train"][1])  # 24 MB in all, and 0.4 MB in the file's dictionary
    assert parquet.stat().st_size < 500_000
    sizes, iter_batches = [], pyarrow.parquet.ParquetFile.iter_batches
    monkeypatch.setattr(
        pyarrow.parquet.ParquetFile, "iter_batches",
        lambda file, size, **more: sizes.append(size) or iter_batches(file, size, **more),
    )  # fmt: skip
    refused("too large")
    assert max(sizes) == 2


def test_a_file_that_inflates_to_more_than_the_images_is_refused_unread(parquet, write_parquet, monkeypatch, tiny):
    monkeypatch.setattr(cifar10_parquet, "MAX_FILE_BYTES", 100_000)
    refused("it is larger than CIFAR-10")
    write_parquet("train", [b"%d" % i + bytes(9_000) for i in range(60)], tiny["train"][1])
    assert parquet.stat().st_size < 100_000
    monkeypatch.setattr(cifar10_parquet, "_batches", lambda path: pytest.fail("read"))
    refused("it inflates to more than CIFAR-10 has")


def test_a_page_that_declares_more_than_the_footer_is_refused_unread(parquet, monkeypatch):
    import pyarrow.parquet as pq

    column = pq.read_metadata(parquet).row_group(0).column(0)
    start, data = column.dictionary_page_offset, bytearray(parquet.read_bytes())
    assert len(data) < 500_000 and column.path_in_schema == "img.bytes"
    assert data[start : start + 3] == b"\x15\x04\x15" and data[start + 5] < 128  # type 2, then the size in three bytes
    data[start + 3 : start + 6] = b"\xfe\xff\x7f"  # 1,048,575
    parquet.write_bytes(data)
    monkeypatch.setattr(cifar10_parquet, "MAX_FILE_BYTES", 500_000)
    monkeypatch.setattr(cifar10_parquet, "_batches", lambda path: pytest.fail("read"))
    refused("it inflates to more than CIFAR-10 has")


PAGE = b"\x15\x00\x15\xc8\x01\x15\x04\x00--"  # of type 0: 100 bytes, of 2 compressed ones


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PAGE, 100),
        (PAGE * 3, 300),
        (b"\x15\x00\x15\xc8\x01\x15\x04\x5c\x15\x06\x1c\x18\x02ab\x16\x02\x11\x12\x00\x00\x00--", 100),  # with nested structs
        (b"\x05\x04\xc8\x01\x05\x06\x04\x00--", 100),  # numbers of fields written out
        (b"\x25\x02\x15\x04\x00--", 2),  # smaller than when compressed
    ],
)
def test_the_headers_of_pages_are_read(data, size):
    assert inflated_bytes(b"...." + data + b"....", 4, len(data)) == size


@pytest.mark.parametrize(
    "data", [PAGE[:-1], PAGE[:5], b"", b"\x00", b"\x25\x02\x15\x03\x00--", b"\x19\x00" + PAGE, b"\x15" + b"\xff" * 99]
)
def test_damaged_headers_of_pages_are_errors(data):
    with pytest.raises((ValueError, IndexError)):
        inflated_bytes(data, 0, max(1, len(data)))


def test_a_read_only_cache_folder_is_reported(parquet, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNLIB_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="NNLIB_CACHE"):
        load_dataset("cifar10")


# The real images, if this machine has them.

real = pytest.mark.skipif(not dataset_status("cifar10").available, reason="no CIFAR-10 under $NNLIB_DATA")


@real
def test_the_real_images_have_the_reports_split_and_are_centred():
    data = load_dataset("cifar10")
    assert [X.shape for X in (data.X_train, data.X_val, data.X_test)] == [(49_000, 3072), (1_000, 3072), (10_000, 3072)]
    total = sum(data.X_train[slice(start, start + 7000)].sum(axis=0, dtype=np.float64) for start in range(0, 49_000, 7000))
    assert np.abs(total / 49_000).max() < 1e-3
    assert 100 < data.X_train.mean.mean() < 140 and 50 < np.asarray(data.X_val).std() < 75
    assert np.bincount(data.y_test).tolist() == [1000] * 10
    assert np.array_equal(np.bincount(data.y_train) + np.bincount(data.y_val), [5000] * 10)


@real
def test_the_real_images_are_upright_colour_pictures():
    """Rows, columns and channels in the documented order: neighbouring pixels are alike, and the sky is blue and above."""
    data = load_dataset("cifar10")
    planes = data.X_train.raw(np.flatnonzero(data.y_train == 0)[:500]).astype(float)
    assert np.abs(np.diff(planes, axis=1)).mean() < 20 and np.abs(np.diff(planes, axis=2)).mean() < 20
    top, bottom, left, right = (
        band.mean(axis=(0, 1, 2)) for band in (planes[:, :8], planes[:, -8:], planes[:, :, :8], planes[:, :, -8:])
    )
    assert top[2] > top[0] + 20, "blue is the last channel, and the sky is blue"
    assert top.mean() > bottom.mean() + 15 and abs(left.mean() - right.mean()) < 5
