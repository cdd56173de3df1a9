"""What the parts on one gradient share: its derivation for one entry and for all of them, a table of a sum, and the penalty."""

from collections.abc import Callable, Sequence
from itertools import chain

import streamlit as st

from nnlib.support.colours import GREEN, ORANGE
from nnlib.support.number_text import number_text
from nnlib.symbolic.derivation.derivation import Derivation
from nnlib.symbolic.derivation.matrices import SIZES
from nnlib.teaching.backward_trace import Arrow, Node
from pages.backpropagation.backward_pass import network_and_trace
from pages.backpropagation.choices import count
from pages.lesson.derivation_view import derivation_view
from pages.ui.matrix_view import equation_view, matrix_html
from pages.ui.number_latex import equals, factor_latex, number_latex, rounded
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import WorkedNetwork, worked_network

ROUNDED = "Rounded to four digits. With the numbers as they are shown, the last digit may come out differently."


def derived_and_computed(
    name: str,
    entry: Derivation,
    matrix: Derivation,
    letters: str,
    numbers: Callable[[WorkedNetwork, dict[str, Node], int, int], None],
) -> None:
    """Draw the path of a part: one entry in symbols, all entries as matrices, and then the numbers of the small network.

    Parameters
    ----------
    name : of the node
    entry, matrix : the derivations
    letters : of the row and of the column, such as "hk"
    numbers : draws the numbers of an entry, whose row and column it is given, from 0
    """
    entry_and_matrix(name, entry, matrix, lambda: _numbers(name, letters, numbers))


def entry_and_matrix(name: str, entry: Derivation, matrix: Derivation, numbers: Callable[[], None]) -> None:
    """Draw the derivations of one entry and of all entries, and the numbers. What follows a derivation gives its end away."""

    def all_entries():
        st.subheader("All entries at once", anchor=False)
        st.caption(_sizes_text())
        derivation_view(matrix, f"matrix_{name}", after=with_numbers)

    def with_numbers():
        st.subheader("With the numbers of your network", anchor=False)
        number_expander()
        numbers()

    st.subheader("One entry, in symbols", anchor=False)
    derivation_view(entry, f"entry_{name}", after=all_entries)


@st.fragment
def _numbers(name, letters, numbers):
    worked, trace = network_and_trace()
    rows, columns = trace[name].value.shape
    with st.container(horizontal=True):
        row = count(f"Row {letters[0]}", rows, f"row_{name}") - 1
        column = count(f"Column {letters[1]}", columns, f"column_{name}") - 1
    numbers(worked, trace, row, column)


def _sizes_text():
    """The sizes of the network in the derivation, and of the learner's."""
    small = ", ".join(f"${letter} = {size}$" for letter, size in zip("NDHK", SIZES))
    own = ", ".join(f"${letter} = {size}$" for letter, size in worked_network().sizes.items())
    return (
        f"These matrices are for a small network with {small}, so that all entries fit on the page. Your network has {own}. "
        f"The result is the same for all sizes: each step only multiplies a row by a column."
    )


def sum_table(heads: Sequence[str], rows: Sequence[Sequence[float]], total: float) -> None:
    """Draw the terms of a sum, one in each row, and the sum below them."""
    lines = [" | ".join(heads), " | ".join(["---:"] * len(heads))]
    lines += [" | ".join([str(count), *map(number_text, row)]) for count, row in enumerate(rows, start=1)]
    lines.append(" | ".join(["**sum**", *[""] * (len(heads) - 2), f"**{number_text(total)}**"]))
    st.markdown("\n".join(f"| {line} |" for line in lines))
    if any(rounded(value, 4) != value for value in (*chain(*rows), total)):
        st.caption(ROUNDED)


def product_view(
    left_name: str, left_letters: str, right_name: str, right_letters: str, arrow: Arrow, row: int, column: int
) -> None:
    """Draw local @ upstream = downstream, with the row, the column and the entry marked."""
    N = len(arrow.upstream)
    equation_view(
        matrix_html(left_name, arrow.local, left_letters, marked=[(row, n) for n in range(N)]),
        "·",
        matrix_html(right_name, arrow.upstream, right_letters, marked=[(n, column) for n in range(N)], colour=ORANGE),
        "=",
        matrix_html("product", arrow.downstream, left_letters[0] + right_letters[1], marked=[(row, column)], colour=GREEN),
    )


def with_penalty(name: str, symbol: str, trace: dict[str, Node], reg: float, row: int, column: int) -> None:
    """Draw the entry's gradient with what the penalty adds."""
    value, gradient = trace[name].value[row, column], trace[name].gradient[row, column]
    product = trace[name].arrows[0].downstream[row, column]
    pull = trace[name].arrows[1].downstream[row, column]
    entry, sign = f"{symbol}_{{{row + 1},{column + 1}}}", equals(product, pull, gradient)
    st.markdown(
        f"The penalty adds $2\\lambda {entry} = 2 \\cdot {number_latex(reg)} \\cdot {factor_latex(value)}$. In total "
        f"$\\partial\\tilde J/\\partial {entry} {sign} {number_latex(product)} + {factor_latex(pull)} {sign} "
        f"{number_latex(gradient)}$."
    )
