"""Part 1: the gradient of every parameter by the backward pass, by central differences, and by torch's autograd."""

import numpy as np
import streamlit as st

from nnlib.finite_differences import central_difference
from nnlib.gradient_check import SMALLEST, gradient_check, numeric_gradients, relative_error
from nnlib.support.number_text import decimal, scientific
from nnlib.teaching.autograd import autograd_loss
from nnlib.teaching.listing import AGREES, PARAMETERS
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.extras import installed
from pages.ui.html_table import Row, html_table
from pages.ui.source_view import source_view
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

DIGITS = 6  # after the point
TALLEST = 340  # pixels of the table


@st.fragment
def three_ways() -> None:
    """Draw the part."""
    st.markdown(
        "A backward pass computes how $\\tilde J$, the loss with its penalty, changes with each parameter $\\theta$. To check "
        "it, increase $\\theta$ by a small step $s$ and compute the loss, then decrease it by $s$ and compute the loss again. "
        "These are **central differences**. They need only the forward pass, which is easier to write:"
    )
    st.latex(r"\frac{\partial \tilde J}{\partial \theta} \approx \frac{\tilde J(\theta + s) - \tilde J(\theta - s)}{2s}")
    if not predict(
        "check_cost",
        "A network has $P$ parameters. How many times is the loss computed to get all $P$ slopes by central differences?",
        ["2", "P", "2P"],
        "2P",
        "Each parameter is increased once and decreased once. The backward pass takes about as long as two forward passes, for "
        "any $P$. So training uses the backward pass, and the differences check it.",
    ):
        return
    number_expander()
    name = bound(
        st.segmented_control,
        "Parameter",
        PARAMETERS,
        default="W1",
        key="check_parameter",
        format_func=lambda name: f"${name[0]}^{{({name[1]})}}$",
        required=True,
    )
    st.markdown("The table has two ways, and with the switch a third: PyTorch computes gradients from the forward pass alone.")
    with_torch = bound(
        st.toggle,
        "Compare with PyTorch",
        key="check_torch",
        help="Its autograd differentiates the forward pass automatically. Loading PyTorch takes a few seconds the first time.",
    )
    _compared(worked_network(), name, with_torch)
    with st.container(horizontal=True):
        source_view(central_difference, r"\frac{f(x + s) - f(x - s)}{2s}")
        source_view(gradient_check)
        source_view(autograd_loss)


def _compared(work, name, with_torch):
    """The table of one parameter, and the verdict."""
    _, grads = work.net.loss(work.X, work.y, work.reg)
    ways = {"backward pass": grads[name], "differences": numeric_gradients(work.net, work.X, work.y, work.reg)[name]}
    errors = relative_error(grads[name], ways["differences"], SMALLEST)
    st.markdown(_verdict(work, name, errors))
    autograd_text, table = st.empty(), st.empty()
    table.html(_table(ways, errors))
    if with_torch and installed("torch"):
        with autograd_text, st.spinner("PyTorch is loading"):
            _, by_torch = autograd_loss(work.net, work.X, work.y, work.reg)
        ways["autograd"] = by_torch[name]
        autograd_text.markdown(autograd_verdict(grads[name], ways["autograd"]))
        table.html(_table(ways, errors))
    st.caption(
        "The relative error is the difference of two numbers, divided by the larger of them. The divisor is never less than a "
        f"hundredth of the largest number in the table, and never less than {scientific(SMALLEST)}: smaller numbers are "
        "mostly rounding error of the loss. The differences use s = 1e−5, and no ReLU may switch on or off. The next two parts "
        "of this lesson explain both."
    )


def _verdict(work, name, errors):
    worst = float(errors.max())
    if worst <= AGREES:
        return (
            f":material/check_circle: **They agree.** The largest relative error is {scientific(worst)}. The error of a "
            "right gradient is below about 1e−6, that of a wrong one is mostly above 1e−2. All entries are compared here. "
            "`gradient_check` tries 50 of a large array: a single wrong entry among 1,000 is missed in 95 % of cases."
        )
    best = gradient_check(work.net, work.X, work.y, work.reg)[name]
    return (
        f":material/straighten: The largest relative error is {scientific(worst)}. For your numbers, the step s = 1e−5 is not "
        f"suitable. `gradient_check` tries several steps, and finds an error of {scientific(best)}."
    )


def autograd_verdict(gradient: np.ndarray, autograd: np.ndarray) -> str:
    """Compare the backward pass with autograd: two gradients of one shape."""
    worst = float(relative_error(gradient, autograd, SMALLEST).max())
    text = f"**PyTorch's autograd** differs from the backward pass by {scientific(worst)} at most."
    if worst <= AGREES:
        return f":material/check_circle: {text} Both use the chain rule, so only rounding errors remain."
    return (
        f":material/cancel: {text} Both use the chain rule, so this is more than a rounding error. Either large terms almost "
        "cancel, or the backward pass is wrong."
    )


def _table(ways, errors):
    rows = [_row(index, ways, errors[index]) for index in np.ndindex(errors.shape)]
    return html_table("three-ways", rows, ("entry", *ways, "relative error"), style=f"max-height:{TALLEST}px")


def _row(index, ways, error):
    entry = ", ".join(str(i + 1) for i in index)
    return Row(entry, [*(decimal(values[index], DIGITS) for values in ways.values()), scientific(error)])
