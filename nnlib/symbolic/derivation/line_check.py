"""Checks a line that a learner writes in a derivation: is it equal to the line before, and nearer to the end?"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from nnlib.symbolic.answers.evaluation import ShapeError, UndefinedPoint, Work
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.derivation.derivation import ONE_AT_A_TIME, Derivation
from nnlib.symbolic.derivation.form import as_written, left_to_do, multiplied_out
from nnlib.symbolic.derivation.line_hints import hint
from nnlib.symbolic.derivation.line_values import close, values_of

MOST_WORK = 60_000  # operations: a quarter of a second at most; the longest line of the lessons takes half of them

Kind = Literal["right", "several", "no nearer", "not equal", "not read"]


@dataclass(frozen=True)
class Verdict:
    """What a written line is.

    kind : "right"; "several", right and several steps at once; "no nearer", equal to the line before, but no step nearer to the
        end; "not equal"; or "not read"
    message : one or two sentences of Markdown
    latex : the line as it was read; "" if it was not
    line : the number of the derivation's line that it is, or that stands before it; its last line if the end is reached
    """

    kind: Kind
    message: str
    latex: str = ""
    line: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the line may stand."""
        return self.kind in ("right", "several")


def check_line(derivation: Derivation, number: int, text: str, before: str = "") -> Verdict:
    """Check a line that is written as line `number` of a derivation. This takes less than a second.

    Parameters
    ----------
    derivation : Derivation
    number : int
        From 1. The lines of the derivation before this one are known to the learner.
    text : str
        What was typed. Any text is allowed.
    before : str
        The line that the learner wrote before it, if it is not one of the derivation's.

    Returns
    -------
    Verdict
    """
    try:
        formula = derivation.reader.read(text)
        form = multiplied_out(formula.root)
    except FormulaError as error:
        return Verdict("not read", str(error))
    with ONE_AT_A_TIME:
        try:
            mine = values_of(formula, derivation.reader, derivation.points, Work(MOST_WORK))
        except (ShapeError, UndefinedPoint) as error:
            return Verdict("not equal", str(error), formula.latex)
        except FormulaError as error:
            return Verdict("not read", str(error))
        if not all(map(close, mine, derivation.values)):
            return Verdict("not equal", hint(derivation, number, formula, mine, Work(MOST_WORK)), formula.latex)
    return _equal(derivation, number, formula, form, before)


def _equal(derivation, number, formula, form, before):
    """The verdict on a line that is equal to the others."""
    last = len(derivation.steps)
    line = _line_with_the_form_of(derivation, number, formula, form)
    if line is None:
        todo = left_to_do(formula.root)
        root = derivation.reader.read(before).root if before else derivation.roots[number - 1]
        if root is not None and todo >= left_to_do(root):
            line = number - 1
        elif todo <= left_to_do(derivation.roots[last]):
            line = last
        else:
            return Verdict("right", "Right: equal, and a step nearer to the end.", formula.latex, number - 1)
    if line < number:
        return Verdict("no nearer", "Equal to the line before, but no step nearer to the end.", formula.latex, line)
    if line == number:
        return Verdict("right", "Right.", formula.latex, line)
    return Verdict("several", f"Right, and {line - number + 1} steps at once.", formula.latex, line)


def _line_with_the_form_of(derivation, number, formula, form):
    """The number of the line that has this form, 0 for the left side, or None. `form` is multiplied out."""
    written = as_written(formula.root)
    lines = _forms(derivation)
    exactly = [line for line, forms in lines.items() if forms[0] == written]
    if exactly:
        return exactly[-1]
    nearly = [line for line, forms in lines.items() if forms[1] == form]
    return next((line for line in nearly if line >= number), nearly[-1] if nearly else None)


@cache
def _forms(derivation: Derivation) -> dict[int, tuple]:
    """By number the forms of the lines that can be typed, 0 for the left side."""
    return {line: (as_written(root), multiplied_out(root)) for line, root in enumerate(derivation.roots) if root is not None}


OTHER_RULES = ("chain rule", "quotient rule", "product rule", "definition", "cancel", "distribute")


def rules_to_choose(derivation: Derivation) -> list[str]:
    """The rules of a derivation, and some that are plausible."""
    return sorted({*(step.rule for step in derivation.steps), *OTHER_RULES}, key=str.lower)
