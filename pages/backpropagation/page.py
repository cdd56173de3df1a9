"""Lesson 3, cross-entropy and the chain rule: from the loss back to every weight, in symbols and in numbers."""

from pages.backpropagation.biases import biases_1, biases_2
from pages.backpropagation.graph import graph
from pages.backpropagation.hidden_sums import hidden_sums
from pages.backpropagation.in_code import in_code
from pages.backpropagation.logits import logits
from pages.backpropagation.one_step import one_step
from pages.backpropagation.one_unit import one_unit
from pages.backpropagation.penalty import penalty
from pages.backpropagation.weights import weights_1, weights_2
from pages.lesson.lesson import lesson
from pages.lesson.lessons import following, named_parts

lesson(
    "backpropagation",
    [
        "derive from two facts how the loss changes with every logit, with the right sign",
        "go back through the network, and name the upstream, the local and the downstream gradient at each node",
        "write the gradient of every weight and bias as a matrix expression, and compute one entry by hand",
    ],
    named_parts(
        "backpropagation",
        one_unit,
        graph,
        logits,
        weights_2,
        biases_2,
        hidden_sums,
        weights_1,
        biases_1,
        penalty,
        one_step,
        in_code,
    ),
    [
        r"Softmax and cross-entropy together have the gradient $(\psi - \Delta)/N$: the probabilities minus the one-hot "
        r"labels, divided by $N$.",
        "At each node, the upstream gradient is multiplied by the local one; where several paths come back to a node, their "
        "gradients add.",
        "A gradient has the shape of its variable, and every sum in it runs over all numbers that the variable influences.",
    ],
    following("backpropagation"),
)
