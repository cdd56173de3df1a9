"""The notation lists every symbol that a learner reads, and gives each letter one meaning."""

import ast
import re
from collections import Counter
from pathlib import Path

from nnlib.practice import number_exercises, question_for
from nnlib.symbolic import exercises
from nnlib.symbolic.derivation.catalogue import all_derivations
from nnlib.symbolic.summary import summary
from pages.lesson.notation import _table

PAGES = Path(__file__).parents[3] / "pages"
GREEK = "psi Delta delta lambda sigma theta eta varepsilon nabla mathbb".split()
WORDS = re.compile(r"\\(?:text|operatorname|mathrm|textcolor|begin|end|color)(?:\{[^{}]*\})+|\\[A-Za-z]*big[lr]?")
# Letters that stand for themselves, or that the question or the sentence itself defines.
ELSEWHERE = {"e": "Euler's number"} | dict.fromkeys("ACEP", "defined in its question")


def letters(latex):
    found = re.findall(r"\\[A-Za-z]+|[A-Za-z]", WORDS.sub(" ", latex))
    return {each.strip("\\") for each in found if len(each) == 1 or each.strip("\\") in GREEK} - {"mathbb"}


def formulas_of(text):
    return re.findall(r"\$([^$]+)\$", text.replace("$$", "$")) if text.count("$") % 2 == 0 and "=>" not in text else []


def texts_of_pages():
    """Every text of the pages, with 0 for what an f-string computes."""
    for path in PAGES.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            if id(node) in parts:
                continue
            if isinstance(node, ast.JoinedStr):
                yield "".join(each.value if isinstance(each, ast.Constant) else "0" for each in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def texts():
    yield from texts_of_pages()
    for exercise in exercises():
        yield from (exercise.prompt, exercise.first_step, *exercise.names.values(), *(slip.hint for slip in exercise.slips))
    for exercise in number_exercises():
        question = question_for(exercise.id, 0)
        yield from (exercise.first_step, question.prompt, *(slip.hint for slip in question.slips))
    for derivation in all_derivations(2):
        yield from (f"${derivation.steps[0].latex}$", *(f"${step.latex}$ {step.why}" for step in derivation.steps))
    yield from (f"${formula.latex}$ {formula.about}" for formulas in summary().values() for formula in formulas)


def listed():
    """The symbols of the table, one for one: "W^{(1)}", "psi", "F_l"."""
    rows = [row.split("|")[1].strip(" ${}") for row in _table().splitlines()[2:]]
    return [symbol for row in rows for symbol in row.split(", ")]


def test_every_symbol_that_a_learner_reads_is_listed():
    known = set().union(*map(letters, listed())) | ELSEWHERE.keys()
    missing = {letter: formula for text in texts() for formula in formulas_of(text) for letter in letters(formula) - known}
    assert missing == {}


def test_every_symbol_is_listed_once():
    assert [symbol for symbol, times in Counter(listed()).items() if times > 1] == []


def test_an_index_is_the_small_letter_of_its_size_and_stands_for_nothing_else():
    rows = [row.split("|") for row in _table().splitlines()[2:]]
    for index, size in zip("ndhk", "NDHK"):
        assert size in listed()
        of_index = [row for row in rows if re.search(rf"(^|[ {{]){index}([ ,}}]|$)", row[1].strip(" $"))]
        assert len(of_index) == 1 and re.search("index|class", of_index[0][3]), of_index
