"""The first lesson's computation as a few lines of Python with the learner's own numbers, and what they print."""

import numpy as np

from nnlib.losses import softmax
from pages.worked_example.worked_network import WorkedNetwork


def code_of(work: WorkedNetwork) -> str:
    """Lines to run in a notebook."""
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
    """What they print."""
    z, a = work.net.forward(work.X)
    loss, _ = work.net.loss(work.X, work.y, work.reg)
    return "\n".join(str(result) for result in (z[2], a[2], z[3], softmax(z[3]), loss))


def _assigned(start, array):
    """`start` and the array as Python reads it, a row a line, each below the first."""
    options = {"separator": ", ", "threshold": array.size + 1, "floatmode": "unique", "max_line_width": 200}
    return start + np.array2string(array, prefix=start, **options)
