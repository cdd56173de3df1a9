"""Part 2: the error of a finite difference over the step size h, in both float types: a U, and why it is one."""

import numpy as np
import streamlit as st

from nnlib.support.number_text import scientific
from nnlib.teaching.listing import PARAMETERS
from nnlib.teaching.step_sizes import STEPS, StepSizes, sweep
from pages.gradient_check.step_size_chart import step_size_chart
from pages.lesson.prediction import predict
from pages.ui.html_table import Html, Row, html_table, strong
from pages.ui.source_view import source_view
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

TYPES = {"float32": np.float32, "float64": np.float64}
STEP_TEXTS = {scientific(h): h for h in STEPS}  # as the slider and the address have them
START = scientific(1e-5)
METHODS = {"central": "Central", "forward": "Forward"}
FORMULAS = {
    "central": r"\frac{\tilde J(\theta + h) - \tilde J(\theta - h)}{2h}",
    "forward": r"\frac{\tilde J(\theta + h) - \tilde J(\theta)}{h}",
}
ERRORS = {
    "central": r"\underbrace{\tfrac{h^2}{6} \lvert \tilde J''' \rvert}_{\text{truncation}}",
    "forward": r"\underbrace{\tfrac{h}{2} \lvert \tilde J'' \rvert}_{\text{truncation}}",
}
ROUNDING = r"\underbrace{\tfrac{\varepsilon}{h} \lvert \tilde J \rvert}_{\text{rounding}}"
RULES = {
    "central": r"With $\tilde J$ and its derivatives near 1, truncation and rounding together are least near $h = "
    r"\varepsilon^{1/3}$: 6e−6 in float64, where $\varepsilon$ = 2.2e−16, and 5e−3 in float32, where $\varepsilon$ = 1.2e−7.",
    "forward": r"With $\tilde J$ and its derivatives near 1, truncation and rounding together are least near $h = "
    r"\varepsilon^{1/2}$: 1.5e−8 in float64, where $\varepsilon$ = 2.2e−16, and 3e−4 in float32, where $\varepsilon$ = 1.2e−7. "
    "Even there a central difference is better, which computes the loss once more and gains a power of $h$.",
}


def step_size():
    st.markdown(
        "The smaller $h$, the closer the difference comes to the derivative. So says calculus, which knows no rounding."
    )
    if not predict(
        "step_size_error",
        "You make $h$ ten times smaller, again and again, from 0.1 down to 1e−12. What does the error do?",
        ["It falls and falls", "It falls, then it grows again", "It falls, then it stays"],
        "It falls, then it grows again",
        r"The computer knows the loss $\tilde J$ to about $\varepsilon \lvert \tilde J \rvert$ only, which is divided by $h$: "
        "the smaller the step, the more the rounding is blown up.",
    ):
        return
    number_expander()
    work = worked_network()
    entries = _moving_entries(work)
    if not entries:
        st.info("No parameter moves the loss of this network, so there is no slope to measure. Change its numbers.")
        return
    numbers, chart = st.columns([4, 5], gap="large")
    with numbers:
        method, chosen, h = _controls(entries)
    swept = {name: sweep(work.net, work.X, work.y, work.reg, *entries[chosen], dtype) for name, dtype in TYPES.items()}
    with numbers:
        st.html(_terms_table(swept, method, h))
    with chart:
        step_size_chart(swept, method, h)
    st.latex(
        rf"\begin{{aligned}} \text{{slope}} &\approx {FORMULAS[method]} \\[4pt] "
        rf"\text{{error}} &\approx {ERRORS[method]} + {ROUNDING} \end{{aligned}}"
    )
    st.markdown(
        "**On the right, truncation.** The step is so long that the loss curves on the way; a shorter one helps.  \n"
        "**On the left, rounding.** The two losses are so close that most of their digits cancel, and what is left is noise. "
        "Where the curve runs flat, they have become the same number: the difference is 0, and the error is the slope itself."
    )
    st.markdown(RULES[method])
    source_view(sweep)


def _controls(entries):
    """(method, a key of `entries`, h)"""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            "Difference",
            METHODS,
            default="central",
            format_func=METHODS.get,
            key="difference",
            required=True,
            bind="query-params",
            persist_state="session",
        )
        chosen = st.selectbox(
            "Parameter θ",
            list(entries),
            key=f"theta_{len(entries)}",
            persist_state="session",
            width=160,
            help="Any entry that moves the loss.",
        )
    step = st.select_slider(
        "Step size h",
        list(STEP_TEXTS),
        value=START,
        key="step",
        bind="query-params",
        persist_state="session",
        help="Four steps a decade. The circles in the chart mark it.",
    )
    return method, chosen, STEP_TEXTS[step]


def _moving_entries(work):
    """What a learner calls them → (name, entry) of all parameter entries whose gradient is not 0."""
    _, grads = work.net.loss(work.X, work.y, work.reg)
    return {
        f"{name}, entry {', '.join(str(i + 1) for i in np.unravel_index(entry, grads[name].shape))}": (name, entry)
        for name in reversed(PARAMETERS)
        for entry in np.flatnonzero(grads[name]).tolist()
    }


def _terms_table(swept: dict[str, StepSizes], method, h):
    heads = ("", "truncation", "rounding", "error, measured", "best h")
    rows = [_terms_row(name, each, method, h) for name, each in swept.items()]
    caption = Html(f"At <i>h</i> = {strong(scientific(h))}; the larger of the two terms is bold")
    return html_table("step-terms", rows, heads, caption=caption)


def _terms_row(name, swept, method, h):
    terms = swept.truncation(method, h), swept.rounding(h)
    measured = getattr(swept, method)[np.argmin(np.abs(swept.h - h))]
    cells = [strong(_figure(term)) if term == max(terms) else _figure(term) for term in terms]
    return Row(name, [*cells, _figure(measured), _figure(swept.best_h(method))])


def _figure(value):
    return scientific(value) if np.isfinite(value) else "any"
