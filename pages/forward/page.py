"""Lesson 1, the forward pass: every number of one small network, computed step by step and compared with nnlib's."""

from pages.forward.hidden_layer import hidden_layer
from pages.forward.in_code import in_code
from pages.forward.loss import loss
from pages.forward.network import network
from pages.forward.output import output
from pages.forward.relu import relu
from pages.forward.what_if import what_if
from pages.lesson.lesson import lesson
from pages.lesson.lessons import following, named_parts

lesson(
    "forward",
    able=[
        "compute every number of a small network by hand, from the inputs to the loss",
        "give the shape of each matrix, and explain why two shapes fit",
        "explain what a ReLU, a softmax and a penalty do to the numbers",
    ],
    parts=named_parts("forward", network, hidden_layer, relu, output, loss, what_if, in_code),
    remember=[
        "Each layer is one matrix product and one addition; the inner sizes must be equal, and each row is one example.",
        "A ReLU passes on positive numbers and sets the others to 0; softmax turns logits into probabilities, and only the "
        "differences between the logits matter.",
        "The loss is the mean of $-\\log \\psi_y$, and guessing costs $\\log K$; the penalty adds $\\lambda$ times the sum of "
        "all squared weights.",
    ],
    onward=following("forward"),
)
