"""The networks that this machine has trained to their end, in a file of their own: it outlives the runs, which are tidied away.

Every entry is a line of `leaderboard.jsonl` in the runs folder: run, index (within a run of several networks), settings,
val_accuracy, test_accuracy, seconds (of training), epochs, samples_per_second, device, finished (Unix seconds), stopped.
"""

import json

import filelock

from nnlib.folders import runs_folder
from nnlib.json_lines import to_line
from nnlib.mlp_experiment import MlpExperiment

LOCK_SECONDS = 10
NUMBERS = ("val_accuracy", "test_accuracy", "seconds", "epochs", "samples_per_second", "finished")


def add(entry):
    """Enter a network, a dict. Raises OSError, or filelock.Timeout if others hold the file for too long."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS), open(path, "ab+") as file:
        file.seek(max(0, file.tell() - 1))
        torn = file.read(1) not in (b"", b"\n")  # the last line of one that was killed while it wrote
        file.write(b"\n" * torn + to_line(entry).encode() + b"\n")


def entries():
    """All entries, the best on validation first. A line that is none is passed over, and of one network the newest counts."""
    try:
        lines = _path().read_bytes().splitlines()
    except OSError:
        return []
    newest = {(entry["run"], entry["index"]): entry for line in lines if (entry := _entry(line))}
    return sorted(newest.values(), key=lambda entry: (-entry["val_accuracy"], entry["seconds"]))


def _entry(line):
    """The entry in a line, or None. Settings that an earlier version allowed, and this one does not, are none."""
    try:
        entry = json.loads(line)
        MlpExperiment.from_dict(entry["settings"])
        fits = all(isinstance(entry[name], (int, float)) for name in NUMBERS)
        return entry if fits and {"run", "index", "device", "stopped"} <= entry.keys() else None
    except (ValueError, KeyError, TypeError):
        return None


def _path():
    return runs_folder() / "leaderboard.jsonl"
