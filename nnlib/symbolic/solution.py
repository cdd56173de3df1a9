"""The solution of an exercise as it is written on paper."""

import re

from nnlib.symbolic.answers.check import read_back
from nnlib.symbolic.exercise.exercise import Exercise
from nnlib.symbolic.symbols import symbol_latex


def solution_latex(exercise: Exercise) -> str:
    """The solution as LaTeX. A name that stands for a formula, as J_plus for J(θ + h), is written as this formula."""
    formula = read_back(exercise.id, exercise.solution)
    formulas = {symbol_latex(name): text[1:-1] for name, text in exercise.names.items() if re.fullmatch(r"\$[^$]+\$", text)}
    if not formulas:
        return formula
    # All at once, the longest first, and no letter of a longer name or of a command: f is not a part of \frac.
    symbols = "|".join(map(re.escape, sorted(formulas, key=len, reverse=True)))
    return re.sub(rf"(?<![A-Za-z\\])({symbols})(?![A-Za-z])", lambda found: formulas[found[0]], formula)
