"""The networks that runs of this machine have trained, in a separate file, because the runs are deleted later.

Every network that made a step and did not diverge is a line of `leaderboard.jsonl` in the runs folder, whether it was trained
to its end or stopped: run, index (within a run of several networks), settings, val_accuracy, test_accuracy, seconds (of
training), epochs, samples_per_second, device, finished (Unix seconds), stopped. Of each data set the best MOST are kept.
"""

import json
import sys
from collections import Counter
from collections.abc import Hashable
from typing import Any

import filelock

from nnlib.deep.settings import MlpExperiment
from nnlib.runs.stored_json import has_fields
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder
from nnlib.support.json_lines import to_line

LOCK_SECONDS = 10
MOST = 500  # entries of a data set
LARGEST = 2 * 1024**2  # bytes of the file, from which on it is cut down to these
NUMBERS = ("val_accuracy", "test_accuracy", "seconds", "epochs", "samples_per_second", "finished")
FIELDS = {"run": str, "index": int, "device": str, "stopped": bool} | dict.fromkeys(NUMBERS, (int, float))


def add(entry: dict[str, Any]) -> None:
    """Enter a network. Raises OSError, or filelock.Timeout if others hold the file for too long."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS), open(path, "ab+") as file:
        file.seek(max(0, file.tell() - 1))
        torn = file.read(1) not in (b"", b"\n")  # a process was killed while it wrote the last line
        file.write(b"\n" * torn + to_line(entry).encode() + b"\n")
        if file.tell() > LARGEST:
            file.flush()
            _keep_the_best(path)


def enter(entry: dict[str, Any]) -> None:
    """Enter a network. A file that cannot be written is reported on stderr only: the run continues."""
    try:
        add(entry)
    except (OSError, filelock.Timeout) as error:
        print(f"nnlib: the leaderboard could not be written: {error}", file=sys.stderr)


def entries() -> list[dict[str, Any]]:
    """Return all entries, the best on validation first. Invalid lines are skipped, and of one network the newest counts."""
    try:
        lines = _path().read_bytes().splitlines()
    except OSError:
        return []
    newest = {(entry["run"], entry["index"]): entry for line in lines if (entry := _entry(line))}
    return sorted(newest.values(), key=lambda entry: (-entry["val_accuracy"], entry["seconds"]))


def version() -> Hashable:
    """Return a value that changes with every entry."""
    try:
        found = _path().stat()
    except OSError:
        return None
    return str(_path()), found.st_mtime_ns, found.st_size


def _keep_the_best(path):
    """Cut the file down to the best MOST entries of each data set."""
    kept: list[dict] = []
    counts: Counter[str] = Counter()
    for entry in entries():
        counts[entry["settings"]["dataset"]] += 1
        if counts[entry["settings"]["dataset"]] <= MOST:
            kept.append(entry)
    with write_atomically(path) as file:
        file.writelines(to_line(entry).encode() + b"\n" for entry in kept)


def _entry(line):
    """The entry in a line, or None. Settings that an earlier version allowed, and this one does not, are invalid."""
    try:
        entry = json.loads(line)
        MlpExperiment.from_dict(entry["settings"])
        return entry if has_fields(entry, FIELDS) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _path():
    return runs_folder() / "leaderboard.jsonl"
