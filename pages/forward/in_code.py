"""Part 7: the functions of nnlib, and this network as a few lines of Python with the output that they print."""

import numpy as np
import streamlit as st

from nnlib import MLP
from nnlib.losses import cross_entropy, softmax
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import WorkedNetwork, worked_network


def in_code() -> None:
    """Draw the part."""
    work = worked_network()
    st.markdown("These functions of nnlib compute all numbers of this lesson.")
    with st.container(horizontal=True):
        source_view(MLP.forward, r"z^{(l+1)} = a^{(l)} W^{(l)} + b^{(l)}, \quad a^{(l)} = \max(0, z^{(l)})")
        source_view(softmax, r"\psi = e^z / \sum e^z")
        source_view(cross_entropy, r"J = -\tfrac1N \sum_n \log \psi_{n,\,y_n}")
    if not predict(
        "forward_code",
        "`z, a = net.forward(X)`: what does `z[3]` hold?",
        ("The logits, N×K", "The sums of the hidden units, N×H", "The row of example 3"),
        "The logits, N×K",
        "The keys of `z` are layers: `z[2]` belongs to the hidden units, and `z[3]` to the output, as in $z^{(3)}$.",
    ):
        return
    st.markdown(
        "Run these lines in a notebook or a Python shell. They contain your numbers. In code, counting starts at 0: class 1 "
        "is label 0."
    )
    number_expander()
    st.code(code_of(work), language="python")
    st.markdown("They print:")
    st.code(printed_by(work), language=None)


def code_of(work: WorkedNetwork) -> str:
    """Python lines that compute the small network."""
    params = "\n".join(_assigned(f'net.params["{name}"][...] = ', array) for name, array in work.net.params.items())
    return f"""import numpy as np
from nnlib import TwoLayerNet
from nnlib.losses import softmax

{_assigned("X = np.array(", work.X)})
{_assigned("y = np.array(", work.y)})
net = TwoLayerNet{work.net.sizes}
{params}

z, a = net.forward(X)
psi = softmax(z[3])
loss, grads = net.loss(X, y, reg={work.reg})
for result in (z[2], a[2], z[3], psi, loss):
    print(result)"""


def printed_by(work: WorkedNetwork) -> str:
    """The output of these lines."""
    z, a = work.net.forward(work.X)
    loss, _ = work.net.loss(work.X, work.y, work.reg)
    return "\n".join(str(result) for result in (z[2], a[2], z[3], softmax(z[3]), loss))


def _assigned(start, array):
    """`start` and the array as Python source: one line for each row, aligned below the first."""
    options = {"separator": ", ", "threshold": array.size + 1, "floatmode": "unique", "max_line_width": 200}
    return start + np.array2string(array, prefix=start, **options)
