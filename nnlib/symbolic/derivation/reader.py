"""Reads what a learner types as a line of a derivation: by the grammar of the answers, with the derivation's own names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from sympy import Expr, Indexed, Integer, KroneckerDelta, MatrixSymbol, Piecewise, Sum, Symbol
from sympy.core.function import AppliedUndef
from sympy.matrices import MatrixBase

from nnlib.symbolic.answers.formula import Derivative, Formula, FormulaError, SumOver, nodes
from nnlib.symbolic.answers.grammar import LONGEST, parse
from nnlib.symbolic.answers.latex import without_latex
from nnlib.symbolic.derivation.notation import D, H, K, N, d, h, i, j, k, n, y
from nnlib.symbolic.derivation.typed import name_of

SIZES = {n: N, d: D, h: H, k: K, i: K, j: K, y: K}  # how far an index goes if no sum of the derivation says it
ENTRY_OF_A_GRADIENT = re.compile(r"(?<!/)(?<!/ )\b(?:dz|G)_?(?:\^ ?)?[({]?\(?([23])\)?[)}]?_\{?([a-z]{2})\b\}?")
LAMBDA = re.compile(r"λ|\blam")
NO_PENALTY = "There is no penalty here: leave out the term with `λ`. The part “Penalty” adds it."
FREE = {N: n, D: d, H: h, K: k}  # letters that may always be taken for the index of a sum


class Reader:
    """The names of a derivation, and the formulas that can be typed with them.

    Parameters
    ----------
    lines : expressions
        Their symbols have names. A symbol with indices has one for all indices of the same size: where the lines have ψ_i and
        z_j, ψ_j and z_i can be typed too.
    whole : mapping
        More names, those of whole matrices, and what they stand for.

    Attributes
    ----------
    names : dict
        By name the expression that it stands for.
    sizes : dict
        By letter of an index its symbol, and how far it goes.
    summed : set
        The indices of the lines' sums, and others that are free to be taken for one.
    """

    def __init__(self, lines: Sequence[Expr], whole: Mapping[str, Expr]):
        atoms = {atom for line in (*lines, *whole.values()) for atom in _atoms(line)}
        indexed = [atom for atom in atoms if isinstance(atom, Indexed | KroneckerDelta)]
        size = _size_of_each(lines, indexed)
        self.sizes = {str(index): (index, high) for index, high in size.items()}
        used = {index for line in lines for atom in _atoms(line) for index in _indices(atom)}
        self.summed = {limit[0] for line in lines for total in line.atoms(Sum) for limit in total.limits} | size.keys() - used
        self.functions = {name_of(atom): name_of(atom.args[0]) for atom in atoms if isinstance(atom, AppliedUndef)}
        self.names: dict[str, Expr] = {name_of(atom): atom for atom in atoms - {*indexed}}
        self.names |= {name_of(atom): atom for atom in _with_other_indices(indexed, size)} | {**whole}
        self.names = dict(sorted(self.names.items(), key=lambda item: (item[0].lower(), item[0])))

    def read(self, text: str) -> Formula:
        """Read a line. Raises FormulaError, with what to type instead."""
        if isinstance(text, str) and "lam" not in self.names and LAMBDA.search(text):
            raise FormulaError(NO_PENALTY)
        formula = parse(self._without_arguments(text), self.names, calculus=True)
        for node in nodes(formula.root):
            if isinstance(node, SumOver) and node.index not in self.sizes:
                known = ", ".join(f"`{letter}`" for letter in self.sizes) or "nothing"
                raise FormulaError(f"`{node.index}` is not an index here. You can sum over {known}.")
            if isinstance(node, Derivative) and any(isinstance(each, Derivative) for each in nodes(node.of)):
                raise FormulaError("Take one derivative at a time: a derivative of a derivative is not allowed here.")
        return formula

    def _without_arguments(self, text):
        """f(x) as f, f′(x) as its derivative, E[x] as the mean; dz2_nh and G2_nh as derivatives of J."""
        if not isinstance(text, str) or len(text) > LONGEST:
            return text  # the grammar says so
        text = without_latex(text)
        for function, argument in self.functions.items():
            called = rf"\s*[(\[]\s*{argument}\s*[)\]]"
            text = re.sub(rf"\b{function}\s*['′’]{called}", f"(d({function})/d({argument}))", text)
            text = re.sub(rf"\b{function}{called}", function, text)
        if "J" in self.names:
            text = ENTRY_OF_A_GRADIENT.sub(r"(d(J)/d(z\1_\2))", text)
        return re.sub(r"\b[E𝔼]\s*(?=[\[(])", "mean", text)


def _atoms(e):
    """The symbols that are typed by a name."""
    if isinstance(e, Indexed | KroneckerDelta | Symbol | MatrixSymbol):
        yield e
        return
    if isinstance(e, AppliedUndef):
        yield e
    parts: Iterable = e.args
    if isinstance(e, Sum):
        parts = [e.function]
    elif isinstance(e, Piecewise):
        parts = [value for value, _ in e.args]
    elif isinstance(e, MatrixBase):
        parts = []
    for part in parts:
        yield from _atoms(part)


def _size_of_each(lines, indexed):
    """Index → how far it goes: those of the lines, and for each of their sizes a letter that is free to take."""
    size = {limit[0]: limit[2] for line in lines for total in line.atoms(Sum) for limit in total.limits}
    used = {index for atom in indexed for index in _indices(atom)}
    size |= {index: SIZES[index] for index in used if index in SIZES and index not in size}
    return size | {FREE[high]: high for high in size.values() if high in FREE and FREE[high] not in size}


def _with_other_indices(indexed, size):
    """All symbols that differ from these only in indices that go as far."""
    numbers = {index for atom in indexed for index in _indices(atom) if isinstance(index, Integer)}
    for atom in indexed:
        alike = [
            numbers if index in numbers else [other for other in size if size[other] == size.get(index)] or [index]
            for index in _indices(atom)
        ]
        for indices in product(*alike):
            if isinstance(atom, Indexed):
                yield atom.base[indices]
            elif indices[0] != indices[1]:
                yield KroneckerDelta(*indices)


def _indices(atom):
    return atom.indices if isinstance(atom, Indexed) else atom.args if isinstance(atom, KroneckerDelta) else ()
