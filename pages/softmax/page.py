"""Lesson 2, the softmax derivative: probabilities, their derivative, the Jacobian, and numerical stability."""

from functools import partial

from pages.lesson.lesson import lesson
from pages.lesson.lessons import following, named_parts
from pages.softmax.entry import any_k, one_entry, other_class, same_class
from pages.softmax.in_code import in_code
from pages.softmax.invariance import invariance
from pages.softmax.jacobian import jacobian
from pages.softmax.probabilities import probabilities
from pages.softmax.state import softmax_state

state = softmax_state()

lesson(
    "softmax",
    able=[
        "explain how each probability changes when a logit changes",
        r"derive $\partial \psi_i / \partial z_j$ from the quotient rule, for $i = j$ and $i \ne j$, and write both as one",
        "write a softmax that does not overflow, and explain why it gives the same result",
    ],
    parts=named_parts(
        "softmax",
        partial(probabilities, state),
        partial(one_entry, state),
        partial(same_class, state),
        partial(other_class, state),
        partial(any_k, state),
        partial(jacobian, state),
        partial(invariance, state),
        partial(in_code, state),
    ),
    remember=[
        "Softmax turns logits into positive numbers that add up to 1, and only the differences between logits matter.",
        r"$\partial \psi_i / \partial z_j = \psi_i (\delta_{ij} - \psi_j)$: positive for the logit of the same class, "
        "negative for every other.",
        "Subtract the largest logit before `exp`: the probabilities stay the same, and nothing overflows.",
    ],
    onward=following("softmax"),
    messages=state.messages,
)
