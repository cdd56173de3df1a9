"""Archives of arrays: read completely, or refused with one kind of error before they take memory."""

import errno
import io
import zipfile
from tokenize import TokenError

import numpy as np
import pytest

from nnlib.support.npz import DamagedFile, damage_reported, read_npz


def test_arrays_of_every_type_without_objects_are_read(tmp_path):
    arrays = {"f": np.eye(3, dtype=np.float32), "i": np.arange(4), "empty": np.zeros((0, 2)), "text": np.array(["a", "bcd"])}
    np.savez(tmp_path / "a.npz", **arrays)
    found = read_npz(tmp_path / "a.npz")
    assert found.keys() == arrays.keys() and all(np.array_equal(found[name], arrays[name]) for name in arrays)


def test_a_missing_file_is_not_a_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize("largest", [None, 100_000])
def test_a_small_archive_of_much_is_not_unpacked(tmp_path, monkeypatch, largest):
    np.savez_compressed(tmp_path / "a.npz", zeros=np.zeros(1_000_000))
    assert (tmp_path / "a.npz").stat().st_size < 10_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(DamagedFile, match="unpacks to 8,000,128 bytes"):
        read_npz(tmp_path / "a.npz", largest)


def test_an_archive_of_the_largest_size_is_unpacked(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", zeros=np.zeros(1_000_000))
    assert read_npz(tmp_path / "a.npz", 8_000_128)["zeros"].shape == (1_000_000,)


def test_a_header_that_declares_more_than_there_is_allocates_nothing(tmp_path, monkeypatch):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (240_000_000,)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", stream.getvalue() + bytes(800))
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("allocated"))
    with pytest.raises(DamagedFile, match="not what its header says"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize(
    "error",
    [TokenError("x"), RuntimeError("x"), NotImplementedError("x"), MemoryError(), IndexError("x"), AttributeError("x\ny")],
)
def test_whatever_goes_wrong_is_one_error_of_one_line(error):
    with pytest.raises(DamagedFile) as caught, damage_reported():
        raise error
    assert str(caught.value) == (str(error)[:1] or "MemoryError")


def test_a_long_reason_is_cut():
    with pytest.raises(DamagedFile) as caught, damage_reported():
        raise ValueError("x" * 5000)
    assert len(str(caught.value)) == 120


@pytest.mark.parametrize("number, damaged", [(errno.EACCES, False), (errno.EIO, False), (errno.EINVAL, True), (None, True)])
def test_a_file_that_cannot_be_read_is_not_a_damaged_one(number, damaged):
    with pytest.raises(DamagedFile if damaged else OSError), damage_reported():
        raise OSError(number, "x")


def test_control_c_is_no_damage():
    with pytest.raises(KeyboardInterrupt), damage_reported():
        raise KeyboardInterrupt
