"""The modes of a derivation: its lines are read, or written, and the progress stores how far the learner is."""

import re
from dataclasses import replace
from datetime import date
from textwrap import dedent

import pytest
from streamlit.testing.v1 import AppTest

from nnlib.symbolic.derivation import layers, softmax_cases
from nnlib.symbolic.derivation.cross_entropy import logit_gradient_general
from nnlib.symbolic.derivation.line_check import first_end, rules_to_choose
from nnlib.symbolic.derivation.matrices import first_weights_matrix, second_biases_matrix
from nnlib.symbolic.derivation.signal import all_layers
from nnlib.symbolic.derivation.softmax import jacobian, softmax_derivative
from pages.lesson.derivation_modes import MODES, following
from pages.lesson.hand_in import as_markdown
from pages.lesson.progress import Derived, Progress
from pages.lesson.stored_progress import read_progress
from tests.pages.opened import opened as opened_page
from tests.pages.questions import commit, open_questions
from tests.patience import PATIENCE

ENTRY = softmax_derivative(3, 1, 2)
LINES = [step.text for step in ENTRY.steps]
KEY = "softmax-entry-partial-psi_1-partial-z_2-for-3-classes"


def opened(derivation=ENTRY, stored=None):
    """A page with a derivation, which is passed through a module that the page imports."""
    import nnlib.symbolic.derivation.derivation as here

    here.shown_in_a_test = derivation
    script = """
        import streamlit as st
        from nnlib.symbolic.derivation.derivation import shown_in_a_test
        from pages.lesson.derivation_view import derivation_view
        st.session_state["lesson"] = "softmax"
        derivation_view(shown_in_a_test, "a test")
    """
    at = AppTest.from_string(dedent(script), default_timeout=PATIENCE)
    if stored is not None:
        at.session_state["progress"] = stored
    return run(at)


def run(at):
    at.run()
    assert not at.exception, at.exception
    return at


def choose(at, mode):
    at.segmented_control[0].set_value(mode)
    return run(at)


def press(at, label):
    next(each for each in at.button if each.label == label).click()
    return run(at)


def write(at, text, rule=None):
    at.text_input[0].set_value(text)
    if rule:
        at.selectbox[0].set_value(rule)
    return press(at, "Check")


def labels(at):
    return [each.label for each in at.button]


def shown(at):
    """All formulas on view, each on a line of its own."""
    return "\n".join(each.value for each in at.latex)


def work(at) -> Derived:
    return at.session_state["progress"].derivations[KEY]


def test_reading_to_the_end_suggests_to_write_the_last_line():
    at = opened()
    assert at.segmented_control[0].value == "read" and "Now you: last line" not in labels(at)
    press(at, "All lines")
    assert work(at).done == ["read"]
    press(at, "Now you: last line")
    assert at.segmented_control[0].value == "last" and work(at).mode == "last"
    assert [line in shown(at) for line in (ENTRY.steps[-2].latex, ENTRY.steps[-1].latex)] == [True, False]


def test_the_last_line_is_written():
    at = choose(opened(), "last")
    assert re.fullmatch(r"[\w-]+", at.text_input[0].key), "it is part of a CSS selector"
    write(at, "psi_1*psi_2")
    assert "sign" in at.warning[0].value and work(at).attempts == 1 and at.text_input[0].value == "psi_1*psi_2"
    write(at, "-psi_1*")
    assert work(at).attempts == 1, "what cannot be read costs no attempt"
    assert at.info and not at.warning
    write(at, LINES[3])
    assert "no step nearer" in at.info[0].value and work(at).attempts == 2
    write(at, "-psi_2 psi_1")
    assert work(at).done == ["last"] and ENTRY.steps[-1].latex in shown(at) and not at.text_input
    assert "Right." in at.success[0].value
    assert "Now you: every line" in labels(at)


def test_every_line_is_written_with_its_rule():
    at = choose(opened(), "every")
    assert not any(step.latex in shown(at) for step in ENTRY.steps), "nothing is given away"
    write(at, LINES[0])
    assert "Now choose the rule" in at.info[0].value and work(at).attempts == 0
    write(at, LINES[0], "quotient rule")
    assert "the rule is not" in at.warning[0].value and ENTRY.steps[0].why in at.warning[0].value
    for step in ENTRY.steps[:2]:
        write(at, step.text, step.rule)
        assert step.latex in shown(at) and at.text_input[0].value == "" and at.selectbox[0].value is None
    write(at, LINES[3], ENTRY.steps[3].rule)
    assert "2 steps at once" in at.success[0].value and ENTRY.steps[3].latex in shown(at)
    write(at, LINES[4], ENTRY.steps[4].rule)
    assert work(at).done == ["every"] and work(at).lines["every"] == [LINES[0], LINES[1], LINES[3], LINES[4]]
    press(at, "Now you: on your own")
    assert at.segmented_control[0].value == "free"


