"""JSON of a run folder, which a full disk, a crash or a hand may have damaged: what does not fit is left out."""

import json
from typing import Any

from nnlib.deep.settings import MAX_STEPS
from nnlib.runs.protocol import DURABLE, Event

NUMBER = (int, float)
NEEDED: dict[str, dict[str, Any]] = {  # what readers of an event rely on
    "metrics": {"first": int, "loss": list},
    "evaluation": {"step": int, "val_accuracy": NUMBER},
    "control": {"learning_rate": NUMBER},
    "snapshot": {"step": int, "at": int, "frame": int, "state": int},
    "finished": {"stopped": bool},
    "diverged": {"reason": str},
}


def parse_object(text: bytes) -> dict[str, Any]:
    """Return the JSON object, {} for anything else."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def parse_event(line: bytes) -> Event | None:
    """Return the durable event in a line of the log, or None where it is damaged."""
    event = parse_object(line)
    name = event.get("event")
    if not isinstance(name, str) or name not in DURABLE or not has_fields(event, NEEDED.get(name, {})):
        return None
    if name == "metrics" and not (
        1 <= event["first"] <= MAX_STEPS and all(loss is None or _is_number(loss) for loss in event["loss"])
    ):
        return None
    return event


def has_fields(content: Any, fields: dict[str, Any]) -> bool:
    """Return whether the fields are there, each of its type."""
    return isinstance(content, dict) and all(isinstance(content.get(name), kind) for name, kind in fields.items())


def _is_number(value):
    return isinstance(value, NUMBER)
