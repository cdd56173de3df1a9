"""The mean square of the signal on its way through the layers, and that of each layer's gradient, on a logarithmic axis."""

import altair as alt
import streamlit as st

from nnlib.signal_sizes import LayerSizes
from pages.shared.number_text import scientific

SIGNAL, GRADIENT = "signal", "gradient of the weights"
COLOURS = {SIGNAL: "#0072b2", GRADIENT: "#d55e00"}
SHAPES = {SIGNAL: "circle", GRADIENT: "square"}
LOWEST = 1e-24  # of the axis, the same for every choice, so that choices compare


def signal_chart(images: float, layers: list[LayerSizes]):
    """Draw both. images: the mean square of the inputs."""
    names = ["images", *(f"layer {l}" for l in range(1, len(layers))), "output"]
    rows = [{"of": SIGNAL, "layer": name, "size": size} for name, size in zip(names, [images, *(e.signal for e in layers)])]
    rows += [{"of": GRADIENT, "layer": name, "size": each.gradient} for name, each in zip(names[1:], layers)]
    domain = list(COLOURS)
    exponents = range(-24, 1, 6)
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point={"size": 80, "filled": True}, strokeWidth=2)
        .encode(
            alt.X("layer:N", sort=names, title=None, axis=alt.Axis(labelAngle=0)),
            alt.Y(
                "size:Q",
                title="mean square",
                scale=alt.Scale(type="log", domain=[LOWEST, 10], clamp=True),
                axis=alt.Axis(values=[10.0**exponent for exponent in exponents], format=".0e"),
            ),
            alt.Color(
                "of:N",
                title=None,
                scale=alt.Scale(domain=domain, range=list(COLOURS.values())),
                legend=alt.Legend(orient="top"),
            ),
            shape=alt.Shape("of:N", scale=alt.Scale(domain=domain, range=list(SHAPES.values())), legend=None),
            tooltip=[alt.Tooltip("layer:N"), alt.Tooltip("of:N", title="of"), alt.Tooltip("size:Q", format=".1e")],
        )
    )
    st.altair_chart(chart.properties(height=260), width="stretch", alt=_told(images, layers))


def _told(images, layers):
    return (
        f"Line chart. The mean square of the signal goes from {scientific(images)} to {scientific(layers[-1].signal)}; that of "
        f"the weights' gradients from {scientific(layers[-1].gradient)} in the last layer to {scientific(layers[0].gradient)} "
        "in the first."
    )
