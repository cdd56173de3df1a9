"""Part 4: why the gradient of a bias is a sum over the batch, and what the penalty adds to a gradient."""

import streamlit as st

from nnlib.symbolic.derivation.layers import penalty_gradient, second_biases
from nnlib.symbolic.derivation.matrices import second_biases_matrix
from nnlib.symbolic.symbols import symbol_html
from pages.backpropagation.backward_pass import DELTA2, DELTA3, network_and_trace
from pages.backpropagation.node_view import gradient_html
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html
from pages.worked_example.number_expander import number_expander


def biases_and_penalty():
    """Draw the part: the bias gradient is a sum over the batch; the penalty adds 2λW."""
    st.subheader("Biases", anchor=False)
    if not predict(
        "bias_of_a_doubled_batch",
        r"Every example of the batch is added once more, so that $N$ doubles. What happens to "
        r"$\partial J/\partial b^{(2)}$?",
        ["It doubles", "It stays as it is", "It halves"],
        "It stays as it is",
        r"The same $b^{(2)}$ is added to every row of $z^{(3)}$, so its gradient is the sum of the gradients of all rows. This "
        r"sum has twice as many terms, and each term $(\psi - \Delta)_n/N$ is half as large, because it contains the $1/N$ of "
        r"the mean.",
    ):
        return
    number_expander()
    _biases()
    st.subheader("Penalty", anchor=False)
    if not predict(
        "penalty_pull",
        r"The penalty is $\lambda(\lVert W^{(1)}\rVert^2 + \lVert W^{(2)}\rVert^2)$. One weight is three times as large as "
        r"another. How much more does the penalty move it towards 0 in one step?",
        ["As hard as the other", "3 times as hard", "9 times as hard"],
        "3 times as hard",
        r"Its penalty is 9 times as large. But a step of gradient descent depends on the derivative: that of $\lambda w^2$ is "
        r"$2\lambda w$, which is 3 times as large. Many texts write a factor $\tfrac12$ in front, so that the 2 cancels. This "
        r"lesson does not.",
    ):
        return
    _penalty()


def _biases():
    _, trace = network_and_trace()
    for name, words, letters in (("b2", DELTA3, "NK"), ("b1", DELTA2, "NH")):
        arrow = trace[name].arrows[0]
        equation_view(
            matrix_html("<b>1</b>ᵀ", arrow.local, "1N", rows=[""]),
            "·",
            matrix_html(words, arrow.upstream, letters),
            "=",
            matrix_html(f"∂<i>J</i>/∂{symbol_html(name)}", arrow.downstream, letters[1]),
        )
    st.markdown(
        r"A row of ones times a matrix is the sum of its rows. The penalty does not depend on $z$ or $b$, so these gradients "
        r"of $J$ are also gradients of $\tilde J$."
    )
    st.markdown(
        r"Without the sum, the gradient has $N\times K$ numbers for $K$ biases. NumPy refuses `b2 -= eta*db2`, because it "
        r"cannot change the shape of `b2` in place. But it computes `b2 = b2 - eta*db2` without any error: $b^{(2)}$ becomes "
        r"$N\times K$, with one row of biases for each example. With $N = 1$ this one row has the right numbers, so the "
        r"mistake shows only with a larger batch."
    )
    _derived("Derive one entry, line by line", second_biases, "bias")
    _derived("Derive all entries, as matrices", second_biases_matrix, "bias_matrix")


def _penalty():
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
    _derived("Derive it, line by line", penalty_gradient, "penalty")
    if predict(
        "penalty_slip",
        r"A student writes the penalty as $\lambda\lVert W^{(1)} + W^{(2)}\rVert^2$. What is wrong with it?",
        ["Nothing, it is the same", "It is twice as large", "The sum need not exist, and weights may cancel in it"],
        "The sum need not exist, and weights may cancel in it",
        r"$W^{(1)}$ is $D\times H$ and $W^{(2)}$ is $H\times K$, so the sum exists only if $D = H = K$. And then the penalty "
        r"of $W^{(1)} = -W^{(2)}$ is 0, even if both are very large.",
    ):
        _slip()


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


@st.fragment
def _derived(title, derive, key):
    """A derivation in an expander. It is computed when the expander is opened."""
    expander = st.expander(title, icon=":material/function:", key=f"expander_{key}", on_change="rerun")
    if expander.open:
        with expander:
            derivation_view(derive(), key)
