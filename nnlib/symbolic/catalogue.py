"""All derivations, in the order of the lessons. Each is derived once for a server, and then shared."""

from functools import cache

from nnlib.symbolic import cross_entropy, layers, matrices, softmax
from nnlib.symbolic.derivation import Derivation
from nnlib.symbolic.samples import CLASSES
from nnlib.validation import integer


@cache
def derived(rule, *numbers) -> Derivation:
    """The derivation that the function `rule` writes for these numbers."""
    return rule(*numbers)


def all_derivations(classes) -> list[Derivation]:
    """Those for any number of classes, and all entries written out for `classes` of them. Raises ValueError unless 2 to 6."""
    numbers = range(1, integer("K", classes, *CLASSES) + 1)
    pairs = [(row, column) for row in numbers for column in numbers]
    return [
        derived(softmax.softmax_derivative_general),
        *(derived(softmax.softmax_derivative, classes, row, column) for row, column in pairs),
        derived(softmax.jacobian, classes),
        derived(softmax.row_sum),
        derived(softmax.shift_invariance),
        derived(softmax.temperature),
        derived(cross_entropy.log_derivative),
        derived(cross_entropy.logit_gradient_general),
        *(derived(cross_entropy.logit_gradient, classes, label, column) for label, column in pairs),
        derived(cross_entropy.batch_gradient),
        derived(layers.second_weights),
        derived(layers.second_biases),
        derived(layers.hidden_gradient),
        derived(layers.first_weights),
        derived(layers.first_biases),
        derived(layers.penalty_gradient),
        derived(matrices.second_weights_matrix),
        derived(matrices.second_biases_matrix),
        derived(matrices.hidden_matrix),
        derived(matrices.first_weights_matrix),
    ]
