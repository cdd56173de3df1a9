"""Chart of the error against the step size, on logarithmic axes: one curve for each float type, with the chosen s marked."""

import altair as alt
import numpy as np
import streamlit as st

from nnlib.support.colours import BLUE, ORANGE
from nnlib.support.number_text import scientific
from nnlib.teaching.step_sizes import StepSizes
from pages.ui.altair_chart import draw_chart

COLOURS = {"float32": ORANGE, "float64": BLUE}
LEAST = 1e-16  # an error of exactly 0 is drawn here, because 0 has no logarithm
LINES = {"measured": [1, 0], "truncation + rounding": [5, 4]}


def step_size_chart(swept: dict[str, StepSizes], method: str, s: float) -> None:
    """Draw the measured and the predicted errors of `method`, "central" or "forward", and mark s."""
    rows = [row for name, each in swept.items() for row in _rows(name, each, method)]
    marks = [row for row in rows if row["of"] == "measured" and np.isclose(row["s"], s, rtol=1e-9)]
    title = _title(swept, method)

    x = alt.X("s:Q", title="step size s", scale=alt.Scale(type="log", domain=[1e-12, 1]), axis=_axis(range(-12, 1, 2)))
    y = alt.Y("error:Q", title="absolute error of the slope", scale=alt.Scale(type="log"), axis=_axis(range(-16, 17, 2)))
    colour = alt.Color(
        "type:N",
        title=None,
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(orient="top", offset=0, symbolType="stroke", symbolStrokeWidth=2.5),
    )
    dash = alt.StrokeDash("of:N", scale=alt.Scale(domain=list(LINES), range=list(LINES.values())), legend=None)
    tooltip = [
        alt.Tooltip("type:N", title="type"),
        alt.Tooltip("of:N", title="curve"),
        alt.Tooltip("s:Q", title="s", format=".1e"),
        alt.Tooltip("error:Q", title="error", format=".1e"),
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(x, y, colour, dash)
    lines = base.transform_filter("datum.of == 'measured'").mark_line(strokeWidth=2.5)
    terms = base.transform_filter("datum.of != 'measured'").mark_line(strokeWidth=1.5, opacity=0.8)
    hover = base.transform_filter("datum.of == 'measured'").mark_point(opacity=0, size=120).encode(tooltip=tooltip)
    chosen = alt.Chart(alt.Data(values=marks)).mark_point(size=170, strokeWidth=2.5, filled=False).encode(x, y, colour)
    st.markdown(f"**{title}**")
    draw_chart((terms + lines + hover + chosen).properties(height=330), f"{title}. Each curve has the shape of a U.")
    st.caption("Solid: measured. Dashed: the sum of truncation and rounding, from the formula below. Circles: your s.")


def _title(swept, method):
    if not np.isfinite([each.best_step(method) for each in swept.values()]).all():
        return "There is no truncation error here: the longer the step, the smaller the error"
    best = {name: each.s[np.argmin(getattr(each, method))] for name, each in swept.items()}
    return "The measured error is smallest at s = " + ", ".join(f"{scientific(s, 0)} in {name}" for name, s in best.items())


def _rows(name, swept, method):
    s = swept.s
    curves = {"measured": getattr(swept, method), "truncation + rounding": swept.truncation(method, s) + swept.rounding(s)}
    return [
        {"type": name, "of": of, "s": float(each), "error": max(float(error), LEAST)}
        for of, errors in curves.items()
        for each, error in zip(s, errors)
    ]


def _axis(exponents):
    return alt.Axis(values=[10.0**exponent for exponent in exponents], format=".0e", labelFlush=False, grid=True)
