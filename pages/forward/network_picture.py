"""The small network as an SVG picture: the value of each node for one example, and every weight as a line.

The colour and style of a line show the sign of the weight, and its width shows the size. Text takes the page's colour.
"""

import numpy as np

from nnlib.losses import softmax
from nnlib.support.number_text import number_text
from pages.ui.svg_figure import svg_figure
from pages.worked_example.worked_network import WorkedNetwork

WIDE, HIGH = 32, 15  # half a node
LEGEND = "Solid green line: positive weight. Dashed magenta line: negative weight. Wide line: large weight."
WIDTH = 400
COLUMNS = (40, 200, 355)  # centres of the nodes
GAP = 44  # from one node to the next
TOP = 62


def network_picture(work: WorkedNetwork, n: int) -> None:
    """Draw it for example n, counted from 0."""
    z, a = work.net.forward(work.X[n : n + 1])
    layers = [a[1][0], a[2][0], softmax(z[3])[0]]
    height = TOP + GAP * max(map(len, layers))
    places = [[(x, _y(i, len(layer), height)) for i in range(len(layer))] for x, layer in zip(COLUMNS, layers)]
    drawn = [_lines(work.net.params[f"W{l}"], places[l - 1], places[l]) for l in (1, 2)]
    drawn += [_node(place, value) for layer, nodes in zip(layers, places) for value, place in zip(layer, nodes)]
    drawn += [_heading(*heading) for heading in zip(COLUMNS, _headings(work.sizes))]
    svg = (
        f'<svg role="img" aria-label="{_description(n, layers)}" viewBox="0 0 {WIDTH} {height}" data-testid="network-picture" '
        f'style="max-width:{WIDTH}px" font-size="14" fill="currentColor">{"".join(drawn)}</svg>'
    )
    svg_figure(svg, LEGEND, key="network_picture")


def _description(n, layers):
    """The picture in words, for screen readers."""
    values = (", ".join(map(number_text, layer)) for layer in layers)
    columns = (f"{name}: {each}" for name, each in zip(("Inputs", "Hidden units", "Probabilities"), values))
    return f"The network for example {n + 1}. {'. '.join(columns)}."


def _headings(sizes):
    return (
        (f"{sizes['D']} inputs", "x"),
        (f"{sizes['H']} hidden units", "max(0, z)"),
        (f"{sizes['K']} classes", "ψ"),
    )


def _heading(x, words):
    title, symbol = words
    return (
        f'<text x="{x}" y="16" text-anchor="middle" font-weight="700">{title}</text>'
        f'<text x="{x}" y="34" text-anchor="middle" font-style="italic">{symbol}</text>'
    )


def _y(i, count, height):
    return TOP - GAP / 2 + (height - TOP) / 2 + GAP * (i - (count - 1) / 2) + 10


def _lines(W, left, right):
    largest = max(np.abs(W).max(), 1e-12)
    return "".join(
        f'<line x1="{x1 + WIDE}" y1="{y1:.0f}" x2="{x2 - WIDE}" y2="{y2:.0f}" '
        f'stroke-width="{0.5 + 3 * abs(W[i, j]) / largest:.1f}" {_style(W[i, j])}/>'
        for i, (x1, y1) in enumerate(left)
        for j, (x2, y2) in enumerate(right)
        if W[i, j] != 0
    )


def _style(weight):
    sign = "positive" if weight > 0 else "negative"
    dash = "" if weight > 0 else ' stroke-dasharray="5 3"'
    return f'stroke="light-dark(var(--{sign}-light), var(--{sign}-dark))"{dash}'


def _node(place, value):
    x, y = place
    return (
        f'<rect x="{x - WIDE}" y="{y - HIGH:.0f}" width="{2 * WIDE}" height="{2 * HIGH}" rx="{HIGH}" '
        'fill="var(--st-background-color)" stroke="currentColor"/>'
        f'<text x="{x}" y="{y + 5:.0f}" text-anchor="middle">{_short(value)}</text>'
    )


def _short(value):
    """At most seven characters: a node has no room for more."""
    return number_text(value, 3)
