"""One node of the computational graph: upstream gradient × local gradient = downstream gradient, in symbols and in numbers."""

import numpy as np
import streamlit as st

from nnlib.gradient_check import SMALLEST, relative_error
from nnlib.teaching.listing import AGREES
from nnlib.teaching.node_differences import node_differences
from pages.backpropagation.choices import count
from pages.ui.matrix_view import SYMBOLS, equation_view, matrix_html
from pages.ui.number_latex import equals, factor_latex, number_latex

# name → LaTeX, the letters of its shape, what it is
NODES = {
    "J_tilde": (r"\tilde J", "", "the loss that training makes small"),
    "J": ("J", "", "the cross-entropy, the mean over the batch"),
    "R2": (r"\lambda\lVert W^{(2)}\rVert^2", "", "the penalty of the output layer's weights"),
    "R1": (r"\lambda\lVert W^{(1)}\rVert^2", "", "the penalty of the hidden layer's weights"),
    "psi": (r"\psi", "NK", "the probabilities"),
    "z3": ("z^{(3)}", "NK", "the logits"),
    "b2": ("b^{(2)}", "K", "the biases of the output layer"),
    "W2": ("W^{(2)}", "HK", "the weights of the output layer"),
    "a2": ("a^{(2)}", "NH", "the hidden layer after ReLU"),
    "z2": ("z^{(2)}", "NH", "the hidden layer before ReLU"),
    "b1": ("b^{(1)}", "H", "the biases of the hidden layer"),
    "W1": ("W^{(1)}", "DH", "the weights of the hidden layer"),
    "X": ("X", "ND", "the inputs (nothing trains them; their gradient tells which of them the loss depends on)"),
}

# (node, end of the arrow) → the local gradient in LaTeX, as HTML, the letters of its shape, why it is what it is
LOCALS = {
    ("J", "J_tilde"): ("1", "1", "", r"$\tilde J$ is a sum, and $J$ one of its terms."),
    ("R2", "J_tilde"): ("1", "1", "", r"$\tilde J$ is a sum, and this penalty one of its terms."),
    ("R1", "J_tilde"): ("1", "1", "", r"$\tilde J$ is a sum, and this penalty one of its terms."),
    ("psi", "J"): (
        r"\left(-\frac{1}{N}\,\frac{\Delta}{\psi}\right)",
        "−<i>Δ</i> / (<i>Nψ</i>)",
        "NK",
        r"$J = -\frac{1}{N}\sum_n \log\psi_{n,y_n}$, and $(\log f)' = f'/f$. Only the probability of the right class matters.",
    ),
    ("z3", "psi"): (
        r"\left(\operatorname{diag}(\psi_n) - \psi_n^\top\psi_n\right)",
        "diag(<i>ψ</i><sub><i>n</i></sub>) − <i>ψ</i><sub><i>n</i></sub>ᵀ<i>ψ</i><sub><i>n</i></sub>",
        "KK",
        r"Each row $n$ has a softmax, and so a Jacobian, of its own: $\psi_n$ is row $n$ of $\psi$. All the products together "
        r"are $(\psi - \Delta)/N$.",
    ),
    ("b2", "z3"): (
        r"\mathbf 1^\top",
        "<b>1</b>ᵀ",
        "1N",
        r"$b^{(2)}$ is added to every row of $z^{(3)}$, so what comes back from all rows is added: a row of ones does it.",
    ),
    ("W2", "z3"): (
        r"a^{(2)\top}",
        "<i>a</i><sup>(2)</sup>ᵀ",
        "HN",
        r"$z^{(3)} = a^{(2)}W^{(2)} + b^{(2)}$: each weight meets the activation before it, once for every example.",
    ),
    ("W2", "R2"): (
        r"2\lambda W^{(2)}",
        "2<i>λW</i><sup>(2)</sup>",
        "HK",
        r"The square of each weight has the derivative $2w$; no ½ stands before it.",
    ),
    ("a2", "z3"): (
        r"W^{(2)\top}",
        "<i>W</i><sup>(2)</sup>ᵀ",
        "KH",
        r"$z^{(3)} = a^{(2)}W^{(2)} + b^{(2)}$: the way back uses the same weights, transposed.",
    ),
    ("z2", "a2"): (
        r"\mathbf 1[z^{(2)} > 0]",
        "<b>1</b>[<i>z</i><sup>(2)</sup> &gt; 0]",
        "NH",
        r"$\max(0, z)$ has slope 1 where $z > 0$ and 0 elsewhere: a unit that is off lets nothing back.",
    ),
    ("b1", "z2"): (
        r"\mathbf 1^\top",
        "<b>1</b>ᵀ",
        "1N",
        r"$b^{(1)}$ is added to every row of $z^{(2)}$, so what comes back from all rows is added.",
    ),
    ("W1", "z2"): (
        r"X^\top",
        "<i>X</i>ᵀ",
        "DN",
        r"$z^{(2)} = XW^{(1)} + b^{(1)}$: each weight meets its input, once for every example.",
    ),
    ("W1", "R1"): (
        r"2\lambda W^{(1)}",
        "2<i>λW</i><sup>(1)</sup>",
        "DH",
        r"The square of each weight has the derivative $2w$; no ½ stands before it.",
    ),
    ("X", "z2"): (
        r"W^{(1)\top}",
        "<i>W</i><sup>(1)</sup>ᵀ",
        "HD",
        r"$z^{(2)} = XW^{(1)} + b^{(1)}$: the way back uses the same weights, transposed.",
    ),
}

