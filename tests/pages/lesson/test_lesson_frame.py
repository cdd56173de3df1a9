"""The frame of a lesson: parts and their address, predictions, exercises, derivations, code, the notation."""

import ast
import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from nnlib.losses import softmax
from nnlib.practice import number_exercises, question_for
from nnlib.symbolic import check_answer, exercises
from nnlib.symbolic.derivation.softmax import softmax_derivative
from pages.convolution.small_image import PARAMETER as IMAGE
from pages.lesson import progress_tools
from pages.lesson.answer_keys import as_printed, signs_for
from pages.lesson.essentials import ESSENTIALS, Essential
from pages.lesson.lessons import LESSONS
from pages.softmax.link import CHOICES
from pages.worked_example.worked_network import PARAMETER
from tests.pages.as_shown import as_shown
from tests.pages.meanwhile import ask_meanwhile
from tests.pages.opened import opened
from tests.pages.questions import COMMIT, commit, open_questions
from tests.patience import PATIENCE

PAGES = Path(__file__).parents[3] / "pages"
STYLE = PAGES / "ui" / "style.css"

# A lesson with three parts of different kinds, and another page.
LESSON = """
import streamlit as st
from pages.lesson.lesson import lesson
from pages.lesson.prediction import predict

def drawn(name):
    st.session_state.setdefault("drawn", []).append(name)
    st.markdown(f"This is {name}.")

def first():
    if predict("sum", "What do the rows sum to?", ["0", "1"], "0", "The probabilities always sum to 1."):
        drawn("first")

@st.fragment
def second():
    if predict("sign", "Which sign?", ["Plus", "Minus"], "Minus", "Others must shrink."):
        drawn("second")

lesson(
    "softmax",
    ["Do this.", "Do that."],
    {"What it is": first, "Why $i = j$?": second, "Last": lambda: drawn("last")},
    ["One.", "Two.", "Three."],
    ("next.py", "On to the next"),
)
"""
NAVIGATION = """
import streamlit as st
from pages.ui.address import record_page
page = st.navigation([st.Page("lesson.py"), st.Page("next.py")])
record_page(page.url_path)
page.run()
"""
NUMBERS_OF_SOFTMAX = [each for each in number_exercises() if each.lesson == "softmax"]
OF_SOFTMAX = [each for each in exercises() if each.lesson == "softmax"]


def predicted(key):
    return Essential("answer", lambda learner: key in learner.predictions)


@pytest.fixture
def essentials(monkeypatch):
    monkeypatch.setitem(ESSENTIALS, "softmax", {"what-it-is": (predicted("sum"),), "why-i-j": (predicted("sign"),), "last": ()})


@pytest.fixture
def open_lesson(tmp_path, essentials, monkeypatch):
    monkeypatch.setattr(progress_tools, "member", lambda: None)  # the pages of classes are not in this navigation
    for name, script in {"main": NAVIGATION, "lesson": LESSON, "next": "import streamlit as st; st.title('Next')"}.items():
        (tmp_path / f"{name}.py").write_text(script)

    def opened(unfold=True, **parameters):
        """unfold: whether all exercises are open."""
        at = AppTest.from_file(str(tmp_path / "main.py"), default_timeout=PATIENCE)
        for each in [*OF_SOFTMAX, *NUMBERS_OF_SOFTMAX] if unfold else []:
            at.session_state[f"fold_{each.id}_0"] = True
        for name, value in parameters.items():
            at.query_params[name] = value
        return run(at)

    return opened


def run(at):
    at.run()
    assert not at.exception
    return at


def part(at):
    return at.pills[0].value


def address(at):
    """The part in the address, which AppTest stores as a text or as a list."""
    value = at.query_params["part"]
    return value if isinstance(value, str) else value[-1]


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return run(at)


def texts(at, kind):
    return [each.value for each in at.get(kind)]


def drawn(at):
    return at.session_state["drawn"] if "drawn" in at.session_state else []


# Parts


