"""Writing a file atomically: a reader sees the old file or the new one, never half of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def write_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`. It is renamed to `path` when the block ends, or removed if the block raises.

    Raises
    ------
    OSError : the folder cannot be written to, or `path` is a folder or a device, which would be replaced.
    """
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is not an ordinary file: name another.")
    path.parent.mkdir(parents=True, exist_ok=True)
    # a file from tempfile would be readable by this user only
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:  # KeyboardInterrupt too: a cancelled write leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise
