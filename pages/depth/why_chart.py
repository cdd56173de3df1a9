"""The sizes of signal and gradient, layer by layer, on logarithmic axes."""

import json
import math

import altair as alt
import streamlit as st

from nnlib.deep.signal_at_start import LayerSignal
from nnlib.support.colours import BLUE, VERMILION
from nnlib.support.number_text import power_of_ten
from pages.depth.why_table import figure, layer_names
from pages.ui.altair_chart import draw_chart

SIGNAL, GRADIENT = BLUE, VERMILION
LOWEST, HIGHEST = 1e-9, 10.0  # of both axes at least, so that choices compare
GROWN = 100
ARRIVES = 1e-2  # the least signal that is large enough to say so
GRADIENT_ARRIVES = 1e-3  # the same for the gradient of a sum: the more units a layer has, the less each of them matters
SMALLEST, LARGEST = 1e-30, 1e30  # what lies beyond is drawn at the edge


def why_chart(layers: list[LayerSignal]) -> None:
    """Draw both, predictions as lines and measurements as points."""
    names, last = layer_names(layers), layers[-2]
    spreads = {"predicted": [each.predicted for each in layers], "measured": [each.measured for each in layers]}
    gradients = {
        "predicted": [each.gradient_predicted for each in layers],
        "measured": [each.gradient_measured for each in layers],
    }
    how = "predicted" if last.measured is None else "measured"
    left, right = st.columns(2, gap="medium")
    with left:
        title = _finding("signal", spreads[how][-2], f"in the last hidden layer, {how}", ARRIVES)
        finding = f"predicted from {figure(layers[0].predicted)} after layer 1 to {figure(layers[-1].predicted)} at the output"
        _panel(names, spreads, "root mean square of the outputs", SIGNAL, "circle", title, finding)
    with right:
        title = _finding("gradient", gradients[how][0], f"in layer 1, {how}", GRADIENT_ARRIVES)
        ends = [figure(layers[l].gradient_predicted) for l in (-1, 0)]
        finding = f"predicted from {ends[0]} at the output back to {ends[1]} in layer 1"
        _panel(names, gradients, "root mean square of ∂J/∂z", GRADIENT, "square", title, finding)


def _panel(names, series, axis, colour, shape, title, finding):
    rows = _rows(names, **series)
    base = alt.Chart(alt.Data(values=rows)).encode(_x(names), _y(axis, rows), tooltip=_tooltip("root mean square"))
    line = base.transform_filter("datum.of == 'predicted'").mark_line(strokeWidth=2, strokeDash=[6, 4], color=colour)
    points = base.transform_filter("datum.of == 'measured'").mark_point(
        size=90, filled=True, opacity=1, color=colour, shape=shape
    )
    st.markdown(f"**{title}**")
    draw_chart((line + points).properties(height=250), f"{title}: {finding}.")


def _finding(what, value, where, arrives):
    if not math.isfinite(value) or value > GROWN:
        return f"The {what} grows: {figure(value)} {where}"
    if value >= arrives:
        return f"The {what} arrives: {figure(value)} {where}"
    return f"The {what} fades: {figure(value)} {where}"


def _rows(names, **series):
    return [
        {"of": of, "layer": name, "value": min(max(value, SMALLEST), LARGEST), "text": figure(value)}
        for of, values in series.items()
        for name, value in zip(names, values)
        if value is not None and not math.isnan(value)
    ]


def _x(names):
    return alt.X("layer:N", sort=names, title="layer of weights, input side first", axis=alt.Axis(labelAngle=0))


def _y(title, rows):
    values = [row["value"] for row in rows]
    low, high = min(LOWEST, *values), max(HIGHEST, *values)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    shown = range(first, last + 1, max(1, math.ceil((last - first) / 6)))
    labels = json.dumps({exponent: power_of_ten(exponent) for exponent in shown}, ensure_ascii=False)
    return alt.Y(
        "value:Q",
        title=title,
        scale=alt.Scale(type="log", domain=[10.0**first, 10.0**last]),
        axis=alt.Axis(values=[10.0**exponent for exponent in shown], labelExpr=f"{labels}[round(log(datum.value) / LN10)]"),
    )


def _tooltip(of):
    return [alt.Tooltip("layer:N"), alt.Tooltip("of:N", title="is"), alt.Tooltip("text:N", title=of)]
