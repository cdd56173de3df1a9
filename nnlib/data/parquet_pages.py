"""What the pages of a .parquet file inflate to: pyarrow takes that much memory at once, whatever the file's own footer says.

The header of a page is a struct in Thrift's compact protocol, see https://parquet.apache.org/docs/file-format/data-pages/.
"""

from collections.abc import Sequence

STOP, TRUE, FALSE, BYTE, I16, I32, I64, BINARY, STRUCT = 0, 1, 2, 3, 4, 5, 6, 8, 12
UNCOMPRESSED, COMPRESSED = 2, 3  # fields of a page's header, I32: the bytes of the page without it


def inflated_bytes(data: Sequence[int], start: int, length: int) -> int:
    """Return the bytes that the pages of one column, at `start` in the file `data`, inflate to as their headers declare.

    Raises ValueError, IndexError or RecursionError where they are damaged.
    """
    at, end, total = start, start + length, 0
    while at < end:
        header, at = _struct(data, at)
        compressed = header.get(COMPRESSED, -1)
        if not 0 <= compressed <= end - at or UNCOMPRESSED not in header:
            raise ValueError("the sizes of a page are invalid")
        total += max(header[UNCOMPRESSED], compressed)
        at += compressed
    return total


def _struct(data, at):
    """The fields of type I32 by their numbers, and where the struct ends."""
    fields, number = {}, 0
    while kind := data[at] & 15:
        step, at = data[at] >> 4, at + 1
        if step:
            number += step
        else:
            number, at = _integer(data, at)
        if kind == I32:
            fields[number], at = _integer(data, at)
        elif kind in (I16, I64):
            _, at = _integer(data, at)
        elif kind == BINARY:
            length, at = _unsigned(data, at)
            at += length
        elif kind == STRUCT:
            _, at = _struct(data, at)
        elif kind == BYTE:
            at += 1
        elif kind not in (TRUE, FALSE):
            raise ValueError("the header of a page has a field of an unknown type")
    return fields, at + 1


def _integer(data, at):
    """A signed number, and where it ends."""
    value, at = _unsigned(data, at)
    return value >> 1 ^ -(value & 1), at


def _unsigned(data, at):
    value = shift = 0
    while data[at] & 128:
        value |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if shift > 63:
            raise ValueError("the header of a page has a number of more than 64 bits")
    return value | data[at] << shift, at + 1
