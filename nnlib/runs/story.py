"""What a browser receives first when it watches a run: the run so far, and earlier runs to compare it with."""

from typing import Any

from nnlib.runs.differences import comparison, run_name, same_data
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import Event
from nnlib.runs.snapshots import snapshots
from nnlib.runs.store import RunFolder, all_runs
from nnlib.support.json_lines import to_line

EARLIER_RUNS = 4  # drawn behind the present one, beside those that the learner has pinned
SHORTEST = 50  # steps; a shorter run is not shown for comparison


def story(folder: RunFolder, about: dict[str, Any], key: str | None = None) -> list[str]:
    """Return the lines that bring a browser up to date: what the run is, how it began, the curve so far, the newest frame.

    Only a browser that may control the run receives its `key`.
    """
    history = folder.history()
    names = ("run", "kind", "settings", "expectation")
    run = {"event": "run", **{name: about.get(name) for name in names}, "label": _label(folder, history), "key": key}
    parts = (run, folder.read("started.json"), history, folder.read("frame.json"))
    return [to_line(part) for part in parts if part]


def earlier_runs(about: dict[str, Any], own: bool) -> Event:
    """Return the `earlier_runs` event for the run of `about`: runs of its session with the same task, the newest first.

    Only the browser that made the runs (`own`) receives their ids: whoever has the link to one run may watch that one alone.
    """
    if KINDS[about["kind"]].same_task is None:
        return {"event": "earlier_runs", "this": None, "runs": []}
    mine = [(folder, each) for folder in reversed(all_runs()) if _is_comparable(each := folder.about, about)]
    this, found, unpinned = None, [], 0
    for number in range(len(mine), 0, -1):
        folder, each = mine[number - 1]
        before = mine[number - 2][1] if number > 1 else None
        if each["run"] == about["run"]:
            this = {"number": number, **_names(folder, each, before, folder.history()), **({"run": each["run"]} if own else {})}
            continue
        marks = folder.marks
        if not marks["removed"] and (marks["pinned"] or unpinned < EARLIER_RUNS) and (curve := _curve(folder, each, before)):
            unpinned += not marks["pinned"]
            beside = {"comparison": comparison(about, each), "same_data": same_data(about, each)}
            marks = {"pinned": marks["pinned"], "hidden": marks["hidden"]}
            found.append({"number": number, **curve, **marks, **beside, **(_place(folder, each) if own else {})})
    return {"event": "earlier_runs", "this": this, "runs": found}


def _is_comparable(earlier, about):
    """Whether a run is that of `about`, or an earlier one of its session with the same task."""
    if not earlier or earlier["run"] == about["run"]:
        return bool(earlier)
    of_session = about["session"] is not None and earlier["session"] == about["session"]
    return of_session and earlier["created"] < about["created"] and _task(earlier) == _task(about)


def _task(about):
    """What a run learns: runs that learn the same are drawn over each other."""
    return about["kind"], [about["settings"].get(name) for name in KINDS[about["kind"]].same_task or ()]


def _curve(folder, about, before):
    """The names and curves of an entry of the `earlier_runs` event, or None if the run was too short."""
    history = folder.history()
    loss = history["loss"]
    if not loss["step"] or loss["step"][-1] < SHORTEST:
        return None
    evaluations = [event for event in history["events"] if event["event"] == "evaluation"]
    return {
        **_names(folder, about, before, history),
        "loss": {"step": loss["step"], "smooth": loss["smooth"]},
        "val": {
            "step": [event["step"] for event in evaluations],
            "accuracy": [event["val_accuracy"] for event in evaluations],
        },
    }


def _names(folder, about, before, history):
    """The label of a run, its name by itself, and the name that the learner gave it, or None."""
    label = _label(folder, history)
    try:
        automatic = run_name(about, before, label, _controls(history))
    except (AttributeError, KeyError, TypeError, ValueError):  # a damaged file
        automatic = label
    return {"label": label, "automatic": automatic, "name": folder.marks["name"]}


def _place(folder, about):
    """The id of a run and where its snapshots are."""
    return {"run": about["run"], "snapshots": [vars(snapshot) for snapshot in snapshots(folder)]}


def _label(folder, history):
    return folder.label(_controls(history))


def _controls(history):
    return [event for event in history["events"] if event["event"] == "control"]
