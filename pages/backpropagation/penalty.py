"""The penalty: what it adds to the gradient of each weight, and a slip in its formula."""

import streamlit as st

from nnlib.symbolic.derivation.layers import penalty_gradient
from nnlib.symbolic.exercise import exercise_named
from nnlib.symbolic.solution import solution_latex
from nnlib.symbolic.summary import WITH_PENALTY
from pages.backpropagation.backward_pass import network_and_trace
from pages.backpropagation.node_view import gradient_html
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html
from pages.worked_example.number_expander import number_expander


def penalty() -> None:
    """Draw the part: the penalty adds 2λW."""
    st.markdown(
        r"Training lowers $\tilde J = J + \lambda(\lVert W^{(1)}\rVert^2 + \lVert W^{(2)}\rVert^2)$: the mean loss $J$, and a "
        r"penalty for large weights. $\lVert W\rVert^2$ is the sum of all squared entries of $W$. $\lambda$ (lambda) says how "
        r"much they cost. The gradient of a sum is the sum of the gradients, so the penalty adds a term of its own."
    )
    if not predict(
        "penalty_pull",
        r"The penalty is $\lambda(\lVert W^{(1)}\rVert^2 + \lVert W^{(2)}\rVert^2)$. One weight is three times as large as "
        r"another. Compared with the other, how far does the penalty move it towards 0 in one step?",
        ["Just as far", "3 times as far", "9 times as far"],
        "3 times as far",
        r"Its penalty is 9 times as large. But a step of gradient descent depends on the derivative: that of $\lambda w^2$ is "
        r"$2\lambda w$, which is 3 times as large. Many texts write a factor $\tfrac12$ in front, so that the 2 cancels. This "
        r"lesson does not.",
    ):
        return
    derivation_view(penalty_gradient(), "penalty", after=_numbers)
    if predict(
        "penalty_slip",
        r"A student writes the penalty as $\lambda\lVert W^{(1)} + W^{(2)}\rVert^2$. What is wrong with it?",
        ["Nothing, it is the same", "It is twice as large", "The sum need not exist, and weights may cancel in it"],
        "The sum need not exist, and weights may cancel in it",
        r"$W^{(1)}$ is $D\times H$ and $W^{(2)}$ is $H\times K$, so the sum exists only if $D = H = K$. And then the penalty "
        r"of $W^{(1)} = -W^{(2)}$ is 0, even if both are very large.",
    ):
        _slip()


def _numbers():
    st.markdown(
        "$W^{(1)}$ gets $2\\lambda W^{(1)}$ in the same way. This is the gradient of the first layer's weights in one formula, "
        "as an exam asks for it:"
    )
    st.latex(f"{WITH_PENALTY} = {solution_latex(exercise_named('backpropagation-w1-whole'))}")
    st.subheader("With the numbers of your network", anchor=False)
    number_expander()
    worked, trace = network_and_trace()
    node = trace["W2"]
    equation_view(
        matrix_html("<i>a</i><sup>(2)</sup>ᵀ(<i>ψ</i> − <i>Δ</i>)/<i>N</i>", node.arrows[0].downstream, "HK"),
        "+",
        matrix_html(f"2<i>λW</i><sup>(2)</sup>, λ = {worked.reg:g}", node.arrows[1].downstream, "HK"),
        "=",
        matrix_html(gradient_html("W2"), node.gradient, "HK"),
    )
    st.markdown("The penalty does not contain the biases, so it adds nothing to their gradients.")


def _slip():
    st.markdown(
        r"""
Take two single weights, $w_1 = 5$ and $w_2 = -5$, and $\lambda = 1$:

| penalty | value | adds to the gradient of $w_1$ |
|---|---:|---:|
| $w_1^2 + w_2^2$ | 50 | $2w_1 = 10$ |
| $(w_1 + w_2)^2$ | 0 | $2(w_1 + w_2) = 0$ |

The right penalty pulls both weights towards 0. The wrong one does not change them.
"""
    )
