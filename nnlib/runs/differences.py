"""What two runs have in common and in what they differ, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nnlib.parameter_entry import is_entry
from nnlib.runs.kinds import KINDS
from nnlib.support.settings import Field

MOST = 3  # differences in a name
DATA = ("dataset", "points", "noise", "train_share", "standardise", "flips", "data_seed")
WEIGHTS = ("features", "hidden", "activation", "init", "std")


def run_name(about: dict[str, Any], before: dict[str, Any] | None, label: str, controls: Sequence[dict]) -> str:
    """Return what is different in a run, or its `label` if there is no run `before` it.

    Parameters
    ----------
    about, before : contents of the run.json of the run and of the run that the learner made before it; `changed` in it is what
        a run that trains on from a snapshot changes there
    label : the run's description in a few characters
    controls : its control events
    """
    step = about.get("from_step")
    parts = [f"from step {step:,}"] if step is not None else []
    if before and step is None:
        parts += [_words(field, value) for field, value, _ in _to_say(_differing(about, before))]
    changed = about.get("changed", {}) | _changed(event for event in controls if event["step"] >= (step or 0))
    fields = KINDS[about["kind"]].settings.FIELDS
    by_hand = [_words(fields[name], value) for name, value in changed.items() if name in fields]
    by_hand += ["weights set by hand"] if any(map(is_entry, changed)) else []
    parts += by_hand if step is not None else [f"then {words}" for words in by_hand]
    if not parts:
        return "the same again" if before else label
    more = len(parts) - MOST
    return ", ".join(parts[:MOST]) + (f" and {more} more" if more > 0 else "")


def comparison(about: dict[str, Any], other: dict[str, Any]) -> str:
    """Return sentences that compare the settings of a run with those of another one."""
    differing = _differing(about, other)
    same = {
        "the same data": DATA,
        "the same batches": (*DATA, "batch_size", "seed"),
        "the same initial weights": (*WEIGHTS, "seed"),
    }
    common = [words for words, names in same.items() if not differing.keys() & {*names}]
    lists = [f"{_words(field, here)} here, {_value(field, there)} there" for field, here, there in _to_say(differing)]
    text = f"Both have {', '.join(common)}. " if common else ""
    return text + (f"Different: {'; '.join(lists)}." if lists else "Their settings are the same.")


def same_data(about: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two runs learn the same points, so that their planes can be compared."""
    return not _differing(about, other).keys() & {*DATA}


def _differing(about: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Field, Any, Any]]:
    """The settings that differ and have an effect in one of the runs, by name: field, and the value in each."""
    kind = KINDS[about["kind"]].settings
    runs = [_in_full(kind, run["settings"]) for run in (about, other)]
    found = {}
    for name, field in kind.FIELDS.items():
        applies = [field.only_if is None or run[field.only_if[0]] in field.only_if[1] for run in runs]
        if runs[0][name] != runs[1][name] and any(applies):
            found[name] = (field, runs[0][name], runs[1][name])
    return found


def _to_say(differing):
    """What differs, without the seed of the data where that is the seed."""
    seeds = [differing[name][1:] for name in ("seed", "data_seed") if name in differing]
    return [each for name, each in differing.items() if name != "data_seed" or seeds[:1] != seeds[1:]]


def _in_full(kind, settings):
    """The settings with what an earlier version lacked, and with the seed of the data where it is the seed."""
    values = kind().to_dict() | settings
    return values | {"data_seed": values["seed"]} if values.get("data_seed", 0) is None else values


def _changed(controls: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The newest values that were set by hand, by name."""
    return {name: value for control in controls for name, value in control.get("changed", {}).items()}


def _words(field, value):
    return f"{field.label[0].lower()}{field.label[1:]} {_value(field, value)}"


def _value(field, value):
    if value is None:
        return "none"
    if field.kind == "bool":
        return "on" if value else "off"
    if field.kind == "choice":
        return field.title(value)
    if field.kind == "digest":
        return value[:6]
    if isinstance(value, list):
        return "·".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
