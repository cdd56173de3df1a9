"""Snapshots of a run: what was drawn at chosen steps and, for as many of them as there is room for, the state of the training.

All snapshots of a run are in one file of its folder, one after another: the `frame` event as zlib-compressed JSON, then a
checkpoint, or nothing. The index is the run's log: a `snapshot` event says where in the file each of them is. So a log that
is cut back to a checkpoint has forgotten the snapshots that followed it, which the resumed run takes again.

    for snapshot in snapshots(folder):
        frame = read_frame(folder, snapshot)      # as in docs/live-protocol.md
"""

import io
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from nnlib.experiment.checkpoint import load_checkpoint
from nnlib.runs.protocol import Event
from nnlib.runs.store import RunFolder
from nnlib.runs.stored_json import parse_object

FILE = "snapshots.bin"
DENSE_STEPS = 32  # the first steps, each with a snapshot; from there on half as many for every doubling
STATE_BYTES = 64 * 1024**2  # of all checkpoints in one file: 30 of the report's network, whose checkpoint has 2.2 MB
PIECE = 1024**2  # bytes that are copied at once
LEVEL = 1  # of compression: the fastest


class SnapshotError(ValueError):
    """A snapshot cannot be read. The message, one sentence, says why."""


@dataclass(frozen=True)
class Snapshot:
    """Where a snapshot is.

    Attributes
    ----------
    step : the step after which it was taken; 0 for the untrained network
    at : its first byte in the file
    frame : bytes of the compressed frame
    state : bytes of the checkpoint that follows, 0 where there is none
    """

    step: int
    at: int
    frame: int
    state: int

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.at + self.frame + self.state


def path_of(folder: RunFolder) -> Path:
    """Return the path of a run's snapshots, a file that may not exist."""
    return folder.path / FILE


def snapshots(folder: RunFolder) -> list[Snapshot]:
    """Return the snapshots of a run in order, without those that a damaged log or file has lost."""
    try:
        size = path_of(folder).stat().st_size
    except OSError:
        return []
    events = (event for event in folder.events() if event["event"] == "snapshot")
    found = [Snapshot(*(event[name] for name in ("step", "at", "frame", "state"))) for event in events]
    return [each for each in found if min(each.step, each.at, each.frame, each.state) >= 0 and each.end <= size]


def read_frame(folder: RunFolder, snapshot: Snapshot) -> Event:
    """Return the `frame` event of a snapshot. Raises SnapshotError."""
    try:
        frame = parse_object(zlib.decompress(_read(folder, snapshot.at, snapshot.frame)))
    except (OSError, zlib.error, MemoryError):
        frame = {}
    if frame.get("event") != "frame":
        raise SnapshotError(f"The snapshot of step {snapshot.step:,} is damaged.")
    return frame


def read_state(folder: RunFolder, snapshot: Snapshot) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (state, config) of a snapshot, as load_checkpoint does. Raises SnapshotError."""
    if not snapshot.state:
        raise SnapshotError(f"No weights are stored for step {snapshot.step:,}.")
    try:
        return load_checkpoint(io.BytesIO(_read(folder, snapshot.at + snapshot.frame, snapshot.state)))
    except (OSError, ValueError):
        raise SnapshotError(f"The weights of step {snapshot.step:,} are damaged.") from None


def _read(folder, at, size):
    with open(path_of(folder), "rb") as file:
        file.seek(at)
        return file.read(size)


def copy_until(run: RunFolder, other: RunFolder, last: Snapshot) -> None:
    """Copy the snapshots of a run, up to one of them, into the folder of another run. Raises OSError."""
    with open(path_of(run), "rb") as source, open(path_of(other), "wb") as target:
        while piece := source.read(min(PIECE, last.end - source.tell())):
            target.write(piece)


def next_step(step: int) -> int:
    """Return the step of the snapshot after one at `step`: the next multiple of a power of two that grows with the step.

    Every run has its snapshots at the same steps, so that two runs can be compared.
    """
    shift = _shift(step)
    return ((step >> shift) + 1) << shift


def snapshots_until(step: int) -> int:
    """Return how many snapshots there are up to `step`: 180 until step 20,000, and 16 more for every doubling."""
    shift = _shift(step)
    return 1 + shift * DENSE_STEPS // 2 + (step >> shift)


def _shift(step):
    """The exponent of the distance between snapshots at `step`."""
    return max(0, step.bit_length() - DENSE_STEPS.bit_length() + 1)


class Recorder:
    """Takes the snapshots of a run. Made after the log was cut back to the checkpoint, if the run is resumed.

    Parameters
    ----------
    folder : RunFolder
    iterations : steps of the whole run
    state_bytes : bytes of one checkpoint. Where those of all snapshots would be more than STATE_BYTES, only every second
        snapshot has one, or every third, and so on; where two are more, none has
    write_state : writes a checkpoint with the given config into an open file

    Attributes
    ----------
    last : the step of the newest snapshot, or None
    """

    def __init__(
        self, folder: RunFolder, iterations: int, state_bytes: int, write_state: Callable[[BinaryIO, dict], None]
    ) -> None:
        self._write_state = write_state
        taken = snapshots(folder)
        self._taken, self.last = len(taken), taken[-1].step if taken else None
        self._path = path_of(folder)
        with self._open() as file:
            file.truncate(max((snapshot.end for snapshot in taken), default=0))
        room = STATE_BYTES // state_bytes - 1  # one is for the last step
        self._every = -(-snapshots_until(iterations) // room) if room > 0 else 0

    @property
    def next(self) -> int:
        """The step of the next snapshot."""
        return 0 if self.last is None else next_step(self.last)

    def take(self, step: int, frame: str, config: dict | None, last: bool = False) -> Event:
        """Store a snapshot, and return its `snapshot` event. Raises OSError.

        Parameters
        ----------
        step : int
        frame : the line of the frame event
        config : what the checkpoint says beside the state of the training; None where nobody can train on
        last : whether the training ends here
        """
        packed, state = zlib.compress(frame.encode(), LEVEL), io.BytesIO()
        if config and self._every and (last or self._taken % self._every == 0):
            self._write_state(state, config)
        with self._open() as file:
            snapshot = Snapshot(step, file.tell(), len(packed), len(state.getbuffer()))
            file.write(packed)
            file.write(state.getbuffer())
        self._taken, self.last = self._taken + 1, step
        return {"event": "snapshot", **asdict(snapshot)}

    def _open(self):
        return open(self._path, "ab")
