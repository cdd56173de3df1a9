"""Derivations that check themselves, and the checker of a learner's answers."""

from nnlib.symbolic.answers import check_answer, read_back
from nnlib.symbolic.exercise_sets import exercises
from nnlib.symbolic.formula import FormulaError

__all__ = ["FormulaError", "check_answer", "exercises", "read_back"]
