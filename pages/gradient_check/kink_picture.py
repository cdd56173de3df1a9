"""Picture of the ReLU near its kink, the two points of a central difference, and the line through them."""

from nnlib.support.colours import BLUE, VERMILION
from nnlib.support.number_text import decimal
from nnlib.teaching.kinks import relu_slope
from pages.ui.svg_figure import svg_figure

LEFT, RIGHT, TOP, BOTTOM = -0.48, 0.48, 0.48, -0.08  # the visible part of the plane
WIDTH, HEIGHT = 520, 300  # in units of the picture, which scales to the page


def kink_picture(z: float, s: float) -> None:
    """Draw it for the input z and the step size s."""
    left, right = (z - s, max(0.0, z - s)), (z + s, max(0.0, z + s))
    slope = relu_slope(z, s)
    ends = f"{decimal(z - s, 2)} and {decimal(z + s, 2)}"
    description = f"max(0, z) around its kink. The line through its points at {ends} has slope {decimal(slope)}."
    beyond = [(x, left[1] + slope * (x - left[0])) for x in (z - s - 0.06, z + s + 0.06)]
    shapes = (
        _line((LEFT, 0), (RIGHT, 0), "currentColor", 1, opacity=0.5)
        + _line((0, BOTTOM), (0, TOP), "currentColor", 1, opacity=0.5)
        + _line((LEFT, 0), (0, 0), BLUE, 4)
        + _line((0, 0), (TOP, TOP), BLUE, 4)
        + _line(*beyond, VERMILION, 3, dash="7 5")
        + _dot(left, VERMILION)
        + _dot(right, VERMILION)
        + _dot((z, max(0.0, z)), BLUE)
        + _text((z - s, 0), "z − s", 24)
        + _text((z + s, 0), "z + s", 24)
        + _text((z, 0), "z", 46)
    )
    svg_figure(
        f'<svg role="img" aria-label="{description}" viewBox="0 0 {WIDTH} {HEIGHT}" style="max-width:{WIDTH}px">{shapes}</svg>',
        "Blue: max(0, z). Dashed: the line through the two points, whose slope is the central difference.",
        key="kink_picture",
    )


def _at(point):
    x, y = point
    return (x - LEFT) / (RIGHT - LEFT) * WIDTH, (TOP - y) / (TOP - BOTTOM) * (HEIGHT - 30)


def _line(start, end, colour, width, dash="", opacity=1.0):
    (x1, y1), (x2, y2) = _at(start), _at(end)
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dash}" opacity="{opacity}"/>'
    )


def _dot(point, colour):
    x, y = _at(point)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{colour}"/>'


def _text(point, text, below):
    x, y = _at(point)
    return f'<text x="{x:.1f}" y="{y + below:.1f}" text-anchor="middle" font-size="19" fill="currentColor">{text}</text>'
