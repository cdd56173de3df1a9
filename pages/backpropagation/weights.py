"""The weights of both layers: every entry of their gradient is a sum over the batch, and one matrix product computes all."""

import streamlit as st

from nnlib.symbolic.derivation.layers import first_weights, second_weights
from nnlib.symbolic.derivation.matrices import first_weights_matrix, second_weights_matrix
from pages.backpropagation.backward_pass import DELTA2, DELTA3
from pages.backpropagation.one_gradient import derived_and_computed, product_view, sum_table, with_penalty
from pages.lesson.prediction import predict


def weights_2() -> None:
    """Draw the part on the weights of the output layer."""
    st.markdown(
        r"The gradient of the logits is known: $\;\partial J/\partial z^{(3)} = (\psi - \Delta)/N$. It is the upstream "
        r"gradient of everything in $z^{(3)} = a^{(2)}W^{(2)} + b^{(2)}$. First the weights $W^{(2)}$."
    )
    if not predict(
        "unit_that_is_off",
        r"For example $n$, hidden unit $h$ is off: $a^{(2)}_{nh} = 0$. What does this example add to $\partial J/\partial "
        r"W^{(2)}_{hk}$, the gradient of a weight from this unit to class $k$?",
        ["Nothing", r"$(\psi - \Delta)_{nk}/N$, as for every unit", r"It depends on $W^{(2)}_{hk}$"],
        "Nothing",
        r"The weight changes the loss through $a^{(2)}_{nh}W^{(2)}_{hk}$, which is 0 for any weight. The gradient is a sum "
        r"over the batch of $a^{(2)}_{nh}\,(\psi - \Delta)_{nk}/N$. Below, you see these sums, and the matrix product that "
        r"computes all of them.",
    ):
        return
    derived_and_computed("W2", second_weights(), second_weights_matrix(), "hk", _output_weight)


def weights_1() -> None:
    """Draw the part on the weights of the hidden layer."""
    st.markdown(
        r"You have $\partial J/\partial z^{(2)}$, the upstream gradient of $z^{(2)} = XW^{(1)} + b^{(1)}$. The weights "
        r"$W^{(1)}$ stand in it as $W^{(2)}$ stands in $z^{(3)}$, so their gradient is derived in the same steps."
    )
    if not predict(
        "input_that_is_zero",
        r"Input $d$ is 0 in every example of the batch. What is $\partial J/\partial W^{(1)}_{dh}$, the gradient of a weight "
        r"from this input?",
        ["0", r"$\partial J/\partial z^{(2)}_{nh}$, summed over the batch", r"It depends on $W^{(1)}_{dh}$"],
        "0",
        r"The weight changes $z^{(2)}_{nh}$ only through $x_{nd}W^{(1)}_{dh}$. The local gradient is $x_{nd}$, and it is 0 in "
        "every example.",
    ):
        return
    derived_and_computed("W1", first_weights(), first_weights_matrix(), "dh", _hidden_weight)


def _output_weight(worked, trace, h, k):
    arrow = trace["W2"].arrows[0]
    a2, dz = trace["a2"].value, arrow.upstream
    weight, factor, changes = f"W^{{(2)}}_{{{h + 1},{k + 1}}}", f"a^{{(2)}}_{{n,{h + 1}}}", f"z^{{(3)}}_{{n,{k + 1}}}"
    st.markdown(
        f"$z^{{(3)}}_{{nk}} = \\sum_h a^{{(2)}}_{{nh}}W^{{(2)}}_{{hk}} + b^{{(2)}}_k$: in every example $n$, the weight "
        f"${weight}$ is multiplied by ${factor}$ and changes ${changes}$. So its gradient is a sum over the batch:"
    )
    heads = ("$n$", f"${factor}$", f"$(\\psi - \\Delta)_{{n,{k + 1}}}/N$", "product")
    sum_table(heads, [(a, g, a * g) for a, g in zip(a2[:, h], dz[:, k])], arrow.downstream[h, k])
    st.markdown(r"A row of $a^{(2)\top}$ times a column of $(\psi - \Delta)/N$ is the same sum. All entries at once:")
    product_view("<i>a</i><sup>(2)</sup>ᵀ", "HN", DELTA3, "NK", arrow, h, k)
    with_penalty("W2", "W^{(2)}", trace, worked.reg, h, k)


def _hidden_weight(worked, trace, d, h):
    arrow = trace["W1"].arrows[0]
    st.markdown(
        "One layer earlier, the sum is the same as for $W^{(2)}$, with $X$ instead of $a^{(2)}$, and with the masked gradient "
        r"$\partial J/\partial z^{(2)}$ instead of $(\psi - \Delta)/N$:"
    )
    heads = ("$n$", f"$x_{{n,{d + 1}}}$", f"$\\partial J/\\partial z^{{(2)}}_{{n,{h + 1}}}$", "product")
    rows = [(x, g, x * g) for x, g in zip(worked.X[:, d], arrow.upstream[:, h])]
    sum_table(heads, rows, arrow.downstream[d, h])
    st.markdown("An example for which the unit is off adds 0 to this gradient. All entries at once:")
    product_view("<i>X</i>ᵀ", "DN", DELTA2, "NH", arrow, d, h)
    with_penalty("W1", "W^{(1)}", trace, worked.reg, d, h)
