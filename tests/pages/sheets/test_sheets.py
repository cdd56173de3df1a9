"""Sheets: the summary has every lesson's formulas, and a link leads to the same worksheet."""

from nnlib.practice.worksheet import worksheet
from nnlib.symbolic.summary import summary
from pages.lesson.lessons import LESSONS
from tests.pages.opened import opened


def texts(at):
    return [each.value for each in at.markdown]


def test_the_summary_has_every_formula_and_no_bar_ends_a_cell_of_its_table():
    shown = "\n".join(text for text in texts(opened("sheets")) if "displaystyle" in text)
    formulas = [formula for lesson in LESSONS for formula in summary()[lesson.key]]
    rows = [line for line in shown.splitlines() if "displaystyle" in line]
    assert len(rows) == len(formulas)
    for row, formula in zip(rows, formulas):
        assert row.count("|") == 3 and formula.latex.replace("|", r"\vert ") in row


def test_a_link_leads_to_its_worksheet_with_or_without_solutions():
    chosen = {"part": "worksheet", "worksheet": 4711, "from_lesson": 3, "how_many": 5}
    tasks = worksheet(4711, 5, "backpropagation")
    at = opened("sheets", **chosen)
    assert [each.value for each in at.header] == ["Worksheet 4711"]
    assert all(any(task.prompt in text for text in texts(at)) for task in tasks)
    lines = [formula for task in tasks for formula in task.solution]
    assert not any(formula in text for text in texts(at) for formula in lines)
    at = opened("sheets", **chosen, solutions="true")
    shown = [
        text.removeprefix("$\\displaystyle ").removesuffix("$") for text in texts(at) if text.startswith("$\\displaystyle ")
    ]
    assert shown == lines


def test_a_new_worksheet_gets_another_number():
    at = opened("sheets", part="worksheet")
    before = at.number_input[0].value
    while at.number_input[0].value == before:  # one draw in ten thousand is the same
        next(button for button in at.button if button.label == "New worksheet").click()
        at.run()
    assert at.header[0].value == f"Worksheet {at.number_input[0].value}"
