"""Small generated copies of CIFAR-10 in every format that the library reads."""

import hashlib
import io
import pickle
import struct
import tarfile

import numpy as np
import pytest
from PIL import Image

from nnlib.data import cifar10_batches, download

BATCHES = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Empty folders for this test. Returns the one that $NNLIB_DATA names."""
    for name in ("data", "cache", "runs"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"NNLIB_{name.upper()}", str(tmp_path / name))
    return tmp_path / "data"


@pytest.fixture
def tiny():
    """60 training and 20 test images with known pixels: {"train": (pixels (60, 32, 32, 3), labels), "test": …}."""
    rng = np.random.default_rng(7)
    return {
        part: (rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8), rng.integers(0, 10, n))
        for part, n in (("train", 60), ("test", 20))
    }


def encode(pixels, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


@pytest.fixture
def write_parquet(folders):
    """write_parquet(part, images, labels, name=None): a .parquet file in the Hugging Face layout."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(part, images, labels, name=None):
        images = [encode(image) if isinstance(image, np.ndarray) else image for image in images]
        table = pa.table(
            {
                "img": pa.array(
                    [{"bytes": image, "path": None} for image in images],
                    pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
                ),
                "label": pa.array(list(labels), pa.int64()),
            }
        )
        path = folders / "cifar10" / "plain_text" / (name or f"{part}-00000-of-00001.parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path)
        return path

    return write


@pytest.fixture
def parquet(write_parquet, tiny):
    """The tiny copy as .parquet. Returns the path of the training file."""
    write_parquet("test", *tiny["test"])
    return write_parquet("train", *tiny["train"])


class Python2Pickler(pickle._Pickler):
    """Writes text and bytes as Python 2 did: the published batches were made with it."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, value):
        data = value.encode("latin1") if isinstance(value, str) else value
        self.write(pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(value)

    dispatch[bytes] = dispatch[str] = save_string


def python2_pickle(value):
    file = io.BytesIO()
    Python2Pickler(file, protocol=2).dump(value)
    return file.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


@pytest.fixture
def batches(tiny, monkeypatch):
    """The tiny copy as {file name: bytes}; their checksums replace the published ones."""
    images, labels = tiny["train"]
    parts = [(images[i * 12 : i * 12 + 12], labels[i * 12 : i * 12 + 12]) for i in range(5)] + [tiny["test"]]
    files = {}
    for name, (pixels, classes) in zip(BATCHES, parts, strict=True):
        channels_first = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1).copy()
        files[name] = python2_pickle({"data": channels_first, "labels": [int(k) for k in classes], "batch_label": name})
    publish(monkeypatch, files)
    return files


def publish(monkeypatch, files):
    md5 = {name: hashlib.md5(data).hexdigest() for name, data in files.items()}
    monkeypatch.setattr(cifar10_batches, "BATCH_MD5", md5)


def tar_of(files, folder="cifar-10-batches-py/"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


@pytest.fixture
def archive(batches, monkeypatch):
    """The bytes of the tiny .tar.gz; its checksum replaces the published one."""
    data = tar_of(dict(reversed(batches.items())))
    publish_archive(monkeypatch, data)
    return data


def publish_archive(monkeypatch, data):
    md5 = hashlib.md5(data).hexdigest()
    monkeypatch.setattr(cifar10_batches, "ARCHIVE_MD5", md5)
    monkeypatch.setattr(download, "ARCHIVE_MD5", md5)


@pytest.fixture
def helpers():
    """The functions above, for tests that pass other data."""

    class Helpers:
        pass

    for function in (encode, publish, publish_archive, tar_of, python2_pickle):
        setattr(Helpers, function.__name__, staticmethod(function))
    return Helpers
