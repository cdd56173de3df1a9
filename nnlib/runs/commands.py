"""What may be asked of a run. Every command is checked where it enters a process: the hub's, and the worker's.

The list, and what each command means: docs/live-protocol.md.
"""

import json

from nnlib.experiment.settings import Experiment
from nnlib.metrics import OUTCOMES
from nnlib.runs.kinds import KINDS
from nnlib.runs.store import valid_id
from nnlib.support.validation import number, one_of

LONGEST_MESSAGE = 64 * 1024  # characters
CHANGEABLE = KINDS["train"].changeable
PACES = (1, 100_000)  # steps a second


def from_browser(message):
    """The command in a browser's message, a text. Raises ValueError, one sentence."""
    if not isinstance(message, str):
        raise ValueError("The message is not text.")
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"The message is longer than {LONGEST_MESSAGE:,} characters.")
    return _checked(message, BROWSER)


def from_hub(line):
    """The command in a line, bytes, that a worker reads. Raises ValueError."""
    return _checked(line, HUB)


def _checked(text, commands):
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, a number of too many digits, or nested too deeply
        raise ValueError("The message is not JSON.") from None
    if not isinstance(given, dict):
        raise ValueError("The message must be a JSON object.")
    do = one_of("do", given.get("do"), commands)
    return {"do": do, **commands[do](given)}


def _start(given):
    expectation = given.get("expectation")
    return {
        "kind": one_of("kind", given.get("kind", "train"), KINDS),
        "settings": given.get("settings"),  # the settings class of its kind checks them
        "expectation": None if expectation is None else one_of("expectation", expectation, OUTCOMES),
    }


def _watch(given):
    if not valid_id(given.get("run")):
        raise ValueError("This is not the name of a run.")
    return {"run": given["run"]}


def _change(given):
    values = {name: Experiment.FIELDS[name].check(name, given[name]) for name in CHANGEABLE if name in given}
    if not values:
        raise ValueError(f"change needs one of {', '.join(CHANGEABLE)}.")
    return values


def _pace(given):
    pace = given.get("steps_per_second")
    return {"steps_per_second": None if pace is None else number("steps_per_second", pace, *PACES)}


def _watched(given):
    return {"value": bool(given.get("value"))}


def _nothing(given):
    return {}


_CONTROLS = {
    "pause": _nothing,
    "resume": _nothing,
    "step": _nothing,
    "epoch": _nothing,
    "stop": _nothing,
    "change": _change,
    "pace": _pace,
}
BROWSER = {"start": _start, "watch": _watch, "leave": _nothing, **_CONTROLS}
HUB = {"watched": _watched, "release": _nothing, **_CONTROLS}
