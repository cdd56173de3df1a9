"""Two pictures of one unit: its loss over its weight, with a step downhill, and its graph with the gradient of each arrow."""

import numpy as np

from nnlib.support.colours import BLUE, VERMILION
from pages.ui.svg_figure import svg_figure

X, W, B, T, ETA = 2.0, 0.5, 0.5, 1.0, 0.05
LEFT, RIGHT, TOP = -0.6, 0.8, 1.7  # the visible weights and the largest visible loss
WIDTH, HEIGHT, MARGIN = 520, 240, 34

NODES = {
    "x": (140, 26),
    "b": (42, 92),
    "z": (140, 92),
    "w": (238, 92),
    "a": (140, 158),
    "J": (140, 224),
}  # as in the large graph
VALUES = {"x": "2", "b": "0.5", "w": "0.5", "z": "1.5", "a": "1.5", "J": "0.25"}
BACK = {("J", "a"): "1", ("a", "z"): "1", ("z", "w"): "2", ("z", "b"): "1"}  # gradient that comes back along each arrow


def loss_at(w: np.ndarray | float) -> np.ndarray:
    """J for a weight, or for several."""
    return (np.maximum(0, w * X + B) - T) ** 2


def slope_at(w: float) -> float:
    """∂J/∂w by the chain rule."""
    z = w * X + B
    return 2 * (max(0.0, z) - T) * (z > 0) * X


def downhill_picture() -> None:
    """Draw J over w, the slope at W, and one step."""
    weights = np.linspace(LEFT, RIGHT, 141)
    curve = " ".join(_at(w, J) for w, J in zip(weights, loss_at(weights)))
    after = W - ETA * slope_at(W)
    line = [(W + d, loss_at(W) + d * slope_at(W)) for d in (-0.14, 0.2)]
    ticks = "".join(_text(w, 0, f"{w:g}".replace("-", "−"), 18) for w in (-0.5, 0, 0.5))
    svg_figure(
        f'<svg role="img" aria-label="The loss of the unit over its weight. It is flat up to −0.25, falls to 0 at 0.25, and '
        f'rises again. A step goes from 0.5, with a loss of 0.25, to 0.4, with 0.09." viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'style="max-width:{WIDTH}px" fill="currentColor" font-size="15">'
        f'<path d="M{_at(LEFT, 0)} L{_at(RIGHT, 0)}" stroke="currentColor" opacity=".5"/>'
        f'<polyline points="{curve}" fill="none" stroke="{BLUE}" stroke-width="3"/>'
        f'<path d="M{_at(*line[0])} L{_at(*line[1])}" stroke="{VERMILION}" stroke-width="3" stroke-dasharray="7 5"/>'
        f"{_dot(W)}{_dot(after)}{ticks}{_text(RIGHT - 0.04, 0, 'w', 18)}{_text(-0.45, 1, 'J(w)', -10)}"
        f"{_text(W + 0.1, loss_at(W), 'before', 5)}{_text(after - 0.1, loss_at(after), 'after', 2)}</svg>",
        "Blue: the loss J for each weight w. Dashed: its slope at w = 0.5. Left of −0.25, the ReLU is off: the curve is flat.",
        key="downhill_picture",
    )


def unit_picture() -> None:
    """Draw the graph of the unit."""
    arrows = "".join(_arrow(start, end) for start, end in (("x", "z"), ("w", "z"), ("b", "z"), ("z", "a"), ("a", "J")))
    back = "".join(_label(*ends, gradient) for ends, gradient in BACK.items())
    nodes = "".join(_node(name) for name in NODES)
    svg_figure(
        '<svg role="img" aria-label="Graph of one unit: x, w and b lead to z, z to a, a to J. Gradients that come back: '
        '1 to a, 1 to z, 2 to w, 1 to b." viewBox="0 0 290 250" style="max-width:290px" fill="currentColor" font-size="15">'
        f"{arrows}{nodes}{back}</svg>",
        "Values go down. In colour: the gradient that comes back up along each arrow.",
        key="unit_picture",
    )


def _arrow(start, end):
    (x1, y1), (x2, y2) = NODES[start], NODES[end]
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="currentColor" opacity=".6"/>'


def _label(end, start, gradient):
    (x1, y1), (x2, y2) = NODES[start], NODES[end]
    x, y = (x1 + x2) / 2 + (10 if x1 == x2 else 0), (y1 + y2) / 2 + (5 if x1 == x2 else -6)
    anchor = "start" if x1 == x2 else "middle"
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="700" fill="{VERMILION}">{gradient}</text>'


def _node(name):
    x, y = NODES[name]
    return (
        f'<rect x="{x - 38}" y="{y - 21}" width="76" height="42" rx="14" fill="var(--st-background-color)" '
        'stroke="currentColor"/>'
        f'<text x="{x}" y="{y + 5}" text-anchor="middle"><tspan font-style="italic">{name}</tspan> = {VALUES[name]}</text>'
    )


def _at(w, J):
    x = (w - LEFT) / (RIGHT - LEFT) * WIDTH
    return f"{x:.1f},{(TOP - J) / TOP * (HEIGHT - MARGIN):.1f}"


def _dot(w):
    x, y = _at(w, loss_at(w)).split(",")
    return f'<circle cx="{x}" cy="{y}" r="6" fill="{VERMILION}"/>'


def _text(w, J, text, below):
    x, y = _at(w, J).split(",")
    return f'<text x="{x}" y="{float(y) + below:.1f}" text-anchor="middle">{text}</text>'
