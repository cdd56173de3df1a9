"""Events as lines of JSON, the same on the command line, from a worker to the server, and from there to a browser."""

import json
import math
from typing import Any


def to_line(event: Any) -> str:
    """Return `event` as one line of JSON. nan and inf, which JSON does not have, become null."""
    try:
        return json.dumps(event, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(event))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return value
