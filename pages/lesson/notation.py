"""The notation of all lessons as one table, behind a button in the header of every page."""

import streamlit as st

# Symbol, how it is typed in answers and written in nnlib, what it is, shape.
ROWS = (
    ("N", "N", "examples in the batch", ""),
    ("D", "D", "inputs of one example", ""),
    ("H", "H", "hidden units", ""),
    ("K", "K", "classes", ""),
    (r"X = a^{(1)}", "X", "inputs, one example a row", r"N \times D"),
    ("W^{(1)}", "W1", "weights into the hidden units", r"D \times H"),
    ("b^{(1)}", "b1", "their biases", "H"),
    ("z^{(2)}", "z2", r"into the ReLU: $a^{(1)} W^{(1)} + b^{(1)}$", r"N \times H"),
    ("a^{(2)}", "a2", r"out of it: $\max(0, z^{(2)})$", r"N \times H"),
    ("W^{(2)}", "W2", "weights into the outputs", r"H \times K"),
    ("b^{(2)}", "b2", "their biases", "K"),
    ("z^{(3)}", "z3", r"the logits: $a^{(2)} W^{(2)} + b^{(2)}$", r"N \times K"),
    (r"\psi", "psi", r"the probabilities: softmax of $z^{(3)}$", r"N \times K"),
    (r"\Delta", "Delta", "labels, one-hot: a 1 at the right class", r"N \times K"),
    (r"\delta_{ij}", "delta_ij", "1 where $i = j$, else 0", ""),
    (r"\frac{\partial J}{\partial z^{(3)}}", "dz3", "a gradient has the shape of its variable", r"N \times K"),
    (r"\lambda", "lam", "strength of the penalty", ""),
    ("n", "n", "inputs of a unit, in a network of any depth", ""),
    (r"\sigma", "sigma", "standard deviation of the first weights", ""),
    ("T", "T", "temperature: softmax of $z/T$", ""),
    ("J", "", "cross-entropy, the mean over the batch", "number"),
    (r"\tilde J", "", r"$J + \lambda\,(\lVert W^{(1)} \rVert^2 + \lVert W^{(2)} \rVert^2)$, no ½", "number"),
)

RULES = """
- A number in brackets names a layer. It is no power: $z^{(2)}$ belongs to layer 2.
- Batches are row-major: each row is one example, so that $X W$ handles all of them at once.
- $\\circ$ multiplies entry by entry; $\\mathbf 1[\\cdot]$ is 1 where the condition holds, else 0.
"""


def notation():
    """The button, and the table that it opens without asking the server."""
    with st.popover("Notation", icon=":material/menu_book:", type="tertiary", key="notation_table"):
        st.markdown(_table())
        st.markdown(RULES)


def _table():
    rows = ["| symbol | typed | what it is | shape |", "|---|---|---|---|"]
    for symbol, typed, meaning, shape in ROWS:
        # Braces keep a formula on one line.
        shape = shape if shape in ("", "number") else f"${{{shape}}}$"
        rows.append(f"| ${{{symbol}}}$ | {f'`{typed}`' if typed else ''} | {meaning} | {shape} |")
    return "\n".join(rows)
