"""For any text: no exception, no delay, no acceptance, no warning, and a clear sentence in reply."""

import warnings
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nnlib.symbolic import check_answer, exercises, read_back
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.grammar import FUNCTIONS, parse
from tests.symbolic.hostile import FORMULAS, NOT_TEXT, TEXTS, chains, mixtures
from tests.symbolic.oracle import point, value
from tests.symbolic.patience import calls, little_work

IDS = [exercise.id for exercise in exercises()]
BY_ID = {exercise.id: exercise for exercise in exercises()}
# One exercise of each kind: matrices, indexed entries, logits, single numbers.
SOME = ["backpropagation-dw2", "softmax-compact", "softmax-shift", "gradient-check-central"]


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Draw the points and import mpmath once, so that later tests count the work for one answer."""
    for exercise_id in IDS:
        check_answer(exercise_id, BY_ID[exercise_id].solution)
        check_answer(exercise_id, f"({BY_ID[exercise_id].solution})*exp(0)")


def checked(exercise_id, text):
    """The answer to a text, after checking that it took little work, and came in words and without a warning."""
    with warnings.catch_warnings(), little_work():
        warnings.simplefilter("error")
        answer = check_answer(exercise_id, text)
        with suppress(FormulaError):
            assert len(read_back(exercise_id, text)) < 10_000
    assert isinstance(answer.correct, bool)
    assert answer.message.endswith((".", "$.", "`.")) or answer.message.endswith("?")
    assert len(answer.message) < 600
    answer.message.encode()  # no half of a surrogate pair: a browser could not show it
    return answer


def test_there_are_enough_hostile_inputs():
    assert len(TEXTS) >= 550


@pytest.mark.parametrize("exercise_id", SOME)
def test_no_hostile_text_is_accepted(exercise_id):
    for text in (TEXTS if exercise_id == SOME[0] else TEXTS[SOME.index(exercise_id) :: 4]) + NOT_TEXT:
        assert not checked(exercise_id, text).correct, repr(text)[:80]


def test_hostile_text_is_rejected_before_any_evaluation():
    names = BY_ID["backpropagation-dw2"].names
    read = set()
    for text in TEXTS:
        with suppress(FormulaError):
            parse(text, names)
            read.add(text)
    assert read == FORMULAS


@pytest.mark.parametrize("exercise_id", SOME)
def test_chains_and_mixtures_of_everything_get_an_answer(exercise_id):
    names = list(BY_ID[exercise_id].names)
    all_chains = [*chains(names, BY_ID[exercise_id].solution)]
    some_chains = all_chains if exercise_id == SOME[0] else all_chains[SOME.index(exercise_id) :: 3]
    for text in [*some_chains, *mixtures(names, 10)]:
        checked(exercise_id, text)


@pytest.mark.parametrize(
    "link", ["{}.sum()", "{}.sum(axis=0)", "{}.T", "-{}", "sum({})", "abs({})", "sqrt({})", "{}*x", "x/{}", "where(1, {}, 0)"]
)
def test_the_work_of_typesetting_grows_with_the_length_of_a_formula_alone(link):
    def chain(length):
        text = "x"
        for _ in range(length):
            text = link.format(text)
        return parse(text, ["x"])

    short, long = (calls(lambda formula: formula.latex, chain(length)) for length in (5, 20))
    assert long < 20 * short  # a chain four times as long; a product looks for arrays on both of its sides


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SOME), st.text(max_size=320))
@example("softmax-compact", "psi_i*(delta_ij - psi_j)\x00")
def test_any_text_gets_an_answer(exercise_id, text):
    checked(exercise_id, text)


TOKENS = [
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "@",
    "**",
    ".T",
    ".sum(",
    "%",
    ",",
    "axis=0",
    "axis=1",
    ">",
    "<",
    " ",
    "0",
    "1",
    "2",
    "0.5",
    "1e9",
]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(IDS), st.data())
def test_any_sequence_of_grammar_tokens_gets_an_answer(exercise_id, data):
    pieces = TOKENS + [f"{function}(" for function in FUNCTIONS] + 3 * list(BY_ID[exercise_id].names)
    checked(exercise_id, "".join(data.draw(st.lists(st.sampled_from(pieces), max_size=60))))


def formulas(names):
    """Texts that the grammar accepts, or nearly."""
    leaf = st.sampled_from([*names, "0", "1", "2", "0.5", "1e-9", "999999"])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "@", ">"]), inner),
            st.builds("({})**{}".format, inner, st.integers(-8, 8)),
            st.builds("-{}".format, inner),
            st.builds("({}).T".format, inner),
            st.builds("{}({})".format, st.sampled_from(["exp", "log", "sqrt", "abs", "relu", "softmax", "sum"]), inner),
            st.builds("({}).sum()".format, inner),
            st.builds("sum({}, axis={})".format, inner, st.integers(0, 1)),
            st.builds("max({}, {})".format, inner, inner),
        ),
        max_leaves=25,
    )


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(IDS), st.data())
def test_any_formula_gets_an_answer_in_time_and_no_wrong_one_is_accepted(exercise_id, data):
    exercise = BY_ID[exercise_id]
    text = data.draw(formulas(list(exercise.names)))
    if not checked(exercise_id, text).correct:
        return
    values = point(exercise.names, np.random.default_rng(0), 1)
    assert np.allclose(value(text, values), value(exercise.solution, values)), text