def test_a_lesson_opens_with_its_aims_and_its_first_part(open_lesson):
    at = open_lesson()
    assert at.title[0].value == "2 Softmax"
    assert any("Do this." in text and "Do that." in text for text in texts(at, "markdown"))
    assert part(at) == "what-it-is"
    assert [header.value for header in at.header] == ["What it is"]
    assert dict(at.query_params) == {}


def test_the_address_names_the_part(open_lesson):
    at = open_lesson(part="last")
    assert [header.value for header in at.header] == ["Last"]
    assert drawn(at) == ["last"]
    assert address(at) == "last"


@pytest.mark.parametrize("nonsense", ["", "no-such-part", "../last", "x" * 5000, "Last"])
def test_an_address_that_names_no_part_opens_the_first(open_lesson, nonsense):
    at = open_lesson(part=nonsense)
    assert part(at) == "what-it-is"
    assert dict(at.query_params) == {}


def test_next_and_back_move_through_the_parts_one_at_a_time(open_lesson):
    at = press(open_lesson(), "Next: Why $i = j$?")
    assert address(at) == "why-i-j"
    press(at, "Next: Last")
    assert drawn(at) == ["last"]
    press(at, "Next: Exercises")
    assert part(at) == "exercises"
    press(at, "Back")
    assert part(at) == "last"
    at.pills[0].set_value("what-it-is")
    run(at)
    assert [header.value for header in at.header] == ["What it is"]


def test_the_part_is_restored_after_another_page(open_lesson):
    at = open_lesson(part="last")
    at.switch_page("next.py")
    run(at)
    at.query_params.clear()
    at.switch_page("lesson.py")
    run(at)
    assert part(at) == "last"
    assert address(at) == "last"


def test_the_last_part_has_every_exercise_the_summary_and_the_link_onward(open_lesson):
    at = open_lesson(part="exercises")
    assert [each.label for each in at.text_input] == ["Your answer"] * (len(OF_SOFTMAX) + len(NUMBERS_OF_SOFTMAX))
    assert "To remember" in [header.value for header in at.header]
    assert any("1. One." in text and "3. Three." in text for text in texts(at, "markdown"))
    assert [link.label for link in at.page_link] == ["On to the next"]


def done(at):
    return at.session_state["progress"].done.get("softmax", [])


def test_a_part_is_done_when_its_essentials_were_seen_and_not_when_it_was_opened(open_lesson):
    at = open_lesson()
    assert done(at) == [] and "0 of 4 parts done" in title_line(at)
    press(at, "Next: Why $i = j$?")
    press(at, "Back")
    assert done(at) == []
    commit(at, "0")
    assert done(at) == ["what-it-is"] and "1 of 4 parts done" in title_line(at)
    press(at, "Next: Why $i = j$?")
    assert [each.content for each in at.pills[0].proto.options][0] == "What it is ✓"


def test_a_lesson_opens_where_it_was_left(open_lesson):
    at = open_lesson()
    at.session_state["progress"].record_place("softmax", "last")  # as the browser's storage does after the first run
    run(at)
    assert part(at) == "last" and address(at) == "last"


# Predictions


def radio(at):
    return at.radio[0]


def test_the_predicted_content_is_drawn_after_the_answer(open_lesson):
    at = open_lesson()
    assert radio(at).value is None and drawn(at) == [] and not at.success
    commit(at, "0")
    assert drawn(at) == ["first"] and not open_questions(at)
    assert "always sum to 1" in at.success[0].value


def test_a_wrong_prediction_gets_the_answer_and_the_reason(open_lesson):
    at = open_lesson()
    commit(at, "1")
    assert "The answer:** 0." in at.warning[0].value and "always sum to 1" in at.warning[0].value


def test_the_answer_is_shown_to_those_who_do_not_know_it(open_lesson):
    at = open_lesson()
    commit(at, radio(at).options[-1])
    assert drawn(at) == ["first"] and not at.warning and "**0.**" in at.info[0].value
    assert at.session_state["progress"].predictions["sum"].right is None