def test_the_rules_to_choose_from_hold_those_of_the_derivation_and_others():
    rules = rules_to_choose(ENTRY)
    assert {step.rule for step in ENTRY.steps} < set(rules) and "chain rule" in rules
    assert len(set(rules)) == len(rules)


def test_the_way_is_free_and_lines_can_be_removed():
    at = choose(opened(), "free")
    assert "Remove my last line" not in labels(at)
    write(at, LINES[1])
    write(at, "-exp(z_1)/S*psi_2")  # a line of one's own
    assert "a step nearer" in " ".join(each.value for each in at.caption)
    write(at, "-psi_2*(exp(z_1)/S)*1")
    assert "no step nearer" in at.info[0].value
    press(at, "Remove my last line")
    assert work(at).lines["free"] == [LINES[1]] and not at.info
    write(at, LINES[4])
    assert work(at).done == ["free"] and not at.text_input and "The last line is reached" in at.success[0].value
    press(at, "Begin again")
    assert work(at).lines["free"] == [] and at.text_input and work(at).done == ["free"]


def test_a_finished_answer_in_other_letters_ends_the_free_way():
    at = choose(opened(logit_gradient_general()), "free")
    assert any("The last line has no derivative" in each.value for each in at.caption)
    write(at, "-1/psi_y*d(psi_y)/d(z_j)")
    assert not at.success and any("The last line has no derivative" in each.value for each in at.caption)
    write(at, "psi_j - δ_yj")
    assert "The last line is reached" in at.success[0].value and not at.text_input
    assert any(r"writes $\delta_{yj}$ as $\Delta_{j}$" in each.value for each in at.caption)


@pytest.mark.parametrize("text", ["psi_j - δ_yj", "psi_j - Delta_j"])
def test_of_several_lines_that_end_a_derivation_the_first_is_asked_for_and_any_will_do(text):
    at = choose(opened(logit_gradient_general()), "last")
    write(at, "-(δ_yj - psi_j)")
    assert "no step nearer to the end. The last line is shorter" in at.info[0].value
    write(at, text)
    assert "The last line is reached" in at.success[0].value and logit_gradient_general().steps[-1].latex in shown(at)


@pytest.mark.parametrize("mode", ["last", "every", "free"])
def test_a_short_name_is_explained_where_lines_are_written(mode):
    at = choose(opened(first_weights_matrix()), mode)
    assert any("`G2`" in each.value and r"\partial J" in each.value for each in at.caption)


def test_a_line_is_shown_after_three_attempts_and_then_the_mode_is_not_done():
    at = choose(opened(), "last")
    for text in ("psi_1", "psi_2", "psi_3"):
        assert "Show this line" not in labels(at)
        write(at, text)
    press(at, "Show this line")
    assert ENTRY.steps[-1].latex in shown(at) and work(at).done == [] and "do without" in at.success[0].value
    press(at, "Begin again")
    write(at, LINES[-1])
    assert work(at).done == ["last"]


@pytest.mark.parametrize("mode", ["last", "every", "free"])
def test_a_line_can_be_shown_in_every_mode(mode):
    at = choose(opened(second_biases_matrix()), mode)
    for text in ("G3", "psi", "Delta"):
        write(at, text, "cancel" if mode == "every" else None)
    press(at, "Show this line")
    assert len(at.session_state["progress"].derivations["b2-matrix-all-entries-in-one-matrix"].lines[mode]) == 1


def test_lines_that_cannot_be_typed_are_given():
    at = choose(opened(jacobian(2)), "every")
    assert jacobian(2).steps[0].latex in shown(at)
    write(at, "diag(psi) - psi psi^T", "matrix form")
    assert jacobian(2).steps[1].latex in shown(at) and "The last line is reached" in at.success[0].value


def test_a_derivation_that_cannot_be_typed_is_only_read():
    at = opened(all_layers())
    assert not at.segmented_control
    press(at, "All lines")
    assert not any("Now you" in label for label in labels(at))


def test_the_modes_fade_in_their_order():
    assert [following(mode) for mode in MODES] == ["last", "every", "free", None]


# What is stored


def stored_work():
    made = Progress()
    made.derivations[KEY] = Derived(
        ENTRY.title, "softmax", "free", {"free": LINES[:2]}, "psi_1", 2, ["every"], ["read", "last"]
    )
    return made


def test_the_work_survives_a_reload():
    made = stored_work()
    found = read_progress(made.to_json())
    assert found == made
    at = opened(stored=found)
    assert (
        at.segmented_control[0].value == "free"
        and at.text_input[0].value == "psi_1"
        and any("2 attempts" in each.value for each in at.caption)
    )
    assert sum("Right." in each.value for each in at.caption) == 2


