"""Training on from a snapshot of a run, as a run of its own.

The new run's folder is what the earlier run's would be had it been paused at that step: its log and snapshots so far, and a
checkpoint. What holds for a run that is resumed holds for this one: with the same settings it gives the same numbers.
"""

from nnlib.experiment.checkpoint import save_checkpoint
from nnlib.experiment.settings import Experiment
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import Command
from nnlib.runs.snapshots import copy_until, read_frame, read_state, snapshots
from nnlib.runs.store import RunFolder
from nnlib.runs.stored_json import parse_event

LIVE = KINDS["train"].changeable


class CannotContinue(ValueError):
    """A run cannot be continued from there, or with these settings. The message, one sentence, says why."""


def continue_run(
    run: RunFolder, step: int, settings: Experiment, session: str | None, classroom: int | None = None
) -> tuple[RunFolder, list[Command]]:
    """Make a run that goes on from the snapshot of `run` at `step`.

    Returns its folder, and the commands for its process: the new values of what may change while a network is trained, and to
    go on.

    Raises
    ------
    CannotContinue, SnapshotError
        Both are ValueErrors.
    OSError
        The folder cannot be written.
    """
    snapshot = next((each for each in snapshots(run) if each.step == step), None)
    if snapshot is None:
        raise CannotContinue(f"This run has no snapshot of step {step:,}.")
    before = Experiment.from_dict(run.about["settings"])
    _check(before, settings, step)
    log, values = _log_until(run, snapshot, {name: before.by_name[name] for name in LIVE})
    frame, (state, config) = read_frame(run, snapshot), read_state(run, snapshot)
    state["values"]["ended"] = False  # the snapshot may be the end of a shorter run
    config |= {"logged": len(log), "paused": True, "steps_left": None}

    changes = {name: settings.by_name[name] for name in LIVE if settings.by_name[name] != values[name]}

    def begin(folder):
        folder.log.write_bytes(log)
        copy_until(run, folder, snapshot)
        folder.write("started.json", run.read("started.json"))
        folder.write("frame.json", frame)
        save_checkpoint(folder.path / KINDS["train"].checkpoint, state, config)
        return {"from_step": step, "changed": changes}

    stored = before.having(iterations=settings.iterations).to_dict()
    made = RunFolder.create(stored, session=session, classroom=classroom, begin=begin)
    return made, [*([{"do": "change", **changes}] if changes else []), {"do": "resume"}]


def _check(before, settings, step):
    """Raise CannotContinue unless the network can be trained on as it is."""
    may_change = LIVE if before.schedule == "cosine" else (*LIVE, "iterations")  # the cosine ends with the run
    for name, field in Experiment.FIELDS.items():
        if name not in may_change and before.applies(name) and settings.by_name[name] != before.by_name[name]:
            raise CannotContinue(
                f"To train on, “{field.label}” must be as in that run: choose its settings, or start a new run."
            )
    if step >= settings.last_step:
        raise CannotContinue(f"That run ends at step {step:,}: raise “Iterations” to train on from there.")


def _log_until(run, snapshot, values):
    """The log up to the event of the snapshot, and `values` as they were set by then."""
    log = []
    with open(run.log, "rb") as lines:
        for line in lines:
            log.append(line)
            event = parse_event(line) or {}
            if event.get("event") == "control":
                values = {**values, **event.get("changed", {})}
            elif event.get("event") == "snapshot" and event["step"] == snapshot.step:
                break
    return b"".join(log), values
