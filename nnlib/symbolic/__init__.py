"""Derivations that check themselves, and the checker of a learner's answers."""

from nnlib.symbolic.answers.check import check_answer, read_back
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.exercise import exercises

__all__ = ["FormulaError", "check_answer", "derivations", "exercises", "read_back"]


def derivations(K=3):
    """Every derivation of the lessons: for any number of classes, and written out for K of them.

    Each has a name, a title and steps; each step its latex, rule and why, and verify(), which compares it with the step
    before. Raises ValueError unless K is 2 to 6.
    """
    from nnlib.symbolic.derivation.catalogue import (
        all_derivations,  # SymPy takes half a second to import: the checker does without
    )

    return all_derivations(K)
