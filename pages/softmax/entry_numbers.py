"""One entry of the softmax Jacobian as a formula with its numbers."""

import numpy as np

from pages.ui.number_latex import digits_for, equals, number_latex


def entry_with_numbers(psi: np.ndarray, i: int, j: int) -> str:
    """LaTeX of ∂ψ_i/∂z_j, first in symbols, then in numbers. psi (K,); i and j from 1."""
    mine, other = psi[i - 1], psi[j - 1]
    value = mine * ((i == j) - other)
    digits = digits_for(lambda mine, other: mine * (1 - other) if i == j else mine * other, mine, other)
    left, right = number_latex(mine, digits), number_latex(other, digits)
    if i == j:
        symbols, numbers = rf"\psi_{i} (1 - \psi_{i})", rf"{left} \cdot (1 - {right})"
    else:
        symbols, numbers = rf"-\psi_{i} \psi_{j}", rf"-{left} \cdot {right}"
    sign = equals(mine, other, digits=digits)
    last = sign if equals(value) == "=" else r"\approx"
    lines = rf"&= {symbols} \\ &{sign} {numbers} \\ &{last} {number_latex(value)}"
    return rf"\begin{{aligned}} \frac{{\partial \psi_{i}}}{{\partial z_{j}}} {lines} \end{{aligned}}"
