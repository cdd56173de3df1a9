"""Reading CIFAR-10 in the layout of the Hugging Face hub: .parquet files whose rows hold an encoded image and a label."""

import io
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlib.data.cifar10_files import Source, cannot_read
from nnlib.data.errors import DataError
from nnlib.data.parquet_pages import inflated_bytes
from nnlib.data.progress import Progress
from nnlib.support.error_text import first_line

MAX_ROWS = {"train": 50_000, "test": 10_000}
MAX_FILE_BYTES = 1 << 28  # what a file may inflate to; the true ones have 0.12 GB
MAX_IMAGE_BYTES = 100_000  # an encoded 32 x 32 image has 1 to 3 kB
BATCH = 500
WHAT = "Converting CIFAR-10"

Block = tuple[str, np.ndarray, np.ndarray]  # "train" or "test", pixels (n, 3072) uint8, labels (n,) int64


def read_parquet(source: Source, progress: Progress) -> Iterator[Block]:
    """The images of every file, in the order of the files' names, test last.

    One thread: decoding a 32 x 32 image takes 60 microseconds, most of them spent in Python itself, and a second thread
    made it slower. Raises DataError for a file that is truncated, or holds anything but CIFAR-10's kind of images.
    """
    files = [("train", path) for path in source.train] + [("test", path) for path in source.test]
    rows = {"train": 0, "test": 0}
    done = 0
    for part, path in files:  # the declared sizes first: this is fast, and gives the total
        with _opened(path) as file:
            rows[part] += _declared_rows(file, path)
        if rows[part] > MAX_ROWS[part]:
            raise _wrong(path, f"there are more than {MAX_ROWS[part]:,} {part} images")
    for part, path in files:
        for encoded, labels in _batches(path):
            yield part, _decode_all(encoded, path), labels
            done += len(encoded)
            progress(WHAT, done, sum(rows.values()))


def _batches(path: Path) -> Iterator[tuple[list[bytes | None], np.ndarray]]:
    """Encoded images and labels, BATCH rows at a time, or fewer.

    A column may hold one value and repeat it in each row, so the rows of a batch together may be larger than the file.
    """
    with _opened(path) as file:
        rows = MAX_FILE_BYTES // max([1, *_sizes(file.metadata, path)])
        for batch in file.iter_batches(min(BATCH, rows), columns=["img.bytes", "label"], use_threads=False):
            yield batch.column("img").field("bytes").to_pylist(), _labels(batch.column("label"), path)


def _declared_rows(file: Any, path: Path) -> int:
    """The number of rows that a file declares. Raises DataError for wrong columns or a file that is too large."""
    import pyarrow as pa

    schema, metadata = file.schema_arrow, file.metadata
    img = schema.field("img").type if "img" in schema.names else pa.null()
    encoded = img.field("bytes").type if pa.types.is_struct(img) and img.get_field_index("bytes") >= 0 else pa.null()
    if not (pa.types.is_binary(encoded) or pa.types.is_large_binary(encoded)):
        raise _wrong(path, "there is no column img.bytes with encoded images")
    if "label" not in schema.names or not pa.types.is_integer(schema.field("label").type):
        raise _wrong(path, "there is no column label with whole numbers")
    if sum(_sizes(metadata, path)) > MAX_FILE_BYTES:
        raise _wrong(path, "it inflates to more than CIFAR-10 has")
    return metadata.num_rows


def _sizes(metadata: Any, path: Path) -> list[int]:
    """The bytes that each group of rows inflates to, as its pages declare them: the footer may declare less."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return [sum(_inflated_bytes(data, group.column(i)) for i in range(group.num_columns)) for group in groups]


def _inflated_bytes(data: Any, column: Any) -> int:
    starts = [column.data_page_offset]
    if column.has_dictionary_page and column.dictionary_page_offset:
        starts.append(column.dictionary_page_offset)
    return inflated_bytes(data, min(starts), column.total_compressed_size)


def _labels(column: Any, path: Path) -> np.ndarray:
    """(n,) int64."""
    if column.null_count:
        raise _wrong(path, "a label is missing")
    labels = column.to_numpy(zero_copy_only=False)
    if len(labels) and not 0 <= labels.min() <= labels.max() <= 9:
        raise _wrong(path, "a label lies outside 0 to 9")
    return labels.astype(np.int64)


def _decode_all(encoded: list[bytes | None], path: Path) -> np.ndarray:
    """(n, 3072) uint8."""
    pixels = np.empty((len(encoded), 3072), np.uint8)
    for i, data in enumerate(encoded):
        try:
            pixels[i] = _decode(data)
        except _NotAnImage as error:
            raise _wrong(path, f"an image {error}") from error
        except Exception as error:  # a damaged image can fail in any way
            raise _wrong(path, f"an image is damaged, or cannot be decoded here ({first_line(error)})") from error
    return pixels


class _NotAnImage(Exception):
    """Says what is wrong with an image, in words that go after "an image"."""


def _decode(data: bytes | None) -> np.ndarray:
    """One PNG or JPEG of 32 x 32 pixels as (3072,) uint8. The size is read from its header, before anything is inflated."""
    from PIL import Image  # after the first image this is a look-up in a dictionary

    if data is None or len(data) > MAX_IMAGE_BYTES:
        raise _NotAnImage("is missing or too large")
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        if image.size != (32, 32):
            raise _NotAnImage(f"has {image.size[0]} x {image.size[1]} pixels, not 32 x 32")
        return np.frombuffer(image.convert("RGB").tobytes(), np.uint8)


def _wrong(path: Path, what: str) -> DataError:
    return DataError(f"{path} is not CIFAR-10 as the Hugging Face hub keeps it, because {what}: download it again.")


@contextmanager
def _opened(path: Path) -> Iterator:
    """The file as a pyarrow ParquetFile; what goes wrong inside pyarrow becomes a DataError."""
    try:
        import PIL.Image  # noqa: F401
        import pyarrow.parquet as pq
    except ImportError as error:
        raise DataError(
            f"Reading .parquet files of images takes pyarrow and Pillow: pip install pyarrow pillow ({error})."
        ) from error
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _wrong(path, "it is larger than CIFAR-10")
        with pq.ParquetFile(path) as file:
            yield file
    except DataError:
        raise
    except NotImplementedError as error:  # as a compression that this pyarrow was built without
        raise DataError(f"{path} cannot be read by this version of pyarrow ({first_line(error)}): update pyarrow.") from error
    except Exception as error:  # and a damaged file fails in many
        raise cannot_read(path, error) from error
