"""Events as lines of JSON, the same on the command line, from a worker to the server, and from there to a browser."""

import json
import math


def to_line(event):
    """`event` as one line. JSON has no word for what is not a finite number (a run that diverges is full of them): null."""
    try:
        return json.dumps(event, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(event))


def _finite(value):
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return value
