"""The secret that signs what browsers and students bring back: cookies, controlling links, assignments, hand-ins."""

import os
import secrets
from pathlib import Path

from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder


def path_of_secret() -> Path:
    """Return the path of the file that has the secret."""
    return runs_folder() / "cookie.key"


def secret_of_this_server() -> str:
    """Return the secret.

    It is made once, and stored beside the runs, readable by this user alone. Servers that share their learners have the same.
    Where it cannot be stored, it is that of this call alone: lessons need no disk.
    """
    path, key = path_of_secret(), secrets.token_hex(32)
    try:
        if not path.exists():
            with write_atomically(path) as file:
                os.chmod(file.name, 0o600)
                file.write(key.encode())
        return path.read_text()
    except OSError:
        return key