def test_the_first_answer_counts_when_another_is_tried(open_lesson):
    at = open_lesson()
    commit(at, "1")
    radio(at).set_value("0")
    run(at)
    assert at.success and any(text.endswith("stored: 1") for text in texts(at, "caption"))
    prediction = at.session_state["progress"].predictions["sum"]
    assert (prediction.choice, prediction.right, prediction.lesson) == ("1", False, "softmax")


@pytest.mark.parametrize("second", [None, "1"], ids=["by-something-else", "by-another-answer"])
def test_an_answer_is_stored_once_although_another_request_ends_the_page_before_it_is_drawn(open_lesson, monkeypatch, second):
    at = open_lesson()
    press = next(each for each in at.button if each.label == COMMIT).click()
    requests = ask_meanwhile(monkeypatch, *([open_questions(at)[0].set_value(second), press] if second else []))
    commit(at, "0")
    assert not requests
    assert at.session_state["progress"].predictions["sum"].choice == "0"
    assert drawn(at) == ["first"]


def test_without_a_choice_there_is_no_answer(open_lesson):
    at = commit(open_lesson(), None)
    assert drawn(at) == [] and "Choose one of the answers first." in texts(at, "caption")
    assert not at.session_state["progress"].predictions


def test_a_prediction_has_folded_away_after_another_page(open_lesson):
    at = commit(open_lesson(), "1")
    assert at.expander[0].label == "**1** · What do the rows sum to?" and at.warning
    at.switch_page("next.py")
    run(at)
    at.switch_page("lesson.py")
    run(at)
    assert drawn(at)[-1] == "first" and at.expander[0].label.startswith("**1**")
    assert not at.radio and not at.warning, "it is folded"


def test_a_prediction_in_a_fragment_is_also_stored(open_lesson):
    at = open_lesson(part="why-i-j")
    commit(at, "Minus")
    assert drawn(at)[-1] == "second" and at.session_state["progress"].predictions["sign"].right


def test_an_expected_answer_outside_the_choices_is_an_error_of_the_page():
    at = AppTest.from_string(
        "from pages.lesson.prediction import predict\npredict('key', 'Question?', ['a', 'b'], 'c', 'Because.')",
        default_timeout=PATIENCE,
    ).run()
    assert "not one of the choices" in at.exception[0].message


# Exercises


def answer(at, text, number=0):
    at.text_input[number].set_value(text)
    [button for button in at.button if button.label == "Check"][number].click()
    return run(at)


def titles(at):
    """The titles of the exercises."""
    return [each.label for each in at.expander if each.label.startswith("**")]


def test_the_first_exercise_that_is_not_solved_is_open_and_the_others_are_folded(open_lesson):
    at = open_lesson(unfold=False, part="exercises")
    assert len(titles(at)) == len(OF_SOFTMAX) + len(NUMBERS_OF_SOFTMAX) and len(at.text_input) == 1
    answer(at, OF_SOFTMAX[0].solution)
    assert at.success and "Solved" in titles(at)[0], "it stays open, so that the verdict can be read"
    press(at, "Back")
    press(at, "Next: Exercises")
    (field,) = at.text_input
    assert OF_SOFTMAX[1].id in field.key
    assert {each.prompt for each in OF_SOFTMAX} <= set(texts(at, "markdown")), "questions are there before they are unfolded"


def title_line(at):
    """The line next to the title."""
    return next(text for text in texts(at, "caption") if "exercises solved" in text)


def test_a_correct_answer_in_any_form_is_marked_and_counted(open_lesson):
    at = answer(open_lesson(part="exercises"), "-psi_2*psi_1")
    assert at.success and "Solved" in titles(at)[0]
    assert f"1 of {len(OF_SOFTMAX) + len(NUMBERS_OF_SOFTMAX)} exercises solved" in title_line(at)
    answer(at, "psi_1")
    assert "Solved" in titles(at)[0], "what was solved stays solved"


