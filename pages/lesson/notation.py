"""The notation of all lessons as one table, behind a button in the header of every page."""

import streamlit as st

from nnlib.symbolic.symbols import SYMBOLS, symbol_latex

NOT_LISTED = ("dz2", "P2", "R1", "R2")  # like dz3, like P1, and a part of J~
NOT_TYPED = ("J", "J_tilde")
# Used on the pages, and never in an answer: symbol, meaning.
MORE = (
    (r"i, j, k", "a class; in $\\partial\\psi_i/\\partial z_j$, $i$ is the row and $j$ the column"),
    (r"n, d, h", "an example, an input, a hidden unit, as an index: $n$ goes from 1 to $N$"),
    (r"s", "the step of a central difference: how far an entry is moved to both sides"),
    (r"S", "the sum of the exponentials of one example: $\\sum_k e^{z_k}$"),
    (r"G^{(l)}", "short for $\\partial J/\\partial z^{(l)}$, the upstream gradient of a layer"),
    (r"x, w, b, z, a, t", "of one unit, or of a filter: input or pixel, weight, bias, sum, output, target"),
    (r"l, m", "as an index: a layer; an input, a unit or a pixel in a sum"),
    (r"R, Q", "the number of pixels in a row of an image, of a filter"),
    (r"A", "the matrix of a convolution: weights that are shared, and zeros"),
    (r"c", "a number added to all logits"),
    (r"f", "any function"),
    (r"L, F_l, q_l", "of a network with $L$ layers: inputs of each unit of layer $l$, and the mean square of its outputs"),
    (r"u, M, g", "of one of its units: a gradient that comes back, the number of these, and the gradient of the unit's sum"),
    (r"q, r", "the mean squares of its inputs, and of the gradients that come back"),
    (r"v, p", "the variance of a sum that is normal, and its density"),
    (r"\theta", "any of the parameters: a weight or a bias"),
    (r"\eta", "the learning rate"),
    (r"\nabla\tilde J", "the gradient: the derivatives of $\\tilde J$ with respect to all parameters"),
    (r"\varepsilon", "the relative precision of stored numbers: 2.2e−16 in float64"),
)
TIMES = r" \times "

RULES = """
- A number in brackets names a layer. It is not an exponent: $z^{(2)}$ belongs to layer 2.
- Each row of a batch is one example, so $X W$ computes all examples at once.
- A gradient has the shape of its variable.
- $\\circ$ multiplies entry by entry; $\\mathbf 1[\\cdot]$ is 1 where the condition holds, else 0.
- The penalty in $\\tilde J$ has no factor ½.
"""


def notation() -> None:
    """The button, and the table that it opens without a request to the server."""
    with st.popover("Notation", icon=":material/menu_book:", type="tertiary", key="notation_table"):
        st.markdown(_table())
        st.markdown(RULES)


def _table():
    rows = ["| symbol | typed | meaning | shape |", "|---|---|---|---|"]
    for name, symbol in SYMBOLS.items():
        if name in NOT_LISTED:
            continue
        typed = "" if name in NOT_TYPED else f"`{name}`"
        formula = f": ${symbol.formula}$" if symbol.formula else ""
        shape = f"${{{TIMES.join(symbol.shape)}}}$" if symbol.shape else ""
        # Braces keep a symbol on one line; a formula may break, so that the table fits on a phone.
        rows.append(f"| ${{{symbol_latex(name)}}}$ | {typed} | {symbol.meaning}{formula} | {shape} |")
    rows += [f"| ${{{symbol}}}$ | | {meaning} | |" for symbol, meaning in MORE]
    return "\n".join(rows)