PENALTIES = ("R1", "R2")

HTML = {
    **SYMBOLS,
    "J_tilde": "<i>J̃</i>",
    "J": "<i>J</i>",
    "R1": "<i>λ</i>‖<i>W</i><sup>(1)</sup>‖²",
    "R2": "<i>λ</i>‖<i>W</i><sup>(2)</sup>‖²",
}


def node_view(worked, trace, name: str):
    """Draw what is to be known of a node. worked: a WorkedNetwork; trace: its nnlib.teaching.backward_trace; name: a node of
    it."""
    symbol, _, meaning = NODES[name]
    node = trace[name]
    st.markdown(f"**${symbol}$: {meaning}**")
    if name in PENALTIES:
        st.markdown(_penalty_told(worked, name, node.value))
    if not node.arrows:
        st.latex(rf"\frac{{\partial {symbol}}}{{\partial {symbol}}} = 1")
        st.markdown("Here the walk begins: a quantity changes with itself one to one. Walk back to see what becomes of this 1.")
        return
    for arrow in node.arrows:
        _arrow_view(name, arrow)
    if len(node.arrows) > 1:
        _sum_view(name, node)
    _check(worked, name, node)


def _penalty_told(worked, name, value):
    """λ, and the penalty as the product that it is."""
    norm = np.sum(worked.net.params[f"W{name[1]}"] ** 2)
    sign = equals(worked.reg, norm, value)
    return (
        f"$\\lambda = {number_latex(worked.reg)}$, so ${NODES[name][0]} {sign} {number_latex(worked.reg)} \\cdot "
        f"{factor_latex(norm)} {sign} {number_latex(value)}$."
    )


def gradient_latex(name: str) -> str:
    """∂J~/∂name."""
    symbol = rf"(\lambda\lVert W^{{({name[1]})}}\rVert^2)" if name in PENALTIES else NODES[name][0]
    return rf"\frac{{\partial \tilde J}}{{\partial {symbol}}}"


def gradient_html(name: str) -> str:
    """∂J~/∂name, for the caption of a matrix."""
    return f"∂<i>J̃</i>/∂({HTML[name]})" if name in PENALTIES else f"∂<i>J̃</i>/∂{HTML[name]}"


