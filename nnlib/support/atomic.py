"""Writing a file so that nobody ever sees half of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def write_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`; it takes the name `path` when the block ends, or goes when the block fails.

    A reader, or another process that writes the same file, sees the old file or the new one, whole. Errors: OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")  # tempfile's would be for this user's eyes only
    try:
        with open(temporary, "xb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:  # KeyboardInterrupt too: a cancelled write leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise
