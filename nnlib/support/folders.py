"""The folders for data sets, for converted data, and for runs.

Each folder can be set by an environment variable, read at every call; without it the folder is the user's cache folder
for "backprop-lab". The functions do not create a folder; code that writes into it does.
"""

import os
from pathlib import Path

from nnlib.support.validation import shown

APP_NAME = "backprop-lab"
VARIABLES = ("NNLIB_DATA", "NNLIB_CACHE", "NNLIB_RUNS")


def data_folder() -> Path:
    """Folder of data sets and downloads: $NNLIB_DATA. It may be read-only if nothing is downloaded."""
    return _folder("NNLIB_DATA")


def cache_folder() -> Path:
    """Folder of converted data sets: $NNLIB_CACHE. Its content may be deleted; it is made again when needed."""
    return _folder("NNLIB_CACHE")


def runs_folder() -> Path:
    """Folder of runs, studies and uploaded points: $NNLIB_RUNS."""
    return _folder("NNLIB_RUNS", "runs")


def check_folders() -> None:
    """Check that every variable that is set names a folder, or a place where one can be made.

    A folder that cannot be written is not an error: the lessons need none.

    Raises
    ------
    ValueError
        Names the variable.
    """
    for variable in VARIABLES:
        text = os.environ.get(variable)
        try:
            valid = not text or can_be_folder(_folder(variable))
        except RuntimeError:  # ~somebody, whose home is unknown
            valid = False
        if not valid:
            raise ValueError(f"{variable} = {shown(text)}: must name a folder.")


def can_be_folder(path: Path) -> bool:
    """Return whether a path is a folder, or leads to one that may be made: not through a file."""
    return next(place for place in (path, *path.parents) if os.path.lexists(place)).is_dir()


def _folder(variable: str, *below: str) -> Path:
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path(APP_NAME).joinpath(*below)
