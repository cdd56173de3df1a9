"""The questions of the lessons and of Depth, read from the code: where the right answer is among the options."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from pages.forward.what_if import EXPERIMENTS
from pages.lesson.lessons import DEPTH, LESSONS

PAGES = Path(__file__).parents[3] / "pages"


def places(page):
    """The place of the right answer in each question of a page, from 0."""
    for path in sorted((PAGES / page).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            node.targets[0].id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
        }
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and getattr(call.func, "id", "") == "predict"
                and isinstance(call.args[0], ast.Constant)
            ):
                options, right = call.args[2:4]
                texts = [names[each.id] if isinstance(each, ast.Name) else each.value for each in (*options.elts, right)]
                yield texts[:-1].index(texts[-1])
    if page == "forward":
        yield from (each.choices.index(each.answer) for each in EXPERIMENTS.values())


@pytest.mark.parametrize("page", [each.key for each in LESSONS])
def test_the_place_of_the_right_answer_varies(page):
    found = list(places(page))
    assert len(found) >= 6 and max(Counter(found).values()) <= len(found) / 2


def test_no_place_has_most_of_the_right_answers():
    found = [place for page in (*LESSONS, DEPTH) for place in places(page.key)]
    assert len(found) >= 36 and max(Counter(found).values()) <= len(found) / 2
