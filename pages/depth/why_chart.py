"""The spread of the signal and the norm of the gradient, layer by layer, on logarithmic axes."""

import json
import math

import altair as alt
import streamlit as st

from nnlib.deep.signal_at_start import LayerSignal
from nnlib.support.colours import BLUE, VERMILION
from nnlib.support.number_text import power_of_ten
from pages.depth.why_table import figure, layer_names

SIGNAL, GRADIENT = BLUE, VERMILION
LOWEST, HIGHEST = 1e-9, 10.0  # of both axes at least, so that choices compare
GROWN = 100
ARRIVES = 1e-2  # the least that is large enough to say so
LEVEL = 10  # times apart, at most, are the norms of a line that looks flat here
SMALLEST, LARGEST = 1e-30, 1e30  # what lies beyond is drawn at the edge


def why_chart(layers: list[LayerSignal]):
    """Draw both, the signal's prediction as a line."""
    names = layer_names(layers)
    left, right = st.columns(2, gap="medium")
    spreads = _rows(names, predicted=[each.predicted for each in layers], measured=[each.measured for each in layers])
    with left:
        _signal(names, spreads, layers)
    if layers[0].gradient_norm is not None:
        with right:
            _gradient(names, _rows(names, measured=[each.gradient_norm for each in layers]), layers)


def _signal(names, rows, layers):
    first, last = layers[0].predicted, layers[-2]
    known, how = (last.predicted, "predicted") if last.measured is None else (last.measured, "measured")
    title = _finding("signal", known, f"in the last hidden layer, {how}")
    base = alt.Chart(alt.Data(values=rows)).encode(_x(names), _y("spread (root mean square)", rows), tooltip=_tooltip("spread"))
    line = base.transform_filter("datum.of == 'predicted'").mark_line(strokeWidth=2, strokeDash=[6, 4], color=SIGNAL)
    points = base.transform_filter("datum.of == 'measured'").mark_point(size=90, filled=True, opacity=1, color=SIGNAL)
    chart = line + points
    _draw(chart, title, f"predicted from {figure(first)} behind layer 1 to {figure(layers[-1].predicted)} at the output")


def _gradient(names, rows, layers):
    norms = [each.gradient_norm for each in layers]
    least, largest = min(norms), max(norms)
    at = names[norms.index(least)]
    if largest < min(ARRIVES, LEVEL * least):  # each is the product of the factors of all other layers
        title = f"The gradient is small in every layer: {figure(largest)} at most"
    elif math.isfinite(largest) and largest <= GROWN:
        title = _finding("gradient", least, f"in {at}" if at != "output" else "at the output")
    else:
        title = _finding("gradient", largest, "at most")
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point={"size": 90, "filled": True, "shape": "square", "color": GRADIENT}, strokeWidth=2, color=GRADIENT)
        .encode(_x(names), _y("gradient norm ‖∂J/∂W‖", rows), tooltip=_tooltip("norm"))
    )
    _draw(chart, title, f"from {figure(norms[-1])} at the output to {figure(norms[0])} in layer 1")


def _draw(chart, title, finding):
    st.markdown(f"**{title}**")
    st.altair_chart(chart.properties(height=250), width="stretch", alt=f"{title}: {finding}.")


def _finding(what, value, where):
    if not math.isfinite(value) or value > GROWN:
        return f"The {what} grows: {figure(value)} {where}"
    if value >= ARRIVES:
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