def test_the_badge_comes_after_the_verdict(open_lesson, monkeypatch):
    at = open_lesson(part="exercises")
    with monkeypatch.context() as patch:
        patch.setattr(st, "rerun", lambda: None)
        answer(at, "-psi_2*psi_1")
    assert at.success and "Solved" not in titles(at)[0]
    assert "Solved" in titles(run(at))[0]


def test_a_symbol_that_is_not_among_the_names_is_named(open_lesson):
    at = answer(open_lesson(part="exercises"), "Delta*psi_1")
    assert r"$\Delta$ is not among the names here" in at.info[0].value and not at.warning
    assert not any("Not read yet" in each for each in texts(at, "caption")), "the verdict says it"


def test_a_wrong_answer_is_read_back_with_a_reason(open_lesson):
    at = answer(open_lesson(part="exercises"), "psi_1*psi_2")
    assert "sign" in at.warning[0].value
    assert any("psi" in text for text in texts(at, "latex")) and "1 attempt" in texts(at, "caption")
    assert "Solved" not in titles(at)[0]


def test_the_solution_is_available_after_three_valid_attempts(open_lesson):
    at = open_lesson(part="exercises")
    for text in ("psi_1 +", "psi_1 + 2", "psi_1 + 3"):
        assert OF_SOFTMAX[0].solution not in texts(answer(at, text), "code")
    assert OF_SOFTMAX[0].solution in texts(answer(at, "psi_1 + 4"), "code")


@pytest.mark.parametrize(
    "text", ["__import__('os')", "9**9**9**9", "(" * 290, "\N{CYRILLIC SMALL LETTER ER}si_1", "<b>psi_1</b>"]
)
def test_invalid_formulas_get_an_error_and_do_not_count_as_attempts(open_lesson, text):
    at = answer(open_lesson(part="exercises"), text)
    assert at.info and not at.warning and not at.success and not any("attempt" in each for each in texts(at, "caption"))


def test_an_empty_answer_is_not_checked(open_lesson):
    at = answer(open_lesson(part="exercises"), "   ")
    assert at.info[0].value == "Type an answer first." and not at.warning


def test_an_empty_answer_hides_the_previous_verdict(open_lesson):
    at = answer(answer(open_lesson(part="exercises"), "psi_1*psi_2"), "")
    assert at.info[0].value == "Type an answer first." and not at.warning and not at.success
    assert answer(at, "psi_1").warning


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.id)
def test_every_solution_can_be_typed_with_the_keys_and_figures(exercise):
    text = exercise.solution.replace(" ", "").replace(".T", "ᵀ").replace("**", "^")
    for name in sorted(exercise.names, key=len, reverse=True):
        text = re.sub(rf"(?<![a-z_]){name}(?!\w)", as_printed(name), text)
    keys = [*map(as_printed, exercise.names), *(sign.replace(" ", "") for sign in signs_for(exercise.names))]
    assert re.fullmatch("(" + "|".join(map(re.escape, sorted(keys, key=len, reverse=True))) + r"|\d)+", text), text
    assert check_answer(exercise.id, text).message == "Right, and in the usual form."


def test_the_allowed_input_depends_on_whether_there_are_arrays(open_lesson):
    assert "@" in signs_for(["W2", "lam"]) and "@" not in signs_for(["psi_1", "z_1", "lam"])
    (notation,) = {
        text for text in texts(open_lesson(part="exercises"), "caption") if "`delta_ij`" in text and "1 where" in text
    }
    assert " · functions `exp` `log`" in notation and "`sum`" not in notation


def numeric(at):
    """The first numeric exercise: its place on the page, and the question with the numbers on view."""
    exercise = NUMBERS_OF_SOFTMAX[0]
    return len(OF_SOFTMAX), question_for(exercise.id, at.session_state["progress"].numbers[exercise.id].seed)


