"""Where the library looks for data, keeps what it converts, and keeps what runs leave behind.

Each folder can be set by an environment variable, read at every call; without it the folder is the user's cache folder
for "backprop-lab". Nothing here creates a folder: who writes, creates.
"""

import os
from pathlib import Path

APP_NAME = "backprop-lab"


def data_folder() -> Path:
    """Where data sets are looked for and downloaded to: $NNLIB_DATA. May be read only if nothing is downloaded."""
    return _folder("NNLIB_DATA")


def cache_folder() -> Path:
    """Where converted data sets are kept: $NNLIB_CACHE. Everything in it can be deleted; it is made again when needed."""
    return _folder("NNLIB_CACHE")


def runs_folder() -> Path:
    """Where runs, studies and uploaded points are kept: $NNLIB_RUNS."""
    return _folder("NNLIB_RUNS", "runs")


def _folder(variable: str, *below: str) -> Path:
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path(APP_NAME).joinpath(*below)
