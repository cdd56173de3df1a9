"""Checks a line that a learner writes in a derivation: is it equal to the line before, and nearer to the end?"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nnlib.symbolic.answers.evaluation import ShapeError, UndefinedPoint, Work
from nnlib.symbolic.answers.formula import Formula, FormulaError, Name, children
from nnlib.symbolic.derivation.derivation import ONE_AT_A_TIME, Derivation
from nnlib.symbolic.derivation.form import (
    as_written,
    factors_and_terms,
    kinds_only_in,
    left_to_do,
    multiplied_out,
    way_back,
    with_children,
    with_name,
)
from nnlib.symbolic.derivation.line_hints import hint
from nnlib.symbolic.derivation.line_values import close, values_of
from nnlib.symbolic.derivation.notation import S
from nnlib.symbolic.derivation.printing import latex
from nnlib.symbolic.derivation.typed import typed
from nnlib.symbolic.symbols import symbol_latex

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
    end : what to say where the line is as simple as the last one, and so may end a derivation in one's own lines; "" if not
    """

    kind: Kind
    message: str
    latex: str = ""
    line: int = 0
    end: str = ""

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
        form = multiplied_out(_with_S(derivation, formula.root))
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
            line_before = "left side" if number == 1 and not before else "line before"
            message = hint(derivation, number, formula, mine, Work(MOST_WORK), line_before)
            return Verdict("not equal", message, formula.latex)
    return _equal(derivation, number, formula, form, before)


def _equal(derivation, number, formula, form, before):
    """The verdict on a line that is equal to the others."""
    last = len(derivation.steps)
    line = _line_with_the_form_of(derivation, number, formula, form)
    end = _end(derivation, formula, line)
    if line is None and end:
        line = last
    if line is None:
        root = derivation.reader.read(before).root if before else derivation.roots[number - 1]
        if root is not None and _measure(formula.root) >= _measure(root):
            line = number - 1
        else:
            return Verdict("right", "Right: equal, and a step nearer to the end.", formula.latex, number - 1)
    if line < number:
        before = "left side" if number == 1 and not before else "line before"
        message = f"Equal to the {before}, but no step nearer to the end. {_what_is_left(formula.root, derivation)}".strip()
        return Verdict("no nearer", message, formula.latex, line, end)
    if line == number:
        return Verdict("right", "Right.", formula.latex, line, end)
    return Verdict("several", f"Right, and {line - number + 1} steps at once.", formula.latex, line, end)


def _measure(root):
    """What is left of a line, to compare it with the line before."""
    return way_back(root), *left_to_do(root)


def _end(derivation, formula, line):
    """What to say if a line is the last one, or is as simple: it has no more to differentiate, to sum or to cancel."""
    last, root = Formula("", derivation.roots[-1]), formula.root
    if line == len(derivation.steps):
        return "This is the last line."
    mine, its = left_to_do(root), left_to_do(last.root)
    if line == 0 or any(more > less for more, less in zip(mine[:2], its)):
        return ""
    given = [number for number, forms in _forms(derivation).items() if forms[0] == as_written(_with_S(derivation, root))]
    mine = left_to_do(derivation.roots[given[-1]]) if given else mine
    if mine > its and (given or factors_and_terms(root) > factors_and_terms(last.root)):
        return ""
    own, other = sorted(formula.names - last.names), sorted(last.names - formula.names)
    if len(own) == len(other) == 1 and multiplied_out(with_name(root, own[0], other[0])) == multiplied_out(last.root):
        return f"This is the last line. The lesson writes ${symbol_latex(own[0])}$ as ${symbol_latex(other[0])}$."
    return f"This is the last line. The lesson writes it as ${latex(derivation.steps[-1].expression)}$."


@cache
def first_end(derivation: Derivation) -> int:
    """The number of the first line that may end the derivation: as simple as the last one that can be typed, or that one."""
    typed_lines = [number for number, text in enumerate(derivation.texts) if number and text]
    readable = ((number, derivation.reader.read(derivation.texts[number])) for number in typed_lines)
    return next(number for number, formula in readable if number == typed_lines[-1] or _end(derivation, formula, number))


def what_the_last_line_lacks(derivation: Derivation, number: int, before: str = "") -> str:
    """Say what is in the line before line `number`, as in check_line, and not in the last one; "" if it cannot be typed."""
    root = derivation.reader.read(before).root if before else derivation.roots[number - 1]
    return "" if root is None else _what_is_left(root, derivation)


def _what_is_left(root, derivation):
    last = derivation.roots[-1]
    if lacks := kinds_only_in(root, last):
        return f"The last line has no {' and no '.join(lacks)}."
    if left_to_do(root) > left_to_do(last):
        return "The last line is shorter."
    return f"The last line is written with {', '.join(f'`{name}`' for name in sorted(Formula('', last).names))}."


def _line_with_the_form_of(derivation, number, formula, form):
    """The number of the line that has this form, 0 for the left side, or None. `form` is multiplied out."""
    written = as_written(_with_S(derivation, formula.root))
    lines = _forms(derivation)
    exactly = [line for line, forms in lines.items() if forms[0] == written]
    if exactly:
        return exactly[-1]
    nearly = [line for line, forms in lines.items() if forms[1] == form]
    return next((line for line in nearly if line >= number), nearly[-1] if nearly else None)


@cache
def _forms(derivation: Derivation) -> dict[int, tuple]:
    """By number the forms of the lines that can be typed, 0 for the left side."""
    short = {line: _with_S(derivation, root) for line, root in enumerate(derivation.roots) if root is not None}
    return {line: (as_written(root), multiplied_out(root)) for line, root in short.items()}


def _with_S(derivation, node):
    """`node` with S for the sum that it is short for, over k or written out."""
    written = _sums_under_softmax(derivation)
    if not written:
        return node
    node = with_children(node, [_with_S(derivation, child) for child in children(node)])
    return Name("S") if as_written(node) in written else node


@cache
def _sums_under_softmax(derivation: Derivation) -> tuple:
    names, definition = derivation.reader.names, derivation.setting.definitions.get(S)
    if "S" not in names or definition is None:
        return ()
    texts = [typed(definition, {}), " + ".join(f"exp({name})" for name in names if re.fullmatch(r"z_\d", name))]
    return tuple(as_written(derivation.reader.read(text).root) for text in texts if text)


OTHER_RULES = ("chain rule", "quotient rule", "product rule", "definition", "cancel", "distribute")


def rules_to_choose(derivation: Derivation) -> list[str]:
    """The rules of a derivation, and some that are plausible."""
    return sorted({*(step.rule for step in derivation.steps), *OTHER_RULES}, key=str.lower)
