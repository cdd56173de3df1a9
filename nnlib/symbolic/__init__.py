"""Derivations that check themselves, and the checker of a learner's answers."""

from typing import TYPE_CHECKING

from nnlib.symbolic.answers.check import check_answer, read_back
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.exercise import exercises

if TYPE_CHECKING:
    from nnlib.symbolic.derivation.derivation import Derivation

__all__ = ["FormulaError", "check_answer", "derivations", "exercises", "read_back"]


def derivations(K: int = 3) -> list["Derivation"]:
    """Return every derivation of the lessons.

    Parameters
    ----------
    K : int
        How many classes the written-out derivations have, 2 to 6. The others hold for any number.

    Returns
    -------
    list of Derivation

    Raises
    ------
    ValueError
        If K is out of range.
    """
    from nnlib.symbolic.derivation.catalogue import all_derivations  # SymPy takes half a second to import

    return all_derivations(K)