def test_stored_lines_are_checked_again():
    made = stored_work()
    made.derivations[KEY] = replace(made.derivations[KEY], lines={"free": [LINES[0], "psi_1", LINES[4]], "every": ["1"] * 9})
    at = opened(stored=read_progress(made.to_json()))
    assert sum("Right." in each.value for each in at.caption) == 1 and at.text_input


@pytest.mark.parametrize(
    "changes",
    [{"mode": "all"}, {"lesson": "elsewhere"}, {"attempts": -1}, {"text": "x" * 301}, {"title": 3}, {"mode": []}],
)
def test_invalid_stored_work_is_ignored(changes):
    made = stored_work()
    for name, value in changes.items():
        setattr(made.derivations[KEY], name, value)
    assert not read_progress(made.to_json()).derivations


def test_parts_of_stored_work_that_are_invalid_are_left_out():
    made = stored_work()
    made.derivations[KEY] = replace(
        made.derivations[KEY], lines={"free": ["x" * 301, LINES[0], 5], "all": ["1"]}, done=["last", "all", 3], helped="every"
    )
    found = read_progress(made.to_json()).derivations[KEY]
    assert found.lines == {"free": [LINES[0]]} and found.done == ["last"] and found.helped == []


def test_the_work_on_an_entry_has_the_key_of_today():
    stored = stored_work().to_json().replace(KEY, "softmax-entry-class-1-by-logit-2-of-3")
    assert read_progress(stored).derivations == stored_work().derivations


def test_progress_of_an_older_version_has_no_derivations():
    assert read_progress('{"bugs": ["sign"]}').derivations == {}


def test_newer_work_replaces_older_and_the_hand_in_names_the_modes():
    made = Progress()
    made.add(stored_work())
    page = as_markdown(made, date(2026, 1, 2))
    assert f"- {ENTRY.title}: read, last line written" in page.split("## 2 ")[1].split("## 3 ")[0]
    assert "Derivations: 1" in page and not Progress().derivations and not stored_work().empty


def test_a_slip_of_an_own_derivation_is_explained():
    at = choose(opened(logit_gradient_general()), "free")
    write(at, "delta_yj - psi_j")
    assert "uphill" in at.warning[0].value


def test_the_reading_position_survives_a_reload():
    at = press(press(opened(), "Next line"), "Next line")
    assert at.session_state["progress"].derivations[KEY].line == 3
    later = opened(stored=read_progress(at.session_state["progress"].to_json()))
    assert any(caption.value == f"Line 3 of {len(LINES)}" for caption in later.caption)
    assert read_progress(at.session_state["progress"].to_json().replace('"line": 3', '"line": "x"')).derivations[KEY].line == 1


# What follows a derivation


LAST_LINES = [
    ("softmax", "one-entry", softmax_derivative(3, 1, 2)),
    ("softmax", "same-class-i-j", softmax_cases.same_class()),
    ("softmax", "another-class-i-j", softmax_cases.other_class()),
    ("softmax", "jacobian", jacobian(3)),
    ("backpropagation", "logits", logit_gradient_general()),
    ("backpropagation", "weights-w-2", layers.second_weights()),
    ("backpropagation", "biases-b-2", layers.second_biases()),
    ("backpropagation", "z-2-and-its-mask", layers.hidden_gradient()),
    ("backpropagation", "weights-w-1", layers.first_weights()),
    ("backpropagation", "biases-b-1", layers.first_biases()),
    ("backpropagation", "penalty", layers.penalty_gradient()),
]


@pytest.mark.parametrize("lesson, part, derivation", LAST_LINES, ids=lambda each: each if isinstance(each, str) else "")
def test_what_gives_the_last_line_away_is_hidden_while_it_is_asked_for(lesson, part, derivation):
    at = opened_page(lesson, part=part)
    for _ in range(2):
        if open_questions(at):
            commit(at)
    follows = [each.value for each in [*at.subheader, *at.markdown] if "With " in each.value and "umbers" in each.value]
    at.segmented_control[[each.label for each in at.segmented_control].index("Read or write the lines")].set_value("last")
    run(at)
    before_last = [each.latex for each in derivation.steps[:-1]]
    end = derivation.steps[-1].latex
    assert before_last[first_end(derivation) - 2] in shown(at) and end not in shown(at)
    hidden = [each for each in follows if each not in [other.value for other in [*at.subheader, *at.markdown]]]
    assert follows and hidden == follows
    at.toggle[0].set_value(True)
    run(at)
    assert set(follows) <= {each.value for each in [*at.subheader, *at.markdown]}
