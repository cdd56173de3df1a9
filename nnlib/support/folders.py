"""The folders for data sets, for converted data, and for runs.

Each folder can be set by an environment variable, read at every call; without it the folder is the user's cache folder
for "backprop-lab". The functions do not create a folder; code that writes into it does.
"""

import os
from pathlib import Path

APP_NAME = "backprop-lab"


def data_folder() -> Path:
    """Folder of data sets and downloads: $NNLIB_DATA. It may be read-only if nothing is downloaded."""
    return _folder("NNLIB_DATA")


def cache_folder() -> Path:
    """Folder of converted data sets: $NNLIB_CACHE. Its content may be deleted; it is made again when needed."""
    return _folder("NNLIB_CACHE")


def runs_folder() -> Path:
    """Folder of runs, studies and uploaded points: $NNLIB_RUNS."""
    return _folder("NNLIB_RUNS", "runs")


def _folder(variable: str, *below: str) -> Path:
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path(APP_NAME).joinpath(*below)
