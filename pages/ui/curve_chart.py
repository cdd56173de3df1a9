"""A small chart of one or two curves with labelled points, for a reason that is seen at a glance."""

from collections.abc import Iterable, Mapping, Sequence

import altair as alt
import streamlit as st

from nnlib.support.colours import BLUE, VERMILION
from pages.ui.altair_chart import specification

WIDTH, HEIGHT = 520, 250  # pixels; narrower on a phone


def curve_chart(
    finding: str,
    x: Sequence[float],
    curves: Mapping[str, Iterable[float]],
    axes: tuple[str, str],
    points: Sequence[tuple[float, float, str]] = (),
    alt_text: str = "",
) -> None:
    """Draw it.

    Parameters
    ----------
    finding : what the picture shows, as its title
    x : positions
    curves : name → values at these positions; the first is solid, a second one dashed
    axes : titles of the horizontal and of the vertical axis
    points : x, y and label of each
    alt_text : the picture in words
    """
    ink = st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor")  # of the labels: Vega's own is black
    with st.container(width=WIDTH, gap="xxsmall"):
        st.markdown(f"**{finding}**")
        st.vega_lite_chart(_specification(x, curves, axes, points, alt_text, ink), width="stretch")


@st.cache_data(show_spinner=False)
def _specification(x, curves, axes, points, alt_text, ink):
    """Cached: Altair needs more time for it than the rest of a page does."""
    names = list(curves)
    rows = [{"x": float(at), "y": float(y), "of": name} for name in names for at, y in zip(x, curves[name])]
    across, up = alt.X("x:Q", title=axes[0]), alt.Y("y:Q", title=axes[1])
    colours = alt.Scale(domain=names, range=[BLUE, VERMILION][: len(names)])
    legend = alt.Legend(orient="top") if len(names) > 1 else None
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2.5)
        .encode(
            across,
            up,
            color=alt.Color("of:N", title=None, scale=colours, legend=legend),
            strokeDash=alt.StrokeDash("of:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 4]]), legend=None),
        )
    )
    marked = [{"x": float(at), "y": float(y), "text": text} for at, y, text in points]
    if marked:
        dots = alt.Chart(alt.Data(values=marked)).encode(across, up)
        chart += dots.mark_point(size=70, filled=True, opacity=1, color=BLUE)
        chart += _labels(dots, [row["y"] for row in rows[: len(x)]], ink)
    return specification(chart.properties(height=HEIGHT, description=alt_text))


def _labels(dots, curve, ink):
    """The labels where the curve is not: on the left above one that rises, and above the lowest point of a bowl."""
    lowest = min(curve)
    left, right = {"dx": -8, "dy": -8, "align": "right"}, {"dx": 8, "dy": -8, "align": "left"}
    side = left if lowest == curve[0] else right if lowest == curve[-1] else {"dy": -14, "align": "center"}
    return dots.mark_text(fontSize=13, color=ink, **side).encode(text=alt.Text("text:N"))
