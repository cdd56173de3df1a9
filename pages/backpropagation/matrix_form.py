"""Part 3: every entry of a gradient is a sum over the batch, and one matrix product computes all these sums."""

import streamlit as st

from nnlib.support.colours import GREEN, ORANGE
from nnlib.support.number_text import number_text
from nnlib.symbolic.derivation.layers import first_weights, hidden_gradient, second_weights
from nnlib.symbolic.derivation.matrices import SIZES, first_weights_matrix, hidden_matrix, second_weights_matrix
from pages.backpropagation.backward_pass import DELTA2, DELTA3, network_and_trace
from pages.backpropagation.choices import choose, count
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html
from pages.ui.number_latex import equals, factor_latex, number_latex
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

DERIVED = {"W2": second_weights, "z2": hidden_gradient, "W1": first_weights}
COLLECTED = {"W2": second_weights_matrix, "z2": hidden_matrix, "W1": first_weights_matrix}
LETTERS = {"W2": "hk", "z2": "nh", "W1": "dh"}  # of the row and of the column


def matrix_form():
    """Draw the part."""
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
    number_expander()
    _gradient_on_view()


@st.fragment
def _gradient_on_view():
    with st.container(horizontal=True):
        name = choose("The gradient of", tuple(DERIVED), "gradient")
        way = choose("One entry, or all of them", ("numbers", "derived", "matrices"), "way")
    if way == "derived":
        derivation_view(DERIVED[name](), f"entry_{name}")
    elif way == "matrices":
        st.caption(_sizes_text())
        derivation_view(COLLECTED[name](), f"matrix_{name}")
    else:
        _numbers(name)


def _sizes_text():
    """The sizes of the network in the derivation, and of the learner's."""
    small = ", ".join(f"${letter} = {size}$" for letter, size in zip("NDHK", SIZES))
    own = ", ".join(f"${letter} = {size}$" for letter, size in worked_network().sizes.items())
    return (
        f"These matrices are for a small network with {small}, so that all entries fit on the page. Your network has {own}. "
        f"The result is the same for all sizes: each step only multiplies a row by a column."
    )


def _numbers(name):
    worked, trace = network_and_trace()
    rows, columns = trace[name].value.shape
    row_letter, column_letter = LETTERS[name]
    with st.container(horizontal=True):
        row = count(f"Row {row_letter}", rows, f"row_{name}") - 1
        column = count(f"Column {column_letter}", columns, f"column_{name}") - 1
    {"W2": _output_weight, "z2": _hidden_unit, "W1": _hidden_weight}[name](worked, trace, row, column)


def _output_weight(worked, trace, h, k):
    arrow = trace["W2"].arrows[0]
    a2, delta = trace["a2"].value, arrow.upstream
    weight, factor, changes = f"W^{{(2)}}_{{{h + 1},{k + 1}}}", f"a^{{(2)}}_{{n,{h + 1}}}", f"z^{{(3)}}_{{n,{k + 1}}}"
    st.markdown(
        f"$z^{{(3)}}_{{nk}} = \\sum_h a^{{(2)}}_{{nh}}W^{{(2)}}_{{hk}} + b^{{(2)}}_k$: in every example $n$, the weight "
        f"${weight}$ is multiplied by ${factor}$ and changes ${changes}$. So its gradient is a sum over the batch:"
    )
    heads = ("$n$", f"${factor}$", f"$(\\psi - \\Delta)_{{n,{k + 1}}}/N$", "product")
    _sum_table(heads, [(a, g, a * g) for a, g in zip(a2[:, h], delta[:, k])], arrow.downstream[h, k])
    st.markdown(r"A row of $a^{(2)\top}$ times a column of $(\psi - \Delta)/N$ is the same sum. All entries at once:")
    _product("<i>a</i><sup>(2)</sup>ᵀ", "HN", DELTA3, "NK", arrow, h, k)
    _with_penalty("W2", "W^{(2)}", trace, worked.reg, h, k)


