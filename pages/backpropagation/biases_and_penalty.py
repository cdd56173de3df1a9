"""Part 4: why a bias gradient is a sum over the batch, and what the penalty adds."""

import streamlit as st

from nnlib.symbolic.derivation.layers import penalty_gradient, second_biases
from nnlib.symbolic.derivation.matrices import second_biases_matrix
from pages.backpropagation.node_view import gradient_html
from pages.backpropagation.traced_network import DELTA2, DELTA3, traced
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.ui.matrix_view import SYMBOLS, equation_view, matrix_html
from pages.worked_example.number_expander import number_expander


def biases_and_penalty():
    """The bias gradient is a sum over the batch; the penalty adds 2λW."""
    st.subheader("Biases", anchor=False)
    if not predict(
        "bias_of_a_doubled_batch",
        r"Every example of the batch is put in once more, so that $N$ doubles. What becomes of "
        r"$\partial J/\partial b^{(2)}$?",
        ["It doubles", "It stays as it is", "It halves"],
        "It stays as it is",
        r"The same $b^{(2)}$ is added to every row of $z^{(3)}$, so what comes back from all rows is added. The sum has twice "
        r"as many terms, and each, $(\psi - \Delta)_n/N$, is half as large: the $1/N$ of the mean is in it already.",
    ):
        return
    number_expander()
    _biases()
    st.subheader("Penalty", anchor=False)
    if not predict(
        "penalty_pull",
        r"The penalty is $\lambda(\lVert W^{(1)}\rVert^2 + \lVert W^{(2)}\rVert^2)$. One weight is three times as large as "
        r"another. How much harder does the penalty pull it towards 0?",
        ["As hard as the other", "3 times as hard", "9 times as hard"],
        "3 times as hard",
        r"It costs 9 times as much. But what pulls is the slope: $\lambda w^2$ has the derivative $2\lambda w$, 3 times as "
        r"large. Many texts put $\tfrac12$ in front to be rid of the 2. Here there is none.",
    ):
        return
    _penalty()


def _biases():
    _, trace = traced()
    for name, words, letters in (("b2", DELTA3, "NK"), ("b1", DELTA2, "NH")):
        arrow = trace[name].arrows[0]
        equation_view(
            matrix_html("<b>1</b>ᵀ", arrow.local, "1N", rows=[""]),
            "·",
            matrix_html(words, arrow.upstream, letters),
            "=",
            matrix_html(f"∂<i>J</i>/∂{SYMBOLS[name]}", arrow.downstream, letters[1]),
        )
    st.markdown(
        r"A row of ones times a matrix adds its rows. The penalty depends on neither $z$ nor $b$, so these gradients of $J$ "
        r"are those of $\tilde J$ too."
    )
    st.markdown(
        r"Forget the sum, and $N\times K$ numbers meet $K$ biases. In place, `b2 -= eta*db2` is refused: an array keeps its "
        r"shape. But `b2 = b2 - eta*db2` broadcasts without a word: $b^{(2)}$ becomes $N\times K$, a row of biases for each "
        r"example. With $N = 1$ that one row even holds the right numbers, and nobody notices until the batch grows."
    )
    _derived("Derive one entry, line by line", second_biases, "bias")
    _derived("Derive all entries, as matrices", second_biases_matrix, "bias_matrix")


def _penalty():
    worked, trace = traced()
    node = trace["W2"]
    equation_view(
        matrix_html("<i>a</i><sup>(2)</sup>ᵀ(<i>ψ</i> − <i>Δ</i>)/<i>N</i>", node.arrows[0].downstream, "HK"),
        "+",
        matrix_html(f"2<i>λW</i><sup>(2)</sup>, λ = {worked.reg:g}", node.arrows[1].downstream, "HK"),
        "=",
        matrix_html(gradient_html("W2"), node.gradient, "HK"),
    )
    st.markdown("Biases are not penalised, so nothing is added to theirs.")
    _derived("Derive it, line by line", penalty_gradient, "penalty")
    if predict(
        "penalty_slip",
        r"Somebody writes the penalty as $\lambda\lVert W^{(1)} + W^{(2)}\rVert^2$. What is wrong with it?",
        ["Nothing, it is the same", "It is twice as large", "The sum need not exist, and weights may cancel in it"],
        "The sum need not exist, and weights may cancel in it",
        r"$W^{(1)}$ is $D\times H$ and $W^{(2)}$ is $H\times K$: they cannot be added unless $D = H = K$. And where they can, "
        r"$W^{(1)} = -W^{(2)}$ costs nothing, however large both are.",
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

The right one pulls both weights towards 0. The slip leaves them where they are.
"""
    )


@st.fragment
def _derived(title, derive, key):
    """A derivation that is worked out only when it is unfolded."""
    unfolded = st.expander(title, icon=":material/function:", key=f"unfolded_{key}", on_change="rerun")
    if unfolded.open:
        with unfolded:
            derivation_view(derive(), key)
