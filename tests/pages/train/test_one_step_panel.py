"""One step explained on the page: the chain, the line on view, the question, and what the address holds."""

import re

import pytest

from nnlib.practice.number_exercise import check_number
from pages.train.one_step.choice import KEY, Choice, Moment
from pages.train.one_step.explained import explained, first_weight
from pages.train.one_step.line_view import question_of
from tests.pages.opened import opened
from tests.runs.runs_helpers import finish, new_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of a small network on points, with everything that a step can have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("runs")))
        chosen = {"hidden": [5, 4], "optimiser": "adam", "schedule": "cosine", "dropout": 0.2, "iterations": 100, "reg": 0.01}
        folder = new_run(**chosen)
        finish(folder)
        yield folder


@pytest.fixture
def page(run):
    """The page, with an explanation of a step of that run."""

    def explain(step=100, **parameters):
        at = opened("train", **{"explain": "W2[3,1]", **parameters})
        at.session_state[KEY].moment = Moment(run.id, step, 0)
        return at.run()

    return explain


def texts(at):
    return " ".join(each.value for each in (*at.markdown, *at.caption))


def chain(at):
    return at.get_by_key("one_step_chain")


def test_the_chain_leads_from_the_example_to_the_new_weight_and_the_last_line_is_the_steps(page):
    at = page()
    labels = chain(at).options
    assert [label for label in labels if label.startswith("**")][0].startswith("**Forward** $x_")
    assert re.search(r"leftarrow\$ −?\d", labels[-1]) and len(labels) > 20
    at = page(line=str(len(labels) - 1))
    assert "The run's own next step, taken on a copy, gives" in texts(at)
    assert "unit 4 of hidden layer 1 → unit 2 of hidden layer 2" in texts(at).replace("\\", "")
    assert not at.exception


def test_the_learner_computes_a_number_a_slip_gets_its_hint_and_the_worked_line_comes_after(page):
    at = page()
    at.get_by_key("one_step_asks").set_value(True).run()
    choice = at.session_state[KEY]
    n = next(i for i, label in enumerate(chain(at).options) if "J / " in label and "lambda" not in label)
    chain(at).set_value(n).run()
    assert all(label.endswith("?") for label in chain(at).options[n:])
    assert "Compute $" in texts(at) and r"\mathbf{" not in texts(at)

    def answer(text):
        at.get_by_key(f"one_step_answer_{choice.line}").set_value(text)
        next(button for button in at.button if button.label == "Check").click().run()
        return texts(at)

    line = explained(choice).step.lines[n]
    assert line.kind == "mean"
    assert "divide by $N$ once" in answer(repr(line.slips[0].value))
    assert "Right." in answer(repr(line.value)) and r"\mathbf{" in texts(at)
    assert not chain(at).options[n].endswith("?") and chain(at).options[n + 1].endswith("?")
    at.get_by_key("one_step_Next").click().run()
    assert choice.line == n + 1 and not at.exception


@pytest.mark.parametrize("name", ["W1[1,2]", "b1[0]", "W2[3,1]", "W3[3,0]", "b3[1]"])
def test_four_digits_are_enough_and_every_slip_gets_its_hint(run, name):
    """Of a network in training the numbers are of any size: 0.001 of each other means nothing there."""
    for line in explained(Choice(name, moment=Moment(run.id, 20, 0))).step.lines:
        question = question_of(line)
        assert check_number(question, f"{line.value:.4g}").correct, line
        assert not check_number(question, f"{1.02 * line.value + (line.value == 0) * 1e-6:.6g}").correct, line
        for slip in question.slips:
            answer = check_number(question, f"{slip.value:.9g}")
            same = {each.hint for each in question.slips if question.is_near(slip.value, each.value, 0.001)}
            assert answer.message in same or question.is_near(slip.value, line.value, 0.001), line


@pytest.mark.parametrize(
    "named, said",
    [
        ({"explain": "W9[0,0]"}, "'W9[1,1]' is not a weight or bias of this network"),
        ({"example": "train-99999"}, "There is no example 99,999"),
        ({"explain": "eval(1)"}, "“eval(1)” is not a value of “explain”"),
    ],
)
def test_what_cannot_be_explained_is_named(page, named, said):
    at = page(**named)
    shown = texts(at) + " ".join(each.value for each in (*at.info, *at.warning))
    assert said in re.sub(r"\\(.)", r"\1", shown) and not at.exception


def test_a_weight_is_chosen_by_its_name_and_an_example_of_any_part_by_the_address(page):
    at = page(example="test-3", line="4")
    assert at.get_by_key("one_step_example").options[0].startswith("Test 3: ")
    assert at.get_by_key("one_step_weight").value == "W2[4,2]", "counted from 1, as in the formulas"
    at.get_by_key("one_step_weight").set_value("b1[ 3 ]").run()
    assert at.session_state[KEY].parameters == {"explain": "b1[2]", "example": "test-3", "line": "4"}
    at.get_by_key("one_step_weight").set_value("w").run()
    assert at.session_state[KEY].name == "b1[2]" and "is not the name" in at.warning[0].value
    at.get_by_key("one_step_close").click().run()
    assert at.session_state[KEY].parameters == {} and not at.exception


def test_it_begins_with_a_weight_on_which_the_example_depends(run):
    choice = Choice(example="train-3", moment=Moment(run.id, 100, 0))
    choice.name = first_weight(choice)
    lines = {line.kind: line for line in explained(choice).step.lines}
    assert lines["dw"].value != 0
    assert first_weight(Choice()) == first_weight(Choice(moment=Moment("gone", 1, 0))) == "W1[0,0]"


@pytest.mark.parametrize("message", [None, [], {}, {"moment": {"run": 3}}, {"moment": 1, "name": "W1[0", "example": "x-1"}])
def test_what_the_browser_reports_is_checked(message):
    choice = Choice(moment=Moment("r", 1, 0))
    choice.take(message)
    assert choice.name is None and choice.example is None
    assert isinstance(message, dict) == (choice.moment is None)


def test_the_first_step_of_the_past_is_in_the_address_and_the_present_is_not():
    choice, moment = Choice(), {"run": "r", "step": 12, "changes": 0, "past": True}
    assert choice.take({"moment": moment, "open": True, "example": "val-2"}) and choice.parameters == {}
    assert not choice.take({"moment": moment, "open": True, "name": "W2[1,0]"})
    assert choice.parameters == {"explain": "W2[1,0]", "example": "val-2", "at": "12"}
    choice.take({"moment": {**moment, "past": False}, "name": "b1[3]"})
    assert choice.parameters == {"explain": "b1[3]", "example": "val-2"}