def test_a_numeric_exercise_recognises_a_slip_and_shows_the_worked_solution_after_the_right_answer(open_lesson):
    at = open_lesson(part="exercises")
    number, question = numeric(at)
    assert question.prompt in texts(at, "markdown") and question.worked[0] not in "".join(texts(at, "markdown"))
    answer(at, str(question.slips[0].value), number)
    assert at.warning[0].value == question.slips[0].hint
    answer(at, f"{question.solution:.3f}", number)
    assert at.success[0].value == "Right." and all(line in "".join(texts(at, "markdown")) for line in question.worked)
    assert "Solved" in titles(at)[number] and "2 attempts" in texts(at, "caption")


def test_a_right_answer_that_was_a_guess_comes_back_for_review(open_lesson):
    at = open_lesson(part="exercises")
    number, question = numeric(at)
    reviews = at.session_state["progress"].reviews
    for right, place in (("-psi_1*psi_2", 0), (f"{question.solution:.3f}", number)):
        answer(at, right, place)
        press(at, "I guessed")
    assert set(reviews) == {OF_SOFTMAX[0].id, NUMBERS_OF_SOFTMAX[0].id} and len(at.success) == 2
    answer(at, "psi_1 + 2", 1)
    assert "I guessed" not in [button.label for button in at.button], "a wrong answer comes back anyway"


def test_new_numbers_ask_anew_and_keep_the_exercise_solved(open_lesson):
    at = open_lesson(part="exercises")
    number, before = numeric(at)
    answer(at, f"{before.solution:.3f}", number)
    press(at, "New numbers")
    _, after = numeric(at)
    assert after.prompt != before.prompt and after.prompt in texts(at, "markdown")
    assert at.text_input[number].value == "" and not at.success and "Solved" in titles(at)[number]


def test_what_is_not_a_number_does_not_count_as_an_attempt(open_lesson):
    at = open_lesson(part="exercises")
    answer(at, "one half", numeric(at)[0])
    assert at.info and not at.warning and not any("attempt" in each for each in texts(at, "caption"))


def test_answers_are_restored_after_another_part_and_another_page(open_lesson):
    at = answer(open_lesson(part="exercises"), "psi_1*psi_2")
    press(at, "Back")
    press(at, "Next: Exercises")
    at.switch_page("next.py")
    run(at)
    at.switch_page("lesson.py")
    run(at)
    assert at.text_input[0].value == "psi_1*psi_2" and at.warning


def test_a_reset_asks_first_and_then_deletes_all_progress(open_lesson):
    at = answer(open_lesson(part="exercises"), "-psi_1*psi_2")
    press(at, "Delete my progress")
    press(at, "Keep them")
    assert at.session_state["progress"].exercises
    press(press(at, "Delete my progress"), "Delete them")
    assert not at.session_state["progress"].exercises and at.text_input[0].value == ""


# Derivations and code


def derivation_page(derivation):
    """A page that shows a derivation; the object is passed through a module that the page imports."""
    import nnlib.symbolic.derivation.derivation as here

    here.shown_in_a_test = derivation
    script = """
        from nnlib.symbolic.derivation.derivation import shown_in_a_test
        from pages.lesson.derivation_view import derivation_view
        derivation_view(shown_in_a_test, "test")
    """
    return run(AppTest.from_string(dedent(script), default_timeout=PATIENCE))


def checks(at):
    return [text for text in texts(at, "caption") if "equal to" in text]


def test_a_derivation_shows_one_line_at_a_time_or_all():
    derivation = softmax_derivative(3, 1, 2)
    count = len(derivation.steps)
    at = derivation_page(derivation)
    assert [derivation.steps[0].latex in text for text in texts(at, "latex")] == [True]
    assert f"Line 1 of {count}" in texts(at, "caption")
    press(at, "Next line")
    press(at, "Next line")
    assert len(checks(at)) == 3 and f"Line 3 of {count}" in texts(at, "caption")
    press(at, "Previous line")
    assert len(checks(at)) == 2
    press(at, "All lines")
    assert len(checks(at)) == count and not at.error
    assert all(step.rule in "".join(texts(at, "markdown")) for step in derivation.steps)


