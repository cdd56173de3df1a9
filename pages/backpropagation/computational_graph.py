"""The computational graph of the two-layer network: a drawing in which a node can be chosen.

The forward pass runs down the page, from X to J~. Chosen is one node; the way that the gradient has come to it, from J~ back,
is marked. Drawn here, once, as SVG; graph.css and graph.js hold its looks and what it does in the browser.
"""

from collections.abc import Callable
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from nnlib.support.number_text import number_text
from nnlib.teaching.backward_trace import way_back

FOLDER = Path(__file__).parent
KEY = "computational_graph"

# name → symbol, what is raised after it, what follows on the line again, words, centre (x, y)
NODES = {
    "X": ("X", "", "", "X, the inputs", (140, 26)),
    "b1": ("b", "(1)", "", "b1, the biases of the hidden layer", (42, 92)),
    "z2": ("z", "(2)", "", "z2, the hidden layer before ReLU", (140, 92)),
    "W1": ("W", "(1)", "", "W1, the weights of the hidden layer", (238, 92)),
    "a2": ("a", "(2)", "", "a2, the hidden layer after ReLU", (140, 158)),
    "b2": ("b", "(2)", "", "b2, the biases of the output layer", (42, 224)),
    "z3": ("z", "(3)", "", "z3, the logits", (140, 224)),
    "W2": ("W", "(2)", "", "W2, the weights of the output layer", (238, 224)),
    "psi": ("ψ", "", "", "psi, the probabilities", (140, 290)),
    "J": ("J", "", "", "J, the cross-entropy", (140, 356)),
    "R2": ("λ‖W", "(2)", "‖²", "R2, the penalty of W2", (238, 356)),
    "R1": ("λ‖W", "(1)", "‖²", "R1, the penalty of W1", (338, 356)),
    "J_tilde": ("J̃", "", "", "J tilde, the loss", (140, 422)),
}
PARAMETERS = ("W1", "b1", "W2", "b2")
HALF_WIDTH, HALF_HEIGHT = 38, 21

# (node, end) → the point towards which the line bends, where a straight one would run through other nodes
ARROWS = {
    ("X", "z2"): None,
    ("W1", "z2"): None,
    ("b1", "z2"): None,
    ("z2", "a2"): None,
    ("a2", "z3"): None,
    ("W2", "z3"): None,
    ("b2", "z3"): None,
    ("z3", "psi"): None,
    ("psi", "J"): None,
    ("J", "J_tilde"): None,
    ("R2", "J_tilde"): (238, 422),
    ("R1", "J_tilde"): (338, 426),
    ("W2", "R2"): None,
    ("W1", "R1"): (338, 96),
}


def computational_graph(trace, chosen: str, on_choose: Callable[[str], None]):
    """Draw it. trace: a nnlib.teaching.backward_trace; chosen: name of a node; on_choose(name) is called before the page's next
    "
    "run."""

    def heard():
        name = st.session_state[KEY].get("chosen")
        if name in trace:
            on_choose(name)

    _component(
        key=KEY,
        data={
            "chosen": chosen,
            "sizes": {name: _size(node.value, "×") for name, node in trace.items()},
            "told": {name: _size(node.value, " by ") for name, node in trace.items()},
            "ways": {name: [" ".join(arrow) for arrow in way_back(trace, name)] for name in trace},
        },
        on_chosen_change=heard,
    )


def _size(value, by):
    """The shape of an array, or the number itself."""
    return by.join(map(str, value.shape)) if np.ndim(value) else number_text(value)


def _drawing():
    arrows = "".join(_arrow(node, end, bend) for (node, end), bend in ARROWS.items())
    nodes = "".join(_node(name, *drawn) for name, drawn in NODES.items())
    return (
        '<div class="graph" data-testid="graph" role="group" aria-label="Computational graph of the network. Choose a node '
        "to see "
        'its gradient."><svg viewBox="0 0 380 448">'
        f"{arrows}{nodes}</svg>"
        '<p class="legend"><span><i></i>forward</span><span><i class="back"></i>the way its gradient comes '
        "back</span></p></div>"
    )


def _node(name, symbol, raised, after, label, at):
    x, y = at
    kind = "node parameter" if name in PARAMETERS else "node"
    box = f'x="{x - HALF_WIDTH}" y="{y - HALF_HEIGHT}" width="{2 * HALF_WIDTH}" height="{2 * HALF_HEIGHT}"'
    corner = 6 if name in PARAMETERS or name == "X" else HALF_HEIGHT
    ring = (
        f'<rect class="ring" x="{x - HALF_WIDTH - 4}" y="{y - HALF_HEIGHT - 4}" '
        f'width="{2 * HALF_WIDTH + 8}" height="{2 * HALF_HEIGHT + 8}" rx="{corner + 4}" style="fill:none"/>'
    )
    above = f'<tspan class="raised" dy="-5">{raised}</tspan>' if raised else ""
    above += f'<tspan dy="5">{after}</tspan>' if after else ""
    return (
        f'<g class="{kind}" role="button" tabindex="-1" data-node="{name}" data-label="{escape(label)}" data-x="{x}" '
        f'data-y="{y}">'
        f'<rect {box} rx="{corner}"/>{ring}'
        f'<text x="{x}" y="{y}">{escape(symbol)}{above}</text><text class="size" x="{x}" y="{y + 15}"></text></g>'
    )


def _arrow(node, end, bend):
    """The line from node to end, with a head for the forward pass and one for the gradient that comes back."""
    start, stop = np.array(NODES[node][-1], float), np.array(NODES[end][-1], float)
    bend = (start + stop) / 2 if bend is None else np.array(bend, float)
    first, last = _edge(start, bend), _edge(stop, bend)
    curve = f"M{_at(first)} Q{_at(bend)} {_at(last)}"
    return (
        f'<g class="arrow" data-arrow="{node} {end}"><path class="line" d="{curve}"/>'
        f'<path class="head" d="{_head(last, last - bend, 8)}"/>'
        f'<path class="backwards" d="{_head(first, first - bend, 12)}"/></g>'
    )


def _edge(centre, towards):
    """Where the line from the centre of a node towards a point leaves its box."""
    away = towards - centre
    share = min(HALF / abs(step) for HALF, step in zip((HALF_WIDTH, HALF_HEIGHT), away) if step)
    return centre + away * share


def _head(tip, direction, size):
    """A triangle of this size whose tip points in a direction."""
    direction = direction / np.hypot(*direction)
    side = np.array([-direction[1], direction[0]])
    left, right = (tip - size * direction + sign * size / 2 * side for sign in (1, -1))
    return f"M{_at(tip)} L{_at(left)} L{_at(right)} Z"


def _at(point):
    return f"{point[0]:.1f} {point[1]:.1f}"


_component = st.components.v2.component(
    "backprop_lab_computational_graph",
    html=_drawing() + "\n",
    css=(FOLDER / "graph.css").read_text(encoding="utf-8"),
    js=(FOLDER / "graph.js").read_text(encoding="utf-8"),
)
