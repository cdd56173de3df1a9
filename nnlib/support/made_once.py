"""A small file that is made once, whoever needs it first."""

import os
from pathlib import Path

import filelock

from nnlib.support.atomic import write_atomically


def made_once(path: Path, text: str) -> str:
    """Return the text of a file, which is made with `text` if it does not exist: readable by this user alone.

    Of several processes that ask at once, one makes it.

    Raises
    ------
    OSError
        It cannot be read, or it is not there and cannot be written.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_name(f"{path.name}.lock")):
            if not path.exists():
                with write_atomically(path) as file:  # a full disk leaves no empty file
                    os.chmod(file.name, 0o600)
                    file.write(text.encode())
    return path.read_text()