def _arrow_view(name, arrow):
    local_latex, local_html, letters, why = LOCALS[name, arrow.end]
    upstream = rf"\underbrace{{{gradient_latex(arrow.end)}}}_{{\text{{upstream}}}}"
    local = rf"\underbrace{{{local_latex}}}_{{\text{{local}}}}"
    first, second, sign = upstream, local, {"entries": r"\circ", "times": r"\cdot"}.get(arrow.product, r"\,")
    if arrow.product == "left":
        first, second = local, upstream
    if arrow.product == "rows":
        first, sign = rf"\underbrace{{\left({gradient_latex(arrow.end)}\right)_n}}_{{\text{{upstream, row }} n}}", r"\;"
    st.latex(rf"{first} {sign} {second}")
    st.markdown(why)
    _numbers(name, arrow, local_html, letters)


def _numbers(name, arrow, local_html, letters):
    up, local, down, rows = arrow.upstream, arrow.local, arrow.downstream, None
    if arrow.product == "rows":
        n = count("Example $n$", len(up), "example")
        up, local, down, rows = up[n - 1 : n], local[n - 1], down[n - 1 : n], [n]
    sign = {"entries": "∘"}.get(arrow.product, "·")
    of_end = "1K" if arrow.product == "rows" else NODES[arrow.end][1]
    of_node = "1K" if arrow.product == "rows" else NODES[name][1]
    upstream = _matrix(f"upstream {gradient_html(arrow.end)}", up, of_end, rows)
    local = _matrix(f"local {local_html}", local, letters)
    downstream = _matrix("downstream", down, of_node, rows)
    pair = (local, sign, upstream) if arrow.product == "left" else (upstream, sign, local)
    equation_view(*pair, "=", downstream)


def _matrix(name, values, letters, rows=None):
    """A matrix, or a single number without headings: there is nothing to count."""
    single = {"rows": [""], "columns": [""]} if np.ndim(values) == 0 else {"rows": rows}
    return matrix_html(name, values, letters, **single)


def _sum_view(name, node):
    ends = " and ".join(f"${NODES[arrow.end][0]}$" for arrow in node.arrows)
    st.markdown(f"Two arrows leave ${NODES[name][0]}$, to {ends}. **Where ways meet on the way back, gradients add.**")
    parts = [matrix_html(f"from {HTML[arrow.end]}", arrow.downstream, NODES[name][1]) for arrow in node.arrows]
    equation_view(parts[0], "+", parts[1], "=", matrix_html(gradient_html(name), node.gradient, NODES[name][1]))


def _check(worked, name, node):
    if not np.isfinite(node.gradient).all():
        st.caption(
            r"A probability was rounded to 0, so this gradient is infinite. That of $z^{(3)}$ is therefore not computed "
            r"from it, but as $(\psi - \Delta)/N$ at once."
        )
        return
    differences = node_differences(worked.net, worked.X, worked.y, worked.reg, name)
    checked = differences_told(_apart(node, differences))
    if name in worked.net.params:
        _, grads = worked.net.loss(worked.X, worked.y, worked.reg)
        checked += " " + loss_told(_apart(node, grads[name]))
    st.caption(checked)


def _apart(node, gradient):
    """The largest relative error between the node's gradient and another."""
    return float(relative_error(node.gradient, gradient, SMALLEST).max())


def differences_told(error: float) -> str:
    """What central differences say of a gradient from which they differ by this relative error."""
    figure = number_latex(error, digits=2)
    if error <= AGREES:
        return f"Central differences, which use no derivative, agree: largest relative error ${figure}$."
    return (
        f"Central differences, which use no derivative, come no closer than a relative error of ${figure}$. With numbers as "
        "large as yours their step is no good one: within it the loss bends, or changes by less than its own rounding."
    )


def loss_told(error: float) -> str:
    """What is to be said of `MLP.loss`, whose gradient differs by this relative error."""
    if error == 0:
        return "`MLP.loss` returns exactly these numbers."
    return f"`MLP.loss` returns other numbers: they differ by a relative error of ${number_latex(error, digits=2)}$."
