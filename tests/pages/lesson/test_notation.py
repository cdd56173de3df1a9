"""The notation lists every symbol of the derivations."""

import re

from sympy import Indexed, Symbol
from sympy.core.function import AppliedUndef

from nnlib.symbolic.derivation.catalogue import all_derivations
from pages.lesson.notation import _table


def test_every_symbol_of_a_derivation_is_listed():
    used = set()
    for derivation in all_derivations(2):
        for expression in (derivation.left, *(step.expression for step in derivation.steps)):
            used |= {str(each) for each in expression.atoms(Symbol)} | {str(each.base) for each in expression.atoms(Indexed)}
            used |= {each.func.__name__ for each in expression.atoms(AppliedUndef)}
    listed = set(re.findall("[A-Za-z]+", " ".join(row.split("|")[1] for row in _table().splitlines()[2:])))
    assert {name for name in used if not set(re.findall("[A-Za-z]+", name)) <= listed} == set()
