"""The computational graph of the two-layer network: an SVG drawing in which the learner chooses a node.

The forward pass runs down the page, from X to J~. The path of the gradient from J~ back to the chosen node is marked.
graph.css and graph.js hold the style and the behaviour in the browser.
"""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from nnlib.support.number_text import number_text
from nnlib.symbolic.symbols import SYMBOLS, symbol_parts
from nnlib.teaching.backward_trace import Node, way_back
from pages.ui.component_message import sent

FOLDER = Path(__file__).parent
KEY = "computational_graph"

CENTRES = {
    "X": (140, 26),
    "b1": (42, 92),
    "z2": (140, 92),
    "W1": (238, 92),
    "a2": (140, 158),
    "b2": (42, 224),
    "z3": (140, 224),
    "W2": (238, 224),
    "psi": (140, 290),
    "J": (140, 356),
    "R2": (238, 356),
    "R1": (338, 356),
    "J_tilde": (140, 422),
}  # of the nodes, (x, y)
PARAMETERS = ("W1", "b1", "W2", "b2")
HALF_WIDTH, HALF_HEIGHT = 38, 21

# (node, end) → the control point of a bent line, where a straight one would cross other nodes
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


def computational_graph(trace: Mapping[str, Node], chosen: str, on_choose: Callable[[str], None]) -> None:
    """Draw the graph.

    Parameters
    ----------
    trace : the nodes, from backward_trace
    chosen : the name of a node
    on_choose : called with a node's name before the next run of the page
    """

    def node_chosen():
        name = sent(KEY, "chosen")
        if name in trace:
            on_choose(name)

    _component(
        key=KEY,
        data={
            "chosen": chosen,
            "sizes": {name: _size(node.value, "×") for name, node in trace.items()},
            "labels": {name: _size(node.value, " by ") for name, node in trace.items()},
            "paths": {name: [" ".join(arrow) for arrow in way_back(trace, name)] for name in trace},
        },
        on_chosen_change=node_chosen,
    )


def _size(value, by):
    """The shape of an array, or the number itself."""
    return by.join(map(str, value.shape)) if np.ndim(value) else number_text(value)


def _drawing():
    arrows = "".join(_arrow(node, end, bend) for (node, end), bend in ARROWS.items())
    nodes = "".join(map(_node, CENTRES))
    return (
        '<div class="graph" data-testid="graph" role="group" '
        'aria-label="Computational graph of the network. Choose a node to see its gradient."><svg viewBox="0 0 380 448">'
        f"{arrows}{nodes}</svg>"
        '<p class="legend"><span><i></i>forward</span><span><i class="back"></i>path of the gradient</span></p></div>'
    )


def _node(name):
    x, y = CENTRES[name]
    kind = "node parameter" if name in PARAMETERS else "node"
    box = f'x="{x - HALF_WIDTH}" y="{y - HALF_HEIGHT}" width="{2 * HALF_WIDTH}" height="{2 * HALF_HEIGHT}"'
    corner = 6 if name in PARAMETERS or name == "X" else HALF_HEIGHT
    ring = (
        f'<rect class="ring" x="{x - HALF_WIDTH - 4}" y="{y - HALF_HEIGHT - 4}" '
        f'width="{2 * HALF_WIDTH + 8}" height="{2 * HALF_HEIGHT + 8}" rx="{corner + 4}" style="fill:none"/>'
    )
    label = escape(f"{name.replace('_', ' ')}, {SYMBOLS[name].meaning}")
    return (
        f'<g class="{kind}" role="button" tabindex="-1" data-node="{name}" data-label="{label}" data-x="{x}" data-y="{y}">'
        f'<rect {box} rx="{corner}"/>{ring}'
        f'<text x="{x}" y="{y}">{_symbol(name)}</text><text class="size" x="{x}" y="{y + 15}"></text></g>'
    )


def _symbol(name):
    """The symbol as SVG text."""
    if name == "J_tilde":
        return "J̃"
    if name.startswith("R"):
        return f'λ‖{_symbol("W" + name[1])}<tspan dy="5">‖²</tspan>'
    letters, layer = symbol_parts(name)
    return letters + (f'<tspan class="raised" dy="-5">({layer})</tspan>' if layer else "")


def _arrow(node, end, bend):
    """The line from a node to its end, with a head for the forward pass and one for the backward pass."""
    start, stop = np.array(CENTRES[node], float), np.array(CENTRES[end], float)
    bend = (start + stop) / 2 if bend is None else np.array(bend, float)
    first, last = _edge(start, bend), _edge(stop, bend)
    curve = f"M{_at(first)} Q{_at(bend)} {_at(last)}"
    return (
        f'<g class="arrow" data-arrow="{node} {end}"><path class="line" d="{curve}"/>'
        f'<path class="head" d="{_head(last, last - bend, 8)}"/>'
        f'<path class="backwards" d="{_head(first, first - bend, 12)}"/></g>'
    )


def _edge(centre, towards):
    """The point where the line from the centre of a node towards another point leaves the node's box."""
    away = towards - centre
    share = min(half / abs(step) for half, step in zip((HALF_WIDTH, HALF_HEIGHT), away) if step)
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
