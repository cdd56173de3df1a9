"""Chart of J~ along the negative gradient, and of the straight line that the gradient predicts."""

import altair as alt
import numpy as np
import streamlit as st

from nnlib.network import TwoLayerNet
from nnlib.support.colours import BLUE, VERMILION
from nnlib.support.number_text import number_text
from nnlib.teaching.descent import along_the_gradient
from pages.ui.altair_chart import draw_chart

POINTS = 80
FURTHER = 2.5  # the largest learning rate of the chart, in multiples of the step's
ACTUAL, PREDICTED = "J̃ after the step", "straight line"
COLOURS = {ACTUAL: BLUE, PREDICTED: VERMILION}


def descent_chart(net: TwoLayerNet, X: np.ndarray, y: np.ndarray, reg: float, learning_rate: float) -> None:
    """Draw both curves for learning rates up to FURTHER times that of the step, and a dot at the step itself."""
    rates = np.linspace(0, FURTHER * learning_rate, POINTS)
    actual, predicted = along_the_gradient(net, X, y, reg, rates)
    (ended,), _ = along_the_gradient(net, X, y, reg, [learning_rate])
    span = actual.max() - actual.min() or 1.0
    domain = [actual.min() - 0.4 * span, actual.max() + 0.05 * span]  # space below for the straight line

    scale = alt.Scale(domain=[0, rates[-1]], nice=False)
    rate = alt.X("rate:Q", title="learning rate η of this one step", scale=scale, axis=alt.Axis(tickCount=6))
    loss = alt.Y("loss:Q", title="J̃ (nats)", scale=alt.Scale(domain=domain, nice=False))
    rows = [
        {"rate": float(each), "loss": float(value), "of": of}
        for of, values in ((ACTUAL, actual), (PREDICTED, predicted))
        for each, value in zip(rates, values)
    ]
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(clip=True, strokeWidth=2.5)
        .encode(
            rate,
            loss,
            color=alt.Color(
                "of:N",
                title=None,
                scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                legend=alt.Legend(orient="top"),
            ),
            strokeDash=alt.StrokeDash("of:N", scale=alt.Scale(domain=list(COLOURS), range=[[1, 0], [6, 4]]), legend=None),
        )
    )
    step = alt.Chart(alt.Data(values=[{"rate": learning_rate, "loss": float(ended)}]))
    mark = step.mark_point(size=110, filled=True, color=COLOURS[ACTUAL]).encode(rate, loss)
    st.markdown("**For a small learning rate, the loss follows the straight line. For a larger one, it bends away**")
    draw_chart((lines + mark).properties(height=280, description=_description(rates, actual, predicted)))
    st.caption(
        f"Both curves start at the weights before this step. Solid: the computed loss. Dashed: $\\tilde J - "
        f"\\eta\\lVert\\nabla\\tilde J\\rVert^2$, which the gradient predicts. The dot is your step with "
        f"$\\eta = {learning_rate:g}$."
    )


def _description(rates, actual, predicted):
    """The chart in words, for screen readers."""
    return (
        f"Line chart. Over learning rates from 0 to {rates[-1]:.3g} the loss goes from {number_text(actual[0])} to "
        f"{number_text(actual[-1])}; its least value is {number_text(actual.min())}. The straight line falls from "
        f"{number_text(predicted[0])} to {number_text(predicted[-1])}."
    )
