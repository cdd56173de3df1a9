"""A small picture of each data set, to choose from."""

import base64
from functools import cache

import numpy as np

from nnlib.data import DATASETS
from nnlib.data.planar import SHAPES, generate
from nnlib.support.colours import CLASSES, GREY

SIDE, REACH = 40, 1.2  # of a picture, in its own units and in units of the plane from the middle
DOTS = 75  # points of a picture
THREE = ("00111100", "01000110", "00000110", "00011100", "00000110", "01000110", "00111100", "00000000")  # as digits look


@cache
def thumbnail(dataset: str) -> str:
    """Return the picture as Markdown: points in the colours of their classes, or what the images are like."""
    entry = DATASETS[dataset]
    shapes = _points(entry) if dataset in SHAPES else {"digits": _digit, "cifar10": _photograph}.get(dataset, _upload)()
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{shapes}</svg>'
    return f'![{entry.title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()} "{entry.title}")'


def _points(entry):
    X, y = generate(entry.name, entry.classes, entry.noise, np.random.default_rng(0))
    some = np.linspace(0, len(y) - 1, DOTS).astype(int)
    at = np.round((X[some] / REACH * [1, -1] + 1) * SIDE / 2, 1)
    dots = (f'<circle fill="{CLASSES[k]}" cx="{cx:g}" cy="{cy:g}" r="1.7"/>' for (cx, cy), k in zip(at, y[some], strict=True))
    return "".join(dots)


def _digit():
    cells = ((row, column) for row, line in enumerate(THREE) for column, ink in enumerate(line) if ink == "1")
    ink = "".join(f'<path fill="#fff" d="M{5 * column} {5 * row}h5v5h-5z"/>' for row, column in cells)
    return f'<path d="M0 0h{SIDE}v{SIDE}H0z"/>{ink}'


def _photograph():
    return (
        f'<path fill="{CLASSES[5]}" d="M0 0h40v40H0z"/><circle fill="#fff3b0" cx="30" cy="10" r="5"/>'
        f'<path fill="{CLASSES[2]}" d="M0 40 14 16l10 14 6-7 10 17z"/>'
    )


def _upload():
    return f'<path fill="none" stroke="{GREY}" stroke-width="2.5" d="M20 28V8m-7 7 7-7 7 7M6 26v8h28v-8"/>'
