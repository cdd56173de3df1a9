"""One layer of the small network, entry by entry: its row, its column, their sum of products, and the activation."""

import numpy as np
import streamlit as st

from nnlib.losses import softmax
from nnlib.support.colours import GREEN, ORANGE
from nnlib.support.number_text import difference_text
from pages.forward.entry_choice import choose_entry
from pages.ui.matrix_view import equation_view, matrix_html
from pages.ui.number_latex import digits_for, equals, number_latex, products_latex, sum_latex
from pages.worked_example.editable_equation import editable_equation, editable_html
from pages.worked_example.worked_network import WorkedNetwork, chosen_numbers, worked_network

# For each layer: letters of its sizes, letter and name of a column.
LAYERS = {1: ("NDH", "h", "Hidden unit"), 2: ("NHK", "k", "Class")}


@st.fragment
def layer_walk(layer: int) -> None:
    """Draw z(layer + 1) = a(layer) W(layer) + b(layer) for layer 1 or 2, and buttons that choose one entry."""
    work = worked_network()
    z, a = work.net.forward(work.X)
    (rows, inner, columns), letter, label = LAYERS[layer]
    W, b, sums = work.net.params[f"W{layer}"], work.net.params[f"b{layer}"], z[layer + 1]
    n, j = choose_entry(*sums.shape, letter, label)
    terms = range(len(W))
    row = [(n, i) for i in terms]
    chosen = chosen_numbers()
    editable_equation(
        chosen,
        editable_html(chosen, "X", "ND", marked=row) if layer == 1 else matrix_html("a2", a[2], "NH", marked=row),
        "·",
        editable_html(chosen, f"W{layer}", inner + columns, marked=[(i, j) for i in terms], colour=ORANGE),
        "+",
        editable_html(chosen, f"b{layer}", columns, marked=[(0, j)], colour=ORANGE),
        "=",
        matrix_html(f"z{layer + 1}", sums, rows + columns, marked=[(n, j)], colour=GREEN),
        key=f"layer_walk_{layer}",
    )
    st.markdown(f"Row {n + 1} times column {j + 1}, plus the bias:")
    st.markdown(_written_out(layer, inner.lower(), n, j, a[layer][n], W[:, j], b[j], sums[n, j]))
    if layer == 1:
        place = f"_{{{n + 1},{j + 1}}}"
        st.markdown(f"Then the ReLU: $a^{{(2)}}{place} = \\max(0, z^{{(2)}}{place}) = {number_latex(a[2][n, j])}$")
    else:
        _softmax_of_row(sums, n, j)


def product_shapes(work: WorkedNetwork, rows: str, inner: str, columns: str) -> None:
    """Draw the shapes of a matrix product with this network's sizes. The arguments are the letters of the sizes."""
    left, middle, right = (work.sizes[letter] for letter in (rows, inner, columns))
    st.markdown(
        f"With these numbers: {left}×**{middle}** times **{middle}**×{right} gives {left}×{right}.", text_alignment="center"
    )


def _written_out(layer, index, n, j, row, column, bias, value):
    """One entry as a sum of products. It is inline mathematics, so that a phone can break the line between products."""
    z, a, W, b = (f"{letter}^{{({number})}}" for letter, number in (("z", layer + 1), ("a", layer), ("W", layer), ("b", layer)))
    count, sign = len(row), equals(*row, *column, bias, value)
    digits = digits_for(lambda *each: np.dot(each[:count], each[count:-1]) + each[-1], *row, *column, bias)
    return (
        f"${z}_{{{n + 1},{j + 1}}} = \\sum_{index} {a}_{{{n + 1},{index}}} {W}_{{{index},{j + 1}}} + {b}_{{{j + 1}}} "
        f"{sign} {products_latex(row, column, digits)} + {sum_latex([bias], digits)} {sign} "
        f"\\mathbf{{{number_latex(value)}}}$"
    )


def _softmax_of_row(logits, n, k):
    """Row n of softmax in three steps, and entry k written out."""
    psi = softmax(logits)
    shifted = logits[n] - logits[n].max()
    exp = np.exp(shifted)
    st.markdown(
        f"**Softmax of row {n + 1}**, class by class. nnlib, the NumPy library of this app, first subtracts the largest logit "
        "of the row. This changes no probability, and $e^z$ cannot overflow."
    )
    equation_view(
        matrix_html(
            f"Row {n + 1}",
            [logits[n], shifted, exp, psi[n]],
            marked=[(i, k) for i in range(4)],
            colour=GREEN,
            rows=("z", "z − largest", "e to that power", "divided by their sum: ψ"),
            columns=[f"class {j + 1}" for j in range(len(exp))],
        ),
        matrix_html("psi", psi, "NK", marked=[(n, k)], colour=GREEN),
    )
    sign, digits = equals(*exp, psi[n, k]), digits_for(lambda *each: each[k] / sum(each), *exp)
    quotient = rf"\dfrac{{{number_latex(exp[k], digits)}}}{{{sum_latex(exp, digits)}}}"
    st.markdown(rf"$\psi_{{{n + 1},{k + 1}}} {sign} {quotient} {sign} \mathbf{{{number_latex(psi[n, k])}}}$")
    after = np.abs(softmax(logits + 5) - psi).max()
    st.markdown(f"Largest change of any probability when 5 is added to every logit: {difference_text(after)}.")
