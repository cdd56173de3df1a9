"""The biases of both layers: why the gradient of a bias is a sum over the batch."""

import streamlit as st

from nnlib.symbolic.derivation.layers import first_biases, second_biases
from nnlib.symbolic.derivation.matrices import first_biases_matrix, second_biases_matrix
from nnlib.symbolic.symbols import symbol_html
from pages.backpropagation.backward_pass import DELTA2, DELTA3, network_and_trace
from pages.backpropagation.one_gradient import entry_and_matrix
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html


def biases_2() -> None:
    """Draw the part on the biases of the output layer."""
    st.markdown(
        r"Each class $k$ has a bias $b^{(2)}_k$. It is added in column $k$ of $z^{(3)} = a^{(2)} W^{(2)} + b^{(2)}$, in every "
        r"row: to the logit of every example."
    )
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
    _derived("b2", second_biases(), second_biases_matrix(), DELTA3, "NK", _without_the_sum)


def _without_the_sum():
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


def biases_1() -> None:
    """Draw the part on the biases of the hidden layer."""
    if not predict(
        "bias_of_a_unit_that_is_off",
        r"Hidden unit $h$ is off for every example of the batch. What is $\partial J/\partial b^{(1)}_h$?",
        ["0", "1", r"The sum of its column in $(\psi - \Delta)/N$"],
        "0",
        r"The bias changes the loss only through $z^{(2)}_{nh}$, and after the mask, $\partial J/\partial z^{(2)}_{nh}$ is 0 "
        "for every example. Such a unit learns nothing from this batch, neither its weights nor its bias.",
    ):
        return
    st.markdown(
        r"The bias $b^{(1)}_h$ is added to column $h$ of $z^{(2)}$, in every row. The steps are those of $b^{(2)}$, one layer "
        "earlier."
    )
    _derived("b1", first_biases(), first_biases_matrix(), DELTA2, "NH")


def _derived(name, entry, matrix, words, letters, remark=lambda: None):
    def numbers():
        _numbers(name, words, letters)
        remark()

    entry_and_matrix(name, entry, matrix, numbers)


def _numbers(name, words, letters):
    _, trace = network_and_trace()
    arrow = trace[name].arrows[0]
    equation_view(
        matrix_html("<b>1</b>ᵀ", arrow.local, "1N", rows=[""]),
        "·",
        matrix_html(words, arrow.upstream, letters),
        "=",
        matrix_html(f"∂<i>J</i>/∂{symbol_html(name)}", arrow.downstream, letters[1]),
    )
