"""Worksheets: the same number gives the same exercises, from every lesson, and all can be solved on paper."""

import pytest

from nnlib.practice.worksheet import MOST, worksheet
from nnlib.symbolic import exercises

LESSONS = list(dict.fromkeys(each.lesson for each in exercises()))
TITLES = {lesson: {each.title for each in exercises() if each.lesson == lesson} for lesson in LESSONS}


def test_the_same_number_gives_the_same_worksheet_and_another_gives_another():
    assert worksheet(7, 8) == worksheet(7, 8)
    assert len({worksheet(seed, 8) for seed in range(20)}) == 20


@pytest.mark.parametrize("count", [2, 5, 8, MOST])
def test_half_of_the_exercises_ask_for_numbers_and_no_exercise_comes_twice(count):
    tasks = worksheet(3, count)
    assert len(tasks) == count and sum(task.numeric for task in tasks) == count // 2
    assert len({task.title for task in tasks}) == count


def test_the_lessons_have_equal_shares_and_their_order():
    formulas = [task.title for task in worksheet(5, 10) if not task.numeric]
    assert [next(lesson for lesson in LESSONS if title in TITLES[lesson]) for title in formulas] == LESSONS


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_worksheet_of_one_lesson_has_no_other(lesson):
    for task in worksheet(1, MOST, lesson):
        assert task.numeric or task.title in TITLES[lesson]


def test_nothing_on_paper_is_typed():
    for seed in range(30):
        for task in worksheet(seed, MOST):
            assert "ype" not in task.prompt and "J_{+}" not in "".join(task.solution), task
            assert task.prompt.count("$") % 2 == 0 and task.solution and task.first_step
