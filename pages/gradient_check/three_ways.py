"""Part 1: the gradient of every parameter by the backward pass, by central differences, and by torch's autograd."""

import numpy as np
import streamlit as st

from nnlib.finite_differences import central_difference
from nnlib.gradient_check import SMALLEST, gradient_check, numeric_gradients, relative_error
from nnlib.support.number_text import decimal, scientific
from nnlib.teaching.autograd import autograd_loss
from nnlib.teaching.listing import AGREES, PARAMETERS
from pages.lesson.prediction import predict
from pages.ui.extras import installed
from pages.ui.html_table import Row, html_table
from pages.ui.source_view import source_view
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

DIGITS = 6  # after the point
TALLEST = 340  # pixels of the table


def three_ways():
    st.markdown(
        "A backward pass is a claim: this is how $\\tilde J$ changes when a parameter $\\theta$ does. To check it, move "
        "$\\theta$ a little both ways and look. That takes the forward pass alone, which is easier to get right:"
    )
    st.latex(r"\frac{\partial \tilde J}{\partial \theta} \approx \frac{\tilde J(\theta + h) - \tilde J(\theta - h)}{2h}")
    if not predict(
        "check_cost",
        "A network has $P$ parameters. How many times is the loss computed to get all $P$ slopes by central differences?",
        ["2", "P", "2P"],
        "2P",
        "Each parameter is moved up once and down once. The backward pass costs about as much as two forward passes, however "
        "large $P$ is: so we train with the one, and check it with the other.",
    ):
        return
    number_expander()
    name = st.segmented_control(
        "Parameter",
        PARAMETERS,
        default="W1",
        key="check_parameter",
        format_func=lambda name: f"${name[0]}^{{({name[1]})}}$",
        required=True,
        bind="query-params",
        persist_state="session",
    )
    with_torch = st.toggle(
        "Ask PyTorch as well",
        key="check_torch",
        bind="query-params",
        persist_state="session",
        help="Its autograd knows the forward pass only, and differentiates it by itself. Loading PyTorch takes a few seconds "
        "the first time.",
    )
    _compared(worked_network(), name, with_torch)
    with st.container(horizontal=True):
        source_view(central_difference, r"\frac{f(x + h) - f(x - h)}{2h}")
        source_view(gradient_check)
        source_view(autograd_loss)


def _compared(work, name, with_torch):
    """The table of one parameter, and what to make of it."""
    _, grads = work.net.loss(work.X, work.y, work.reg)
    ways = {"backward pass": grads[name], "differences": numeric_gradients(work.net, work.X, work.y, work.reg)[name]}
    errors = relative_error(grads[name], ways["differences"], SMALLEST)
    st.markdown(_verdict(work, name, errors))
    autograd_told, table = st.empty(), st.empty()
    table.html(_table(ways, errors))
    if with_torch and installed("torch"):
        with autograd_told, st.spinner("PyTorch is loading"):
            _, by_torch = autograd_loss(work.net, work.X, work.y, work.reg)
        ways["autograd"] = by_torch[name]
        autograd_told.markdown(autograd_verdict(grads[name], ways["autograd"]))
        table.html(_table(ways, errors))
    st.caption(
        "Relative error: |difference| / larger of the two. Where both are below 0.0001, it is taken relative to 0.0001. "
        "Differences with h = 1e−5 and the ReLUs held, of which two parts of this lesson tell more."
    )


def _verdict(work, name, errors):
    worst = float(errors.max())
    if worst <= AGREES:
        return (
            f":material/check_circle: **They agree.** The largest relative error is {scientific(worst)}. A right gradient "
            "stays below about 1e−6, a wrong one rarely comes below 1e−3."
        )
    best = gradient_check(work.net, work.X, work.y, work.reg)[name]
    return (
        f":material/straighten: The largest relative error is {scientific(worst)}: for numbers as large as yours h = 1e−5 is "
        f"no good step. `gradient_check`, which tries several, finds an error of {scientific(best)}."
    )


def autograd_verdict(gradient, autograd) -> str:
    """What autograd says of the backward pass. Two arrays of one shape."""
    worst = float(relative_error(gradient, autograd, SMALLEST).max())
    told = f"**PyTorch's autograd** differs from the backward pass by {scientific(worst)} at most."
    if worst <= AGREES:
        return f":material/check_circle: {told} Both use the chain rule, so nothing but rounding is left."
    return (
        f":material/cancel: {told} Both use the chain rule, so that is more than rounding should leave: terms that are large "
        "and almost cancel, or a wrong backward pass."
    )


def _table(ways, errors):
    rows = [_row(index, ways, errors[index]) for index in np.ndindex(errors.shape)]
    return html_table("three-ways", rows, ("entry", *ways, "relative error"), style=f"max-height:{TALLEST}px")


def _row(index, ways, error):
    entry = ", ".join(str(i + 1) for i in index)
    return Row(entry, [*(decimal(values[index], DIGITS) for values in ways.values()), scientific(error)])