def test_a_line_that_does_not_follow_is_marked_as_wrong():
    derivation = softmax_derivative(3, 1, 2)
    last = derivation.steps[-1]
    wrong = replace(derivation, steps=(*derivation.steps[:-1], replace(last, expression=-last.expression)))
    at = press(derivation_page(wrong), "All lines")
    assert len(at.error) == 1 and "not equal" in at.error[0].value
    assert len(checks(at)) == len(wrong.steps) - 1


def test_the_code_is_shown_with_its_file_and_its_line():
    script = """
        from nnlib.losses import softmax
        from pages.ui.source_view import source_view
        source_view(softmax, r"e^z", containing="np.exp")
    """
    at = run(AppTest.from_string(dedent(script), default_timeout=PATIENCE))
    line, whole = texts(at, "code")
    first = softmax.__code__.co_firstlineno
    assert "np.exp" in line and line in whole and whole.startswith("def softmax")
    assert whole.splitlines()[-1].startswith("    return")
    assert f"`nnlib/losses.py`, from line {first}" in texts(at, "markdown")


def test_a_missing_line_of_code_is_an_error_of_the_page():
    script = """
        from nnlib.losses import softmax
        from pages.ui.source_view import source_view
        source_view(softmax, containing="nowhere")
    """
    at = AppTest.from_string(dedent(script), default_timeout=PATIENCE).run()
    assert "no line with 'nowhere'" in at.exception[0].message


# The notation


@pytest.mark.parametrize(
    "page",
    [
        "home",
        "forward",
        "softmax",
        "backpropagation",
        "gradient_check",
        "train",
    ],
)
def test_the_notation_is_on_every_page(page):
    at = opened(page)
    table = next(text for text in texts(at, "markdown") if text.startswith("| symbol"))
    for symbol in (
        "N",
        "D",
        "H",
        "K",
        r"\lambda",
        "z^{(2)}",
        "a^{(2)}",
        "z^{(3)}",
        r"\psi",
        r"\Delta",
        r"\tilde J",
        "G^{(l)}",
        r"\eta",
        r"\theta",
    ):
        assert f"${{{symbol}}}$" in table


def test_the_style_passes_the_streamlit_sanitiser():
    """The sanitiser silently drops a whole style that contains something like a tag."""
    assert "<" not in STYLE.read_text(encoding="utf-8")


def warnings(at):
    return [as_shown(each.value) for each in at.warning]


def test_an_unknown_part_is_named_until_the_learner_goes_on(open_lesson):
    at = open_lesson(part="no-such-part")
    assert warnings(at) == ["This page has no part “no-such-part”: here is the first."]
    press(at, "Next: Why $i = j$?")
    assert warnings(at) == []


def test_unknown_parameters_are_named(open_lesson):
    assert warnings(open_lesson(exercise="softmax-compact", K="4", embed="true")) == [
        "“exercise” in the link is not known here and was left out."
    ]
    assert warnings(open_lesson(part="last", embed="true", embed_options="light_theme")) == []


def bound_names(lesson):
    """The names in the address of all widgets of a lesson that Streamlit binds to it, and of choose() and count()."""
    for path in {*(PAGES / lesson.key).glob("*.py")} - {PAGES / lesson.key / "choices.py"}:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            options = {each.arg: each.value for each in call.keywords}
            if "bind" in options and isinstance(options["key"], ast.Constant):
                yield options["key"].value
            elif getattr(call.func, "id", "") in ("choose", "count"):
                name, ending = call.args[2], "_3" if call.func.id == "count" else ""
                parts = name.values if isinstance(name, ast.JoinedStr) else [name]
                yield "".join(getattr(each, "value", "") if isinstance(each, ast.Constant) else "W2" for each in parts) + ending


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_a_lesson_knows_the_parameters_of_its_widgets(lesson):
    names = [*bound_names(lesson), *{"softmax": CHOICES, "convolution": [IMAGE]}.get(lesson.key, [PARAMETER])]
    assert [name for name in names if not re.fullmatch(lesson.parameters, name)] == []
