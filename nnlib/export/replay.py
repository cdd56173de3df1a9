"""A run as one HTML page, which replays it without a server and without a network.

The page is drawn by the modules of the live view that need no page around them. pages/live/browser/replay.js is the first of
them; each one is a data: address of the page's import map, so that "./canvas.js" in a module becomes "canvas.js" in the map.
"""

import base64
import gzip
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlib.export.python_file import templates
from nnlib.support.colours import css

ROOT = Path(__file__).parents[2]
BROWSER = (ROOT / "pages/live/browser", ROOT / "backprop_lab/pages/live/browser")  # in a clone; where the package is installed
IMPORT = re.compile(r'from "\./(\w+\.js)"')
SHOWN = ("step", "epoch", "learning_rate", "boundary", "layers", "probabilities", "weight_pictures")  # of a frame
MOST_BYTES = {"layers": 700_000, "weight_pictures": 1_000_000}  # of the largest parts in the page, at most


def replay(title: str, events: Sequence[Mapping[str, Any]], frames: Iterable[Mapping[str, Any]]) -> str:
    """Write the page.

    Parameters
    ----------
    title : str
    events : the events of the run, as a browser receives them: `run`, `started`, `state` and `history`
        (docs/live-protocol.md).
    frames : the `frame` events of its snapshots, by step.
    """
    shown = [{name: frame[name] for name in SHOWN if name in frame} for frame in frames]
    for part, most in MOST_BYTES.items():
        _thin_out(shown, part, most)
    content = json.dumps({"events": events, "frames": shown}).encode()
    return templates().get_template("replay.jinja").render(
        title=title, label=events[0]["label"], colours=css(), content=_base64(gzip.compress(content, mtime=0)),
        modules=json.dumps({"imports": _modules("replay.js")}),
    )  # fmt: skip


def _thin_out(frames, part, most):
    """Leave a part in as many frames as there is room for, the last among them."""
    having = [frame for frame in reversed(frames) if part in frame]
    sizes = [len(_base64(gzip.compress(json.dumps(frame[part]).encode()))) for frame in having]
    every = math.ceil(sum(sizes) / most)
    for i, frame in enumerate(having):
        if i % every:
            del frame[part]


def _modules(*names: str) -> dict[str, str]:
    """The modules of these names and those that they import, each as a data: address."""
    folder = next(path for path in BROWSER if path.is_dir())
    found, waiting = {}, list(names)
    while waiting:
        name = waiting.pop()
        text = (folder / name).read_text(encoding="utf-8")
        found[name] = "data:text/javascript;base64," + _base64(IMPORT.sub(r'from "\1"', text).encode())
        waiting += set(IMPORT.findall(text)) - found.keys()
    return found


def _base64(content):
    return base64.b64encode(content).decode()
