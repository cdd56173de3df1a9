"""The names of all events and commands of a run, how the kind of an event line is known, and the checks of commands.

An event is a JSON object on one line that begins with {"event": "KIND". A command is a JSON object {"do": "NAME", …}.
docs/live-protocol.md says what each of them holds.
"""

import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from nnlib.experiment.settings import MAX_ITERATIONS, Experiment
from nnlib.metrics import OUTCOMES
from nnlib.parameter_entry import checked_entry, is_entry
from nnlib.runs.kinds import KINDS
from nnlib.support.validation import integer, number, one_of

Event = dict[str, Any]
Command = dict[str, Any]

# Events. Durable ones are in the run's log before anyone receives them, and are never dropped on the way. Of passing ones
# only the newest matters. The others describe a run once, to one browser or to the server.
END_EVENTS = ("finished", "diverged")
DURABLE = ("metrics", "evaluation", "control", "snapshot", "entry", "trial", *END_EVENTS)
PASSING = ("preparing", "frame", "state")
OTHERS = ("run", "started", "history", "earlier_runs", "refused", "failed", "stopping")
FOR_THE_HUB = ("state", "failed", "stopping")  # from a worker: browsers receive the hub's own `state` event instead
CHANGES_STATE = ("state", "failed", *END_EVENTS)

# States of a run.
ACTIVE = ("queued", "running")  # a process works on it, or is about to
ENDS = ("finished", "stopped", "diverged")
STATES = (*ACTIVE, "paused", "released", "interrupted", "failed", *ENDS)

LONGEST_MESSAGE = 64 * 1024  # characters
MOST_BRACKETS = 100  # opening ones in a message, and so the depth of its nesting
PACES = (1, 100_000)  # steps a second
FRAMES = (4, 20)  # a second, for those who watch; a run looks for commands once a frame
LONGEST_NAME = 80  # characters of the name of a run
_EVENT = '{"event": "'


def kind_of(line: str) -> str:
    """Return the kind of an event, read off the beginning of its line: a frame is long, and is never parsed on the way."""
    return line[len(_EVENT) : line.index('"', len(_EVENT))] if line.startswith(_EVENT) else ""


def new_id() -> str:
    """Return a run id that nobody can guess: 128 random bits, in letters that a link may hold."""
    run_id = secrets.token_urlsafe(16)
    return new_id() if run_id.startswith("-") else run_id  # the command line would read it as an option


def valid_id(run_id: object) -> bool:
    """Return whether `run_id` has the form of a run id. To be checked before a path is made of it."""
    return isinstance(run_id, str) and re.fullmatch("[A-Za-z0-9_-]{22}", run_id) is not None


def command_from_browser(message: object) -> Command:
    """Return the command in a browser's message.

    Raises
    ------
    ValueError
        With one sentence, if the message is no valid command of BROWSER_COMMANDS.
    """
    if not isinstance(message, str):
        raise ValueError("The message is not text.")
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"The message is longer than {LONGEST_MESSAGE:,} characters.")
    if message.count("[") + message.count("{") > MOST_BRACKETS:
        raise ValueError("The message has too many brackets.")
    return _checked(message, BROWSER_COMMANDS)


def command_from_hub(line: bytes | str) -> Command:
    """Return the command in a line that a worker reads. Raises ValueError if it is no valid command of HUB_COMMANDS."""
    return _checked(line, HUB_COMMANDS)


def _checked(text: bytes | str, commands: dict[str, Callable[[dict], dict]]) -> Command:
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
        "settings": given.get("settings"),  # checked by the settings class of the kind
        "expectation": None if expectation is None else one_of("expectation", expectation, OUTCOMES),
        "from": _origin(given),
    }


def _origin(given):
    origin = given.get("from")
    if origin is None:
        return None
    if not isinstance(origin, dict) or given.get("kind", "train") != "train":
        raise ValueError("from must name a run of Train, and a step.")
    return {**_watch(origin), "step": integer("step", origin.get("step"), 0, MAX_ITERATIONS)}


def _watch(given):
    if not valid_id(given.get("run")):
        raise ValueError("This is not the name of a run.")
    return {"run": given["run"]}


def _mark(given):
    name = given.get("name")
    if name is not None and not (isinstance(name, str) and name.isprintable() and 0 < len(name.strip()) <= LONGEST_NAME):
        raise ValueError(f"The name of a run must have 1 to {LONGEST_NAME} characters in one line.")
    marks = {flag: given[flag] is True for flag in ("pinned", "hidden", "removed") if flag in given}
    return _watch(given) | marks | ({"name": name and name.strip()} if "name" in given else {})


def _change(given):
    changeable = KINDS["train"].changeable
    values = {name: Experiment.FIELDS[name].check(name, given[name]) for name in changeable if name in given}
    entries = {name: checked_entry(name, value) for name, value in given.items() if is_entry(name)}
    if not (values or entries):
        raise ValueError(f"change needs one of {', '.join(changeable)}, or an entry of a parameter, such as W1[0,3].")
    return values | entries


def _pace(given):
    pace = given.get("steps_per_second")
    return {"steps_per_second": None if pace is None else number("steps_per_second", pace, *PACES)}


def _watched(given):
    return {"value": bool(given.get("value"))}


def _frames(given):
    return {"per_second": number("per_second", given.get("per_second"), *FRAMES)}


def _nothing(given):
    return {}


# Commands, each with the check of what comes with it.
NETWORK_CONTROLS = {"step": _nothing, "epoch": _nothing, "pace": _pace, "change": _change}  # that a study does not have
CONTROLS = {"pause": _nothing, "resume": _nothing, "stop": _nothing, **NETWORK_CONTROLS}
BROWSER_COMMANDS = {"start": _start, "watch": _watch, "leave": _nothing, "mark": _mark, **CONTROLS}
HUB_COMMANDS = {"watched": _watched, "frames": _frames, "release": _nothing, **CONTROLS}
WAKING = ("resume", "step", "epoch")  # give a run without a process one
