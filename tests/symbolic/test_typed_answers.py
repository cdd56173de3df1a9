"""Of many answers in the forms that students type, nearly all are read; what a message proposes instead can be typed."""

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.symbolic import check_answer, exercises
from nnlib.symbolic.answers.check import read_back
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.grammar import parse
from tests.symbolic.typed_answers import ALSO_RIGHT, RIGHT, WRONG

BY_ID = {exercise.id: exercise for exercise in exercises()}
checked = cache(check_answer)


def proposals(message):
    """What a message says to type."""
    said = re.search("[Tt]ype .*", message)
    return re.findall("`([^`]*)`", said.group()) if said else []


def can_be_read(proposal, names):
    """Whether a proposal can be read, where letters such as x and A in it stand for what the learner has there."""
    placeholders = [*"xyzabcAB"]
    if not re.search(r"\w", proposal):  # a sign
        proposal = f"A {proposal} B"
    parse(proposal, [*names, *(name for name in placeholders if name not in names)], calculus=True)


def test_there_are_enough_answers():
    assert len(set(RIGHT + ALSO_RIGHT)) >= 400 and len(ALSO_RIGHT) >= 150 and len(set(WRONG)) >= 400
    assert {exercise_id for exercise_id, _ in RIGHT} == {exercise_id for exercise_id, _ in WRONG}


@pytest.mark.parametrize("answers", [RIGHT, ALSO_RIGHT], ids=["while building", "afterwards"])
def test_nearly_all_right_answers_are_accepted_and_the_others_get_a_remedy(answers):
    rejected = [(exercise_id, text) for exercise_id, text in answers if not checked(exercise_id, text).correct]
    assert len(rejected) <= 0.03 * len(answers), rejected
    for exercise_id, text in rejected:
        message = checked(exercise_id, text).message
        assert proposals(message) or "Did you mean" in message, message


def test_no_wrong_answer_is_accepted():
    assert [(exercise_id, text) for exercise_id, text in WRONG if checked(exercise_id, text).correct] == []


def test_what_the_page_typesets_can_be_pasted_as_latex():
    for exercise in exercises():
        if not re.search(r"sum\(.*axis", exercise.solution):  # typeset in words: a sum over rows
            assert check_answer(exercise.id, read_back(exercise.id, exercise.solution)).correct, exercise.id


@pytest.mark.parametrize(
    "exercise_id, text",
    [
        ("backpropagation-dw2", r"\frac{1}{N} a^{(2)\top}(\psi-\Delta) + 2\lambda W_2"),
        ("backpropagation-dw2", r"$\dfrac1N\,a_2^\top\left(\psi - \Delta\right)+2\lambda W^{(2)}$"),
        ("forward-penalty", r"\lambda\left(\lVert W_1\rVert_F^2 + \|W^{(2)}\|^2\right)"),
    ],
)
def test_latex_is_read(exercise_id, text):
    assert check_answer(exercise_id, text).correct, check_answer(exercise_id, text).message


@pytest.mark.parametrize(
    "latex, plain",
    [
        (r"\sum_{n=1}^{N} \frac{\partial J}{\partial z^{(3)}_{nk}} a^{(2)}_{nh}", "sum_n(d(J)/d(z3_nk)*a2_nh)"),
        (r"\sum\limits_n a_2", "Σ_n a2"),
        (r"W_{hk}^{(2)} - W^{(2)}_{hk}", "W2_hk - W2_hk"),
        (r"\partial J/\partial z_3", "∂J/∂z3"),
    ],
)
def test_latex_of_derivations_is_read(latex, plain):
    names = ["J", "z3_nk", "z3", "a2", "a2_nh", "W2_hk"]
    assert parse(latex, names, calculus=True).root == parse(plain, names, calculus=True).root


def test_a_guard_is_named():
    guarded = [(exercise_id, text) for exercise_id, text in WRONG if re.search("[+,] 1e-[89]", text)]
    named = [text for exercise_id, text in guarded if "`1e-" in checked(exercise_id, text).message]
    assert len(named) >= 0.8 * len(guarded)


@pytest.mark.parametrize("guard", ["/max(|a|, |b|, 1e-8)", "/(max(|a|, |b|) + 1e-8)"])
def test_an_exercise_may_allow_a_guard_with_a_remark(guard):
    answer = check_answer("gradient-check-relative-error", "|a - b|" + guard)
    assert answer.correct and "guard" in answer.message
    assert not check_answer("gradient-check-relative-error", "|a - b|" + guard.replace("1e-8", "1e-3")).correct


@pytest.mark.parametrize(
    ("exercise_id", "text"),
    [
        ("gradient-check-central", "(J_plus - J_minus)/2s"),
        ("forward-uniform-loss", "-ln 1/K"),
        ("softmax-two-classes", "1/(1 + e^-1x)"),
        ("forward-parameters", "D*H + H = K"),
        ("forward-parameters", "D 2"),
        ("forward-parameters", "D^2^2"),
        ("forward-parameters", "D^H"),
        ("forward-parameters", "1,5*D"),
        ("forward-parameters", "0 < D < H"),
        ("forward-parameters", "|D"),
        ("forward-parameters", "007"),
        ("forward-parameters", "1e99"),
        ("forward-z2", "exp"),
        ("forward-z2", "max(X)"),
        ("forward-z2", "sum(X, axis=2)"),
        ("forward-z2", "X.dot()"),
        ("forward-z2", "X.t"),
        ("forward-z2", "X*W1"),
        ("forward-z2", "X**W1"),
        ("forward-z2", "np.where(X)"),
        ("forward-z2", "clip(X)"),
        ("forward-z2", "np.heaviside(X, 2)"),
        ("forward-z2", "sum_k(X)"),
        ("forward-z2", "b1'"),
        ("forward-z2", "axis"),
        ("forward-z2", "frac"),
        ("backpropagation-tanh", "da2(1 - a2²)"),
    ],
)
def test_what_a_message_proposes_can_be_typed(exercise_id, text):
    answer = check_answer(exercise_id, text)
    assert not answer.correct and proposals(answer.message), answer.message
    for proposal in proposals(answer.message):
        can_be_read(proposal, BY_ID[exercise_id].names)


PIECES = [
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "@",
    "^",
    ".T",
    ".sum(",
    ",",
    "axis=0",
    ">",
    "=",
    "|",
    "‖",
    " ",
    "2",
    "0.5",
    "e^",
    "log ",
    "√",
]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(BY_ID)), st.data())
def test_a_text_of_any_pieces_is_read_or_gets_proposals_that_can_be_typed(exercise_id, data):
    names = list(BY_ID[exercise_id].names)
    text = "".join(data.draw(st.lists(st.sampled_from(PIECES + 2 * names), max_size=12)))
    try:
        parse(text, names)
    except FormulaError as error:
        for proposal in proposals(str(error)):
            can_be_read(proposal, names)
