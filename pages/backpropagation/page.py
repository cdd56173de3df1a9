"""Cross-entropy and the chain: from the loss back to every weight, in symbols and in the numbers of the small network."""

from pages.backpropagation.biases_and_penalty import biases_and_penalty
from pages.backpropagation.graph import graph
from pages.backpropagation.in_code import in_code
from pages.backpropagation.logits import logits
from pages.backpropagation.matrix_form import matrix_form
from pages.backpropagation.one_step import one_step
from pages.lesson.lesson import lesson

lesson(
    "backpropagation",
    "Cross-entropy and the chain",
    [
        r"derive from two facts how the loss changes with every logit, each sign in its place",
        "walk back through the network and say at each node what is upstream, what is local, and what goes on downstream",
        "write the gradient of every weight and bias as a matrix expression, and compute one entry by hand",
    ],
    {
        "From (1) and (2)": logits,
        "The graph": graph,
        "Matrix form": matrix_form,
        "Biases and penalty": biases_and_penalty,
        "One step": one_step,
        "In code": in_code,
    },
    [
        r"Softmax and cross-entropy together have the gradient $(\psi - \Delta)/N$: what the network said, minus what was "
        r"right.",
        "At each node the upstream gradient is multiplied by the local one; where ways meet on the way back, gradients add.",
        "A gradient has the shape of what it belongs to, and every sum in it runs over whatever that parameter has touched.",
    ],
    ("gradient_check/page.py", "Next: check a gradient, and find the slips in others"),
)
