"""What a learner may type, and how it is read: as on paper, in one line.

    psi_i*(1 - psi_j), psi_i(1 - psi_j), 2λW2      products with a sign, or side by side
    a2.T @ (psi - Delta)/N, X W1 + b1              @ multiplies matrices, and so do · and nothing between them, as on the page
    dz3 ∘ 1{z2 > 0}, dz3*(z2 > 0)                  ∘ and * multiply entry by entry; a comparison is 1 where it holds, else 0;
                                                   (i == j) is delta_ij
    sum(dz3, axis=0), dz3.sum(0)                   adds the rows (over the batch); axis=1 adds along each row and keeps a
                                                   column; sum(x) adds every entry. mean divides such a sum by its terms
    e^x, exp(z_1)/(exp(z_1) + exp(z_2)), log psi_y also ln, sqrt, abs, max(0, x), relu(x), softmax(x), where(z2 > 0, x, 0)
    |x|, ‖W‖², sum(W^2), √x, ½                     also norm(W)^2; the exponent of a power is a whole number or a half
    X.T, a2ᵀ, W^(1), psi1, W₂                      all common forms of sub- and superscripts
    np.exp(x), torch.relu(x), X.dot(W1)            NumPy's and PyTorch's names for these
    1ᵀ dz2, ones.T @ dz2                           𝟏 is a column of ones, where the exercise has one
    \\psi_i, \\frac{1}{N} X^\\top                       simple LaTeX; see latex.py
    50%                                            as the whole answer: 50/100

In derivations also, where the caller allows it:

    Σ_k ψ_k z_k, sum_k(psi_k*z_k), sum(psi_k, k)   a sum over an index
    ∂ψ_i/∂z_j, d(psi_i)/d(z_j), ∂/∂z_j (x)         a partial derivative

A text that can be read in two ways, such as x/2h, is not read: the message asks which one is meant. Products side by side bind
like * and @, from left to right, but stay together after * and ∘. Text is never executed. Its length, its brackets and its
powers are limited, so that no accepted formula takes long to evaluate.
"""

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType

from nnlib.symbolic.answers import messages
from nnlib.symbolic.answers.calls import FUNCTIONS
from nnlib.symbolic.answers.characters import GLUE, LONGEST, in_characters
from nnlib.symbolic.answers.formula import Formula, FormulaError, Operation, Power, children
from nnlib.symbolic.answers.messages import INSTEAD
from nnlib.symbolic.answers.operators import FormulaReader
from nnlib.symbolic.answers.spelling import spelling_of
from nnlib.symbolic.answers.tokens import tokens_of, with_sums_over_rows, without_python

__all__ = ["FUNCTIONS", "INSTEAD", "LONGEST", "parse"]

HIGHEST_DEGREE = 64  # of the whole formula: limits the length of its numbers


def parse(
    text: str,
    names: Collection[str],
    instead: Mapping[str, str] = INSTEAD,
    calculus: bool = False,
    written: Mapping[str, str] = MappingProxyType({}),
    further: Collection[str] = (),
) -> Formula:
    """Read what a learner typed.

    Parameters
    ----------
    text : str
        See the top of this file.
    names : collection of str
        The names that may occur in it.
    instead : mapping
        Messages for other names: INSTEAD, and perhaps more.
    calculus : bool
        Whether it may contain sums over an index and derivatives.
    written : mapping
        Other forms of names, as {"f(x)": "f"}.
    further : collection of str
        Functions of one number, besides FUNCTIONS, that may occur in it, such as "sin".

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        For anything else. The message says what to type instead.
    """
    spelling = spelling_of(tuple(names), tuple(written.items()), tuple(further))

    def read(text):
        plain = without_python(spelling.in_one_word(in_characters(text)))
        plain = plain if calculus else with_sums_over_rows(plain)
        root = FormulaReader(plain, tokens_of(plain, spelling, calculus), spelling, instead, calculus).whole()
        if _degree(root) > HIGHEST_DEGREE:
            raise FormulaError("The powers in this formula are too high. A short formula is enough here.")
        return Formula(plain.replace(GLUE, ""), root)

    try:
        return read(text)
    except messages.Proposal as error:
        try:
            for formula in error.formulas:
                read(formula)
        except FormulaError:
            raise FormulaError(error.without) from None
        raise


@cache
def parse_once(text: str, names: tuple[str, ...]) -> Formula:
    """Read a formula of the lessons, as `parse` does, and keep it. What learners type is not kept."""
    return parse(text, names)


def _degree(node):
    """Return an upper bound of the number of factors in any term of `node`: the length of its numbers grows with it."""
    below = [_degree(child) for child in children(node)]
    match node:
        case Power(_, exponent):
            return below[0] * max(1, abs(exponent))  # the base is evaluated even for a power of 0
        case Operation("*" | "/" | "@"):
            return sum(below)
    return max(below, default=1)