def _hidden_unit(worked, trace, n, h):
    to_logits, to_mask = trace["a2"].arrows[0], trace["z2"].arrows[0]
    delta, W2 = to_logits.upstream[n], trace["W2"].value[h]
    st.markdown(
        f"Unit {h + 1} changes all $K$ logits of example {n + 1}. Add the gradients that come back from these {len(W2)} logits:"
    )
    heads = ("$k$", f"$(\\psi - \\Delta)_{{{n + 1},k}}/N$", f"$W^{{(2)}}_{{{h + 1},k}}$", "product")
    _sum_table(heads, [(g, w, g * w) for g, w in zip(delta, W2)], to_logits.downstream[n, h])
    z2, on = trace["z2"].value[n, h], to_mask.local[n, h]
    st.markdown(
        f"Here $z^{{(2)}}_{{{n + 1},{h + 1}}} = {number_latex(z2)}$, so the ReLU is **{'on' if on else 'off'}** and the sum is "
        f"multiplied by {on:.0f}. The mask depends on $z^{{(2)}}$, not on the gradient. All entries at once:"
    )
    entry = [(n, h)]
    off = [(row, unit) for row, units in enumerate(to_mask.local) for unit, each in enumerate(units) if not each]
    equation_view(
        matrix_html("[" + DELTA3 + "] <i>W</i><sup>(2)</sup>ᵀ", to_logits.downstream, "NH", marked=entry, off=off),
        "∘",
        matrix_html("<b>1</b>[<i>z</i><sup>(2)</sup> &gt; 0]", to_mask.local, "NH", marked=entry, colour=ORANGE),
        "=",
        matrix_html(DELTA2, to_mask.downstream, "NH", marked=entry, colour=GREEN),
    )


def _hidden_weight(worked, trace, d, h):
    arrow = trace["W1"].arrows[0]
    st.markdown(
        "One layer earlier, the sum is the same as for $W^{(2)}$, with $X$ instead of $a^{(2)}$, and with the masked gradient "
        r"$\partial J/\partial z^{(2)}$ instead of $(\psi - \Delta)/N$:"
    )
    heads = ("$n$", f"$x_{{n,{d + 1}}}$", f"$\\partial J/\\partial z^{{(2)}}_{{n,{h + 1}}}$", "product")
    rows = [(x, g, x * g) for x, g in zip(worked.X[:, d], arrow.upstream[:, h])]
    _sum_table(heads, rows, arrow.downstream[d, h])
    st.markdown("An example for which the unit is off adds 0 to this gradient. All entries at once:")
    _product("<i>X</i>ᵀ", "DN", DELTA2, "NH", arrow, d, h)
    _with_penalty("W1", "W^{(1)}", trace, worked.reg, d, h)


def _sum_table(heads, rows, total):
    """The terms of a sum, one in each row, and the sum below them."""
    lines = [" | ".join(heads), " | ".join(["---:"] * len(heads))]
    lines += [" | ".join([str(count), *map(number_text, row)]) for count, row in enumerate(rows, start=1)]
    lines.append(" | ".join(["**sum**", *[""] * (len(heads) - 2), f"**{number_text(total)}**"]))
    st.markdown("\n".join(f"| {line} |" for line in lines))


def _product(left_name, left_letters, right_name, right_letters, arrow, row, column):
    """local @ upstream = downstream, with the row, the column and the entry marked."""
    N = len(arrow.upstream)
    equation_view(
        matrix_html(left_name, arrow.local, left_letters, marked=[(row, n) for n in range(N)]),
        "·",
        matrix_html(right_name, arrow.upstream, right_letters, marked=[(n, column) for n in range(N)], colour=ORANGE),
        "=",
        matrix_html("product", arrow.downstream, left_letters[0] + right_letters[1], marked=[(row, column)], colour=GREEN),
    )


def _with_penalty(name, symbol, trace, reg, row, column):
    value, gradient = trace[name].value[row, column], trace[name].gradient[row, column]
    product = trace[name].arrows[0].downstream[row, column]
    pull = trace[name].arrows[1].downstream[row, column]
    entry, sign = f"{symbol}_{{{row + 1},{column + 1}}}", equals(product, pull, gradient)
    st.markdown(
        f"The penalty adds $2\\lambda {entry} = 2 \\cdot {number_latex(reg)} \\cdot {factor_latex(value)}$. In total "
        f"$\\partial\\tilde J/\\partial {entry} {sign} {number_latex(product)} + {factor_latex(pull)} {sign} "
        f"{number_latex(gradient)}$."
    )
