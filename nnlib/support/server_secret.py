"""The secret that signs what browsers and students bring back: cookies, controlling links, assignments, hand-ins."""

import secrets
from pathlib import Path

from nnlib.support.folders import runs_folder
from nnlib.support.made_once import made_once

_OF_THIS_PROCESS = secrets.token_hex(32)


def path_of_secret() -> Path:
    """Return the path of the file that has the secret."""
    return runs_folder() / "cookie.key"


def secret_of_this_server() -> str:
    """Return the secret.

    It is made once, and stored beside the runs, readable by this user alone. Servers that share their learners have the same.
    Where it cannot be stored, it is that of this process alone: lessons need no disk.
    """
    try:
        return made_once(path_of_secret(), secrets.token_hex(32))
    except OSError:
        return _OF_THIS_PROCESS
