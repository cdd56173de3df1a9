"""Every part of every lesson says what it asks for, and is done when that is done and not before."""

import pytest

from nnlib.practice import number_exercises, question_for
from nnlib.symbolic import exercises
from nnlib.teaching.bugs import BUGS
from nnlib.teaching.listing import LISTING
from pages.forward.what_if import EXPERIMENTS
from pages.lesson.essentials import ENOUGH_BUGS, ESSENTIALS, missing
from pages.lesson.lessons import LESSONS
from pages.lesson.progress import NumberWork, Work
from pages.softmax.link import IDEAS, VIEWS
from tests.pages.opened import opened
from tests.pages.questions import commit, open_questions

PARTS = [(lesson.key, part) for lesson in LESSONS for part in lesson.names]


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception


def answer_and_read(at):
    """Answer the questions on view, and read the derivations that they open."""
    while any(question.key.startswith("predict_") for question in open_questions(at)):
        commit(at)
    for key in [button.key for button in at.button if button.label == "All lines" and not button.disabled]:
        at.get_by_key(key).click().run()


def in_every_choice(label, values):
    """Answer and read in each of the choices of a group of buttons."""

    def work(at):
        for value in values:
            next(each for each in at.segmented_control if each.label == label).set_value(value).run()
            answer_and_read(at)

    return work


def walk_back(at):
    while not at.get_by_key("walk_back").disabled:
        at.get_by_key("walk_back").click().run()


def put_in_order(at):
    for line in LISTING:
        press(at, f"`{line}`")
    press(at, "Check the order")


def find_bugs(at):
    for number, bug in enumerate(BUGS[:ENOUGH_BUGS], 1):
        at.get_by_key("bug").set_value(number).run()
        commit(at, bug.faulty_lines[0])


def write_listing(at):
    press(at, "Fill in the right lines")
    assert at.success and done_line(at) is None, "these are not the learner's own"
    at.text_area[0].set_value("\n".join([*LISTING, "# mine"])).run()
    press(at, "Run the check")


def solve(at):
    """All but one exercise as if solved before, and then the last one."""
    made = at.session_state["progress"]
    lesson = at.session_state["lesson"]
    first, *others = [each for each in exercises() if each.lesson == lesson]
    made.exercises.update({each.id: Work(each.solution, 1, each.solution) for each in others})
    for each in number_exercises():
        if each.lesson == lesson:
            solution = f"{question_for(each.id, 0).solution:.4f}"
            made.numbers[each.id] = NumberWork(solution, 1, solution)
    at.run()
    assert "solve 1 more exercise." in missing_line(at)
    at.text_input[0].set_value(first.solution)
    press(at, "Check")


# What a part asks for beside questions and derivations that are on view.
MORE = {
    ("forward", "what-if"): in_every_choice("Experiment", EXPERIMENTS),
    ("softmax", "jacobian"): in_every_choice("View", VIEWS),
    ("softmax", "shift-overflow-temperature"): in_every_choice("Experiment", IDEAS),
    ("backpropagation", "the-graph"): walk_back,
    ("backpropagation", "one-step"): lambda at: press(at, "It rises"),
    ("backpropagation", "in-code"): put_in_order,
    ("gradient_check", "bug-lab"): find_bugs,
    ("gradient_check", "write-your-own"): write_listing,
    **{(lesson.key, "exercises"): solve for lesson in LESSONS},
}


def missing_line(at):
    return next((each.value for each in at.markdown if "To finish this part:" in each.value), None)


def done_line(at):
    return next((each.value for each in at.caption if "This part is done" in each.value), None)


@pytest.mark.parametrize("lesson, part", PARTS)
def test_a_part_is_done_when_its_essentials_are_and_says_what_is_missing(lesson, part):
    at = opened(lesson, part=part)
    learner = at.session_state["progress"]
    assert learner.done == {} and done_line(at) is None and missing_line(at), "opening a part is not enough"
    answer_and_read(at)
    if (lesson, part) in MORE:
        assert learner.done == {} and missing_line(at)
        MORE[lesson, part](at)
    assert learner.done == {lesson: [part]} and done_line(at) and missing_line(at) is None
    assert [each.content for each in at.pills[0].proto.options if "✓" in each.content] == [
        f"{next(each for each in LESSONS if each.key == lesson).names[part]} ✓"
    ]


def test_every_part_has_essentials():
    assert {(lesson, part) for lesson, parts in ESSENTIALS.items() for part in parts if parts[part]} == {
        (lesson, part) for lesson, part in PARTS if part != "exercises"
    }


def test_an_open_question_says_what_it_hides_and_next_goes_on():
    at = opened("backpropagation", part="weights-w-1")
    assert any("The rest of this part opens when you have answered" in each.value for each in at.caption)
    for words in ("answer the prediction", "“One entry, in symbols”", "“All entries at once”", "“Next” leaves it for later"):
        assert words in missing_line(at)
    press(at, "Next: Biases b⁽¹⁾")
    assert at.pills[0].value == "biases-b-1"


def test_a_part_that_was_done_stays_done():
    at = opened("forward", part="relu")
    at.session_state["progress"].record_done("forward", "relu")
    at.run()
    assert missing("forward", "relu") and done_line(at)
