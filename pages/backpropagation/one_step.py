"""Steps of gradient descent with these gradients. The learner predicts the effect of each."""

import numpy as np
import streamlit as st

from nnlib.symbolic.symbols import GRADIENT_STEP
from nnlib.teaching.descent import along_the_gradient, stepped
from pages.backpropagation.descent_chart import descent_chart
from pages.lesson.prediction import commit
from pages.lesson.progress import Prediction, progress, save_progress
from pages.ui.bound_widget import bound
from pages.ui.number_latex import number_latex
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
TOO_LARGE = 1e15  # nats, far above any loss that the network can start with
STEPS_SHOWN = 5
PREDICTION, FALLS, RISES = "one_step", "It falls", "It rises"


def one_step() -> None:
    """Draw the part."""
    st.markdown(
        r"The gradient $\nabla\tilde J$ (nabla) holds the derivatives of $\tilde J$ with respect to all parameters. "
        r"It is the direction in which $\tilde J$ rises fastest. A step of gradient descent goes in the opposite "
        rf"direction: $\;{GRADIENT_STEP}$ for every parameter $\theta$. If "
        r"$\eta$ is small, the loss falls by about $\eta\lVert\nabla\tilde J\rVert^2$. How small must it be?"
    )
    number_expander()
    _steps_on_view()


@st.fragment
def _steps_on_view():
    worked = worked_network()
    descent = _descent(worked)
    batch = (worked.X, worked.y, worked.reg)
    J, _ = descent["net"].loss(*batch)
    learning_rate = bound(
        st.select_slider,
        "Learning rate η",
        RATES,
        value=0.1,
        key="eta",
        help="The factor of the step: each parameter changes by η times its gradient.",
    )
    taken = len(descent["steps"])
    st.markdown(
        f"After {taken} step{'s' * (taken != 1)}, $\\tilde J = {_four_digits(J)}$. What will one more step with "
        f"$\\eta = {learning_rate:g}$ do? When you answer, the app takes the step."
    )
    with st.container(horizontal=True):
        for falls, icon in ((True, ":material/trending_down:"), (False, ":material/trending_up:")):
            st.button(
                FALLS if falls else RISES,
                icon=icon,
                key=f"expect_{'fall' if falls else 'rise'}",
                on_click=_take_step,
                args=(batch, learning_rate, falls),
                disabled=J > TOO_LARGE,
            )
        st.button("Start again", key="descent_reset", on_click=_restart_descent, disabled=not descent["steps"])
    if J > TOO_LARGE:
        st.warning("The loss has become extremely large. Start again with a smaller learning rate.", icon=":material/warning:")
    if descent["steps"]:
        _draw_steps(descent["steps"])
        descent_chart(descent["before"], *batch, descent["steps"][-1]["η"])
        _store_first(descent["steps"][0])


def _descent(worked):
    """The descent of this visit. It starts again when the numbers of the small network change."""
    numbers = [worked.X, worked.y, worked.reg, *worked.net.params.values()]
    start = b"".join(np.asarray(each).tobytes() for each in numbers)
    if st.session_state.get("descent", {}).get("start") != start:
        st.session_state["descent"] = {"start": start, "net": worked.net, "before": None, "steps": []}
    return st.session_state["descent"]


def _take_step(batch, learning_rate, expected_to_fall):
    descent = st.session_state["descent"]
    before = descent["net"]
    (J, after), (_, predicted) = along_the_gradient(before, *batch, [0, learning_rate])
    step = {"η": learning_rate, "before": J, "predicted": predicted - J, "change": after - J, "expected": expected_to_fall}
    descent.update(net=stepped(before, *batch, learning_rate), before=before, steps=[*descent["steps"], step])


def _store_first(step):
    """The first expectation is stored with the predictions."""
    if PREDICTION not in progress().predictions:
        fell, expected = bool(step["change"] < 0), step["expected"]
        question = f"What will a step with $\\eta = {step['η']:g}$ do to $\\tilde J$?"
        choice = FALLS if expected else RISES
        commit(PREDICTION, Prediction("backpropagation", question, choice, fell == expected))
        save_progress()


def _restart_descent():
    st.session_state.pop("descent", None)


def _draw_steps(steps):
    last = steps[-1]
    fell = last["change"] < 0
    correct = fell == last["expected"]
    (st.success if correct else st.info)(
        f"You predicted that it {'falls' if last['expected'] else 'rises'}. {'Correct' if correct else 'Not correct'}: "
        f"$\\tilde J$ {'fell' if fell else 'rose'} by ${_four_digits(abs(last['change']))}$. The straight line predicted a "
        f"fall of ${_four_digits(abs(last['predicted']))}$.",
        icon=":material/trending_down:" if fell else ":material/trending_up:",
    )
    if not fell:
        st.markdown(
            "The direction was right, but the step was too long: the loss first falls along this direction, and then rises "
            "again."
        )
    lines = ["| step | $\\eta$ | $\\tilde J$ before | predicted | change |", "|---:|---:|---:|---:|---:|"]
    for number, step in list(enumerate(steps, start=1))[-STEPS_SHOWN:]:
        cells = (step["before"], step["predicted"], step["change"])
        lines.append(f"| {number} | {step['η']:g} | " + " | ".join(f"${_four_digits(each)}$" for each in cells) + " |")
    st.markdown("\n".join(lines))


def _four_digits(value):
    """LaTeX of a number with four digits, including zeros at the end, so that losses are easy to compare: 17.00 and 0.9488."""
    return f"{value:#.4g}".rstrip(".") if 1e-3 <= abs(value) < 1e4 else number_latex(value)
