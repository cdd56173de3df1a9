"""The solution of an exercise as it is written on paper."""

from nnlib.symbolic.answers.check import read_back
from nnlib.symbolic.exercise.exercise import Exercise
from nnlib.symbolic.symbols import symbol_latex


def solution_latex(exercise: Exercise) -> str:
    """The solution as LaTeX. A name that stands for a formula, as J_plus for J(θ + h), is written as this formula."""
    formula = read_back(exercise.id, exercise.solution)
    for name, meaning in exercise.names.items():
        if meaning.count("$") == 2 and meaning.startswith("$") and meaning.endswith("$"):
            formula = formula.replace(symbol_latex(name), meaning.strip("$"))
    return formula
