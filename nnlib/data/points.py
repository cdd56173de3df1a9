"""A learner's own points, stored under a name made from their content. points_file reads them from a file."""

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlib.data.errors import DataError
from nnlib.data.planar import visible_box
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder
from nnlib.support.npz import DamagedFile, damage_reported, read_npz

LARGEST = 2_000_000  # bytes of a set in memory: 20,000 points have 480,000
MOST_SETS = 200  # in the store; the set that was unused for longest is removed first


@dataclass(frozen=True, eq=False)
class Points:
    """X (n, 2) float64 as the learner wrote them; labels (n,) int64, 0 to K - 1; class_names K texts, in order of the labels;
    columns: the names, in the file, of the two coordinates and the label; note: how an unclear first line was read, or "".
    These two are not stored."""

    X: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    columns: tuple[str, ...] = ()
    note: str = ""


def to_square(points: Points) -> np.ndarray:
    """Shift and scale the points, (n, 2): those that are shown fill [-1, 1] x [-1, 1], both coordinates by one factor."""
    low, high = visible_box(points.X, points.labels)
    return (points.X - (low + high) / 2) / ((high - low).max() / 2)


# The store: one .npz for each set of points, named by the SHA-256 of its content.


def save_points(points: Points) -> str:
    """Store the points, and return their digest, 64 hexadecimal digits. The same points have the same digest.

    The store holds the 200 sets that were saved or loaded last. Raises DataError where it cannot be written.
    """
    digest = _digest(points)
    path = _path(digest)
    try:
        with write_atomically(path) as file:
            np.savez_compressed(file, X=points.X, labels=points.labels, class_names=np.array(points.class_names))
        by_age = sorted(path.parent.glob("*.npz"), key=_last_used, reverse=True)
        for old in by_age[MOST_SETS:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"{path.parent} cannot be written ({error.strerror or error}): make room or allow it there, "
            "or set NNLIB_RUNS to another folder."
        ) from error
    return digest


def load_points(digest: str | None) -> Points:
    """Load the points with this digest. Raises DataError if there are none, or they are damaged or cannot be read."""
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise DataError("points must be the 64 hexadecimal digits that name a stored set: upload or draw the points again.")
    path = _path(digest)
    try:
        with damage_reported():
            file = read_npz(path, LARGEST)
            points = Points(file["X"], file["labels"], tuple(str(name) for name in file["class_names"]))
            if _digest(points) != digest:
                raise DamagedFile("the content does not match its name")
    except FileNotFoundError as error:
        raise DataError("These points are no longer stored: upload or draw them again.") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}): allow it there, or upload or draw the points again."
        ) from error
    except DamagedFile as error:
        raise DataError(f"{path} is damaged ({error}): upload or draw the points again.") from error
    with suppress(OSError):
        os.utime(path)
    return points


def _digest(points: Points) -> str:
    content = [points.X.tolist(), points.labels.tolist(), points.class_names]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _path(digest: str) -> Path:
    return runs_folder() / "uploads" / f"{digest}.npz"


def _last_used(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another process has just removed it
        return 0
