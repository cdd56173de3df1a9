"""Part 3: the central difference of a ReLU whose kink lies between θ − s and θ + s."""

import numpy as np
import streamlit as st

from nnlib.gradient_check import relu_switches
from nnlib.support.number_text import decimal
from nnlib.teaching.kinks import relu_slope, slopes_near_kink
from pages.gradient_check.kink_picture import kink_picture
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.html_table import Row, html_table, strong
from pages.ui.source_view import source_view
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

PLACES = {decimal(n / 100, 2): n / 100 for n in range(-20, 21) if n}  # at 0 itself the slope is not defined
PROBE = 0.01  # the distance at which the sharpest kink is looked for


@st.fragment
def kink() -> None:
    """Draw the part."""
    st.markdown(
        "$\\max(0, z)$ has slope 0 on the left of its kink, and slope 1 on the right. A central difference uses only the "
        "values at $z - s$ and $z + s$, so it does not show what happens between them."
    )
    if not predict(
        "kink_slope",
        "A ReLU is exactly at its kink, $z = 0$. Which slope does the central difference measure there?",
        ["0", "½", "1"],
        "½",
        r"$[\max(0, s) - \max(0, -s)] / (2s) = s / (2s) = ½$, for every $s$. A smaller step does not help, and neither side of "
        "the kink has this slope.",
    ):
        return
    controls, picture = st.columns([2, 3], gap="large")
    with controls:
        z = bound(
            st.select_slider,
            "Input of the ReLU, z",
            list(PLACES),
            value="0.05",
            key="kink_z",
            help="Its distance from the kink, which is at 0.",
        )
        s = bound(
            st.slider,
            "Step size s",
            0.01,
            0.2,
            0.1,
            0.01,
            key="kink_h",
            help="The distance of the two points from z.",
        )
        z = PLACES[z]
        st.html(_relu_slopes(z, s))
    with picture:
        kink_picture(z, s)
    _in_the_network(worked_network(), z, s)
    source_view(relu_switches)


def _relu_slopes(z, s):
    slope, true = relu_slope(z, s), float(z > 0)
    crossed = abs(z) < s
    why = "The kink lies between the two points." if crossed else "Both points lie on one side of the kink."
    return (
        f'<div data-testid="kink-slopes" style="font-size:16px;line-height:1.7">Slope of the ReLU: '
        f"<strong>{true:.0f}</strong><br>By the central difference: <strong>{decimal(slope)}</strong><br>{why}</div>"
    )


def _in_the_network(work, z, s):
    st.subheader("In a network", anchor=False)
    number_expander()
    sharpest = _sharpest_kink(work)
    if sharpest is None:
        st.info("In this network, no hidden unit influences the loss, so the kinks have no effect. Change the numbers.")
        return
    example, unit = sharpest
    found = slopes_near_kink(work.net, work.X, work.y, work.reg, example, unit, z, s)
    st.markdown(
        f"In your network, the bias $b^{{(1)}}_{unit + 1}$ is now shifted so that $z^{{(2)}}_{{{example + 1},{unit + 1}}} = $ "
        f"{decimal(z, 2)}. The slope of $\\tilde J$ with respect to this bias:"
    )
    rows = (
        ("by the backward pass", found.analytic),
        ("by the central difference, ReLUs can switch", found.free),
        ("by the central difference, ReLUs fixed", found.fixed),
    )
    st.html(html_table("kink-network", [Row(name, [strong(decimal(value, 4))]) for name, value in rows]))
    if found.analytic == 0:
        st.markdown(_off_text(found, unit))
    st.markdown(
        "**Fixed** means: the ReLUs that are on at $\\theta$ stay on at $\\theta + s$ and $\\theta - s$, and the others stay "
        "off. The backward pass also takes its mask at $\\theta$, so both measure the same slope, and a right gradient passes "
        "the check even near a kink. The remaining difference is the truncation error, which is large here because the step "
        "is large."
    )


def _off_text(found, unit):
    """Why the backward pass gives 0."""
    text = f"Hidden unit {unit + 1} is off for every example here, so its bias does not influence the loss: "
    if found.free == 0:
        return text + "all three slopes are 0."
    return text + "the backward pass gives 0. In the central difference, the unit switches on at $\\theta + s$."


def _sharpest_kink(work):
    """(example, unit) with the largest jump of the slope when its ReLU switches; None if there is no jump."""
    jumps = {}
    for example, unit in np.ndindex(len(work.X), work.net.sizes[1]):
        found = slopes_near_kink(work.net, work.X, work.y, work.reg, example, unit, PROBE, PROBE)
        jumps[example, unit] = abs(found.analytic - found.beyond)
    sharpest = max(jumps, key=jumps.get)
    return sharpest if jumps[sharpest] > 1e-3 else None
