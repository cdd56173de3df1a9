"""What a browser receives first when it watches a run: the run so far, and earlier runs to compare it with."""

from typing import Any

from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import Event
from nnlib.runs.store import RunFolder, all_runs
from nnlib.support.json_lines import to_line

EARLIER_RUNS = 4  # drawn behind the present one
SHORTEST = 50  # steps; a shorter run is not shown for comparison


def story(folder: RunFolder, about: dict[str, Any]) -> list[str]:
    """Return the lines that bring a browser up to date: what the run is, how it began, the curve so far, the newest frame."""
    history = folder.history()
    names = ("run", "kind", "settings", "expectation")
    run = {"event": "run", **{name: about.get(name) for name in names}, "label": _label(folder, history)}
    parts = (run, folder.read("started.json"), history, folder.read("frame.json"))
    return [to_line(part) for part in parts if part]


def earlier_runs(about: dict[str, Any]) -> Event:
    """Return the `earlier_runs` event for the run of `about`: runs of its session with the same task, the newest first.

    It holds no ids: an id is the key to a run, and whoever has the link to this run may watch it.
    """
    found = []
    for folder in all_runs() if KINDS[about["kind"]].same_task else ():
        if _is_comparable(folder.about, about) and (curve := _curve(folder)):
            found.append(curve)
        if len(found) == EARLIER_RUNS:
            break
    return {"event": "earlier_runs", "runs": found}


def _is_comparable(earlier, about):
    if not earlier or earlier["session"] is None or earlier["session"] != about["session"]:
        return False
    return earlier["created"] < about["created"] and _task(earlier) == _task(about)


def _task(about):
    """What a run learns: runs that learn the same are drawn over each other."""
    return about["kind"], [about["settings"].get(name) for name in KINDS[about["kind"]].same_task or ()]


def _curve(folder):
    """An entry of the `earlier_runs` event, or None if the run was too short."""
    history = folder.history()
    loss = history["loss"]
    if not loss["step"] or loss["step"][-1] < SHORTEST:
        return None
    evaluations = [event for event in history["events"] if event["event"] == "evaluation"]
    return {
        "label": _label(folder, history),
        "loss": {"step": loss["step"], "smooth": loss["smooth"]},
        "val": {
            "step": [event["step"] for event in evaluations],
            "accuracy": [event["val_accuracy"] for event in evaluations],
        },
    }


def _label(folder, history):
    return folder.label([event for event in history["events"] if event["event"] == "control"])
