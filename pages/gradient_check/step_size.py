"""Part 2: the error of a finite difference against the step size s, in both float types: a curve in the shape of a U."""

import numpy as np
import streamlit as st

from nnlib.support.number_text import scientific
from nnlib.teaching.listing import PARAMETERS
from nnlib.teaching.step_sizes import STEPS, StepSizes, sweep
from pages.gradient_check.step_size_chart import step_size_chart
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.html_table import Html, Row, html_table, strong
from pages.ui.source_view import source_view
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

TYPES = {"float32": np.float32, "float64": np.float64}
STEP_TEXTS = {scientific(s): s for s in STEPS}  # as in the slider and in the address
START = scientific(1e-5)
METHODS = {"central": "Central", "forward": "Forward"}
FORMULAS = {
    "central": r"\frac{\tilde J(\theta + s) - \tilde J(\theta - s)}{2s}",
    "forward": r"\frac{\tilde J(\theta + s) - \tilde J(\theta)}{s}",
}
ERRORS = {
    "central": r"\underbrace{\tfrac{s^2}{6} \lvert \tilde J''' \rvert}_{\text{truncation}}",
    "forward": r"\underbrace{\tfrac{s}{2} \lvert \tilde J'' \rvert}_{\text{truncation}}",
}
ROUNDING = r"\underbrace{\tfrac{\varepsilon}{s} \lvert \tilde J \rvert}_{\text{rounding}}"
RULES = {
    "central": r"With $\tilde J$ and its derivatives near 1, the sum of truncation and rounding is smallest near $s = "
    r"\varepsilon^{1/3}$: 6e−6 in float64, where $\varepsilon$ = 2.2e−16, and 5e−3 in float32, where $\varepsilon$ = 1.2e−7.",
    "forward": r"With $\tilde J$ and its derivatives near 1, the sum of truncation and rounding is smallest near $s = "
    r"\varepsilon^{1/2}$: 1.5e−8 in float64, where $\varepsilon$ = 2.2e−16, and 3e−4 in float32, where $\varepsilon$ = 1.2e−7. "
    "A central difference is better: its truncation error is proportional to $s^2$ instead of $s$.",
}


@st.fragment
def step_size() -> None:
    """Draw the part."""
    st.markdown(
        "In calculus, the difference gets closer to the derivative as its step $s$ gets smaller. But a computer rounds every "
        "number."
    )
    if not predict(
        "step_size_error",
        "You make $s$ ten times smaller, again and again, from 0.1 down to 1e−12. What happens to the error?",
        ["It falls and falls", "It falls, then it grows again", "It falls, then it stays"],
        "It falls, then it grows again",
        r"The computed loss $\tilde J$ has a rounding error of about $\varepsilon \lvert \tilde J \rvert$. The difference "
        r"divides "
        "this error by $s$: the smaller the step, the larger the error of the slope.",
    ):
        return
    number_expander()
    work = worked_network()
    entries = _entries_with_a_slope(work)
    if not entries:
        st.info("No parameter changes the loss of this network, so there is no slope to measure. Change the numbers.")
        return
    numbers, chart = st.columns([4, 5], gap="large")
    with numbers:
        method, chosen, s = _controls(entries)
    swept = {name: sweep(work.net, work.X, work.y, work.reg, *entries[chosen], dtype) for name, dtype in TYPES.items()}
    with numbers:
        st.html(_terms_table(swept, method, s))
    with chart:
        step_size_chart(swept, method, s)
    st.latex(
        rf"\begin{{aligned}} \text{{slope}} &\approx {FORMULAS[method]} \\[4pt] "
        rf"\text{{error}} &\approx {ERRORS[method]} + {ROUNDING} \end{{aligned}}"
    )
    st.markdown(
        "**On the right: truncation.** The step is so long that the slope changes within it (for a central difference, "
        "unevenly). A shorter step helps.  \n"
        "**On the left: rounding.** The two losses are almost equal, so most of their digits cancel, and rounding errors "
        "remain. Where the curve is flat, both losses are rounded to the same number: the difference is 0, and the error is "
        "the slope itself."
    )
    st.markdown(RULES[method])
    source_view(sweep)


def _controls(entries):
    """(method, a key of `entries`, s)"""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = bound(
            st.segmented_control,
            "Difference",
            METHODS,
            default="central",
            format_func=METHODS.get,
            key="difference",
            required=True,
        )
        chosen = st.selectbox(
            "Parameter θ",
            list(entries),
            key=f"theta_{len(entries)}",
            persist_state="session",
            width=160,
            help="Any entry that changes the loss.",
        )
    step = bound(
        st.select_slider,
        "Step size s",
        list(STEP_TEXTS),
        value=START,
        key="step",
        help="Four steps in each power of ten. The circles in the chart mark it.",
    )
    return method, chosen, STEP_TEXTS[step]


def _entries_with_a_slope(work):
    """Text for the learner → (name, entry) for all parameter entries with a gradient other than 0."""
    _, grads = work.net.loss(work.X, work.y, work.reg)
    return {
        f"{name}, entry {', '.join(str(i + 1) for i in np.unravel_index(entry, grads[name].shape))}": (name, entry)
        for name in reversed(PARAMETERS)
        for entry in np.flatnonzero(grads[name]).tolist()
    }


def _terms_table(swept: dict[str, StepSizes], method, s):
    heads = ("", "truncation", "rounding", "measured error", "best s")
    rows = [_terms_row(name, each, method, s) for name, each in swept.items()]
    caption = Html(f"At <i>s</i> = {strong(scientific(s))}; the larger of the two terms is bold")
    return html_table("step-terms", rows, heads, caption=caption)


def _terms_row(name, swept, method, s):
    terms = swept.truncation(method, s), swept.rounding(s)
    measured = getattr(swept, method)[np.argmin(np.abs(swept.s - s))]
    cells = [strong(_figure(term)) if term == max(terms) else _figure(term) for term in terms]
    return Row(name, [*cells, _figure(measured), _figure(swept.best_step(method))])


def _figure(value):
    return scientific(value) if np.isfinite(value) else "any"
