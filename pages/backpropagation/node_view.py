"""One node of the computational graph: upstream gradient × local gradient = downstream gradient, in symbols and in numbers."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from nnlib.gradient_check import SMALLEST, relative_error
from nnlib.symbolic.symbols import SYMBOLS, symbol_html, symbol_latex
from nnlib.teaching.backward_trace import Node
from nnlib.teaching.listing import AGREES
from nnlib.teaching.node_differences import node_differences
from pages.backpropagation.choices import count
from pages.ui.matrix_view import equation_view, matrix_html
from pages.ui.number_latex import equals, factor_latex, number_latex
from pages.worked_example.editable_equation import editable_equation, editable_html
from pages.worked_example.worked_network import WorkedNetwork, chosen_numbers

# (node, end of the arrow) → the local gradient in LaTeX, as HTML, the letters of its shape, the reason
LOCALS = {
    ("J", "J_tilde"): ("1", "1", "", r"$\tilde J$ is a sum, and $J$ is one of its terms."),
    ("R2", "J_tilde"): ("1", "1", "", r"$\tilde J$ is a sum, and this penalty is one of its terms."),
    ("R1", "J_tilde"): ("1", "1", "", r"$\tilde J$ is a sum, and this penalty is one of its terms."),
    ("psi", "J"): (
        r"\left(-\frac{1}{N}\,\frac{\Delta}{\psi}\right)",
        "−<i>Δ</i> / (<i>Nψ</i>)",
        "NK",
        r"$J = -\frac{1}{N}\sum_n \log\psi_{n,y_n}$, and $(\log f)' = f'/f$. Only the probability of the right class matters: "
        r"$\Delta$ holds the labels **one-hot**, 1 at the right class of each row and 0 elsewhere.",
    ),
    ("z3", "psi"): (
        r"\left(\operatorname{diag}(\psi_n) - \psi_n^\top\psi_n\right)",
        "diag(<i>ψ</i><sub><i>n</i></sub>) − <i>ψ</i><sub><i>n</i></sub>ᵀ<i>ψ</i><sub><i>n</i></sub>",
        "KK",
        r"Each row $n$ has its own softmax, and so its own Jacobian, that of lesson 2: $\operatorname{diag}(\psi_n)$ has row "
        r"$n$ of $\psi$ on its diagonal and 0 elsewhere, and the entries of $\psi_n^\top\psi_n$ are $\psi_i\psi_j$. The next "
        r"part derives what these products come to.",
    ),
    ("b2", "z3"): (
        r"\mathbf 1^\top",
        "<b>1</b>ᵀ",
        "1N",
        r"$b^{(2)}$ is added to every row of $z^{(3)}$, so the gradients of all rows are added. Multiplying by a row of ones "
        r"adds them.",
    ),
    ("W2", "z3"): (
        r"a^{(2)\top}",
        "<i>a</i><sup>(2)</sup>ᵀ",
        "HN",
        r"$z^{(3)} = a^{(2)}W^{(2)} + b^{(2)}$: each weight is multiplied by the activation before it, once for every example. "
        r"The gradient is a sum over the examples, so $a^{(2)\top}$ has an example in each column.",
    ),
    ("W2", "R2"): (
        r"2\lambda W^{(2)}",
        "2<i>λW</i><sup>(2)</sup>",
        "HK",
        r"The square of each weight has the derivative $2w$; the penalty has no factor ½.",
    ),
    ("a2", "z3"): (
        r"W^{(2)\top}",
        "<i>W</i><sup>(2)</sup>ᵀ",
        "KH",
        r"$z^{(3)} = a^{(2)}W^{(2)} + b^{(2)}$: the backward pass uses the same weights, transposed. The gradient is a sum "
        r"over the classes, so $W^{(2)\top}$ has a class in each row.",
    ),
    ("z2", "a2"): (
        r"\mathbf 1[z^{(2)} > 0]",
        "<b>1</b>[<i>z</i><sup>(2)</sup> &gt; 0]",
        "NH",
        r"$\max(0, z)$ has slope 1 where $z > 0$, and 0 elsewhere. The gradient of a unit that is off is 0.",
    ),
    ("b1", "z2"): (
        r"\mathbf 1^\top",
        "<b>1</b>ᵀ",
        "1N",
        r"$b^{(1)}$ is added to every row of $z^{(2)}$, so the gradients of all rows are added.",
    ),
    ("W1", "z2"): (
        r"X^\top",
        "<i>X</i>ᵀ",
        "DN",
        r"$z^{(2)} = XW^{(1)} + b^{(1)}$: each weight is multiplied by its input, once for every example.",
    ),
    ("W1", "R1"): (
        r"2\lambda W^{(1)}",
        "2<i>λW</i><sup>(1)</sup>",
        "DH",
        r"The square of each weight has the derivative $2w$; the penalty has no factor ½.",
    ),
    ("X", "z2"): (
        r"W^{(1)\top}",
        "<i>W</i><sup>(1)</sup>ᵀ",
        "HD",
        r"$z^{(2)} = XW^{(1)} + b^{(1)}$: the backward pass uses the same weights, transposed.",
    ),
}

PENALTIES = ("R1", "R2")


def node_view(worked: WorkedNetwork, trace: Mapping[str, Node], name: str) -> None:
    """Draw one node: its gradient along each arrow, their sum, and the check with central differences.

    Parameters
    ----------
    worked : the small network
    trace : its nodes, from backward_trace
    name : of a node
    """
    symbol, node = symbol_latex(name), trace[name]
    st.markdown(f"**${symbol}$: {SYMBOLS[name].meaning}**")
    if name == "X" or name in worked.net.params:
        chosen = chosen_numbers()
        editable_equation(chosen, editable_html(chosen, name, SYMBOLS[name].shape), key=f"node_{name}")
    if name == "X":
        st.markdown("Training does not change the inputs. Their gradient shows which of them the loss depends on.")
    if name in PENALTIES:
        st.markdown(_penalty_text(worked, name, node.value))
    if not node.arrows:
        st.latex(rf"\frac{{\partial {symbol}}}{{\partial {symbol}}} = 1")
        st.markdown(
            "The backward pass starts here, with the derivative of $\\tilde J$ with respect to itself. Walk back to see the "
            "next gradients."
        )
        return
    for arrow in node.arrows:
        _arrow_view(name, arrow)
    if len(node.arrows) > 1:
        _sum_view(name, node)
    _check(worked, name, node)


def _penalty_text(worked, name, value):
    """λ, and the penalty as a product."""
    norm = np.sum(worked.net.params[f"W{name[1]}"] ** 2)
    sign = equals(worked.reg, norm, value)
    return (
        f"$\\lambda = {number_latex(worked.reg)}$, so ${symbol_latex(name)} {sign} {number_latex(worked.reg)} \\cdot "
        f"{factor_latex(norm)} {sign} {number_latex(value)}$."
    )


def gradient_latex(name: str) -> str:
    """∂J~/∂name."""
    symbol = f"({symbol_latex(name)})" if name in PENALTIES else symbol_latex(name)
    return rf"\frac{{\partial \tilde J}}{{\partial {symbol}}}"


def gradient_html(name: str) -> str:
    """∂J~/∂name, for the caption of a matrix."""
    return f"∂<i>J̃</i>/∂({symbol_html(name)})" if name in PENALTIES else f"∂<i>J̃</i>/∂{symbol_html(name)}"


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
    of_end = "1K" if arrow.product == "rows" else SYMBOLS[arrow.end].shape
    of_node = "1K" if arrow.product == "rows" else SYMBOLS[name].shape
    upstream = _matrix(f"upstream {gradient_html(arrow.end)}", up, of_end, rows)
    local = _matrix(f"local {local_html}", local, letters)
    downstream = _matrix("downstream", down, of_node, rows)
    pair = (local, sign, upstream) if arrow.product == "left" else (upstream, sign, local)
    equation_view(*pair, "=", downstream)


def _matrix(name, values, letters, rows=None):
    """A matrix, or a single number without headings."""
    single = {"rows": [""], "columns": [""]} if np.ndim(values) == 0 else {"rows": rows}
    return matrix_html(name, values, letters, **single)


def _sum_view(name, node):
    ends = " and ".join(f"${symbol_latex(arrow.end)}$" for arrow in node.arrows)
    st.markdown(
        f"Two arrows leave ${symbol_latex(name)}$, to {ends}. **Where several paths come back to a node, their gradients add.**"
    )
    parts = [matrix_html(f"from {symbol_html(arrow.end)}", arrow.downstream, SYMBOLS[name].shape) for arrow in node.arrows]
    equation_view(parts[0], "+", parts[1], "=", matrix_html(gradient_html(name), node.gradient, SYMBOLS[name].shape))


def _check(worked, name, node):
    if not np.isfinite(node.gradient).all():
        st.caption(
            r"A probability was rounded to 0, so this gradient is infinite. Therefore the gradient of $z^{(3)}$ is not "
            r"computed from it, but directly as $(\psi - \Delta)/N$."
        )
        return
    differences = node_differences(worked.net, worked.X, worked.y, worked.reg, name)
    checked = differences_text(_relative_difference(node, differences))
    if name in worked.net.params:
        _, grads = worked.net.loss(worked.X, worked.y, worked.reg)
        checked += " " + loss_text(_relative_difference(node, grads[name]))
    st.caption(checked)


def _relative_difference(node, gradient):
    """The largest relative error between the node's gradient and another."""
    return float(relative_error(node.gradient, gradient, SMALLEST).max())


# Lesson 4 explains them.
DIFFERENCES = "**Central differences** move each number a little to both sides and compute the loss, without any derivative."


def differences_text(error: float) -> str:
    """Compare a gradient with central differences, from which it differs by this relative error."""
    figure = number_latex(error, digits=2)
    if error <= AGREES:
        return f"{DIFFERENCES} They agree: largest relative error ${figure}$."
    return (
        f"{DIFFERENCES} They differ by a relative error of up to ${figure}$: their step size does "
        "not suit your numbers. The loss bends within one step, or changes by hardly more than its rounding error."
    )


def loss_text(error: float) -> str:
    """Compare a gradient with that of `MLP.loss`, which differs by this relative error."""
    if error == 0:
        return "`MLP.loss` returns exactly these numbers."
    return f"`MLP.loss` returns other numbers: they differ by a relative error of ${number_latex(error, digits=2)}$."
