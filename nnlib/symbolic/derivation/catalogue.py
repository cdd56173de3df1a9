"""All derivations, in the order of the lessons."""

from nnlib.support.validation import integer
from nnlib.symbolic.derivation import convolution, cross_entropy, layers, matrices, one_unit, signal, softmax, softmax_cases
from nnlib.symbolic.derivation.derivation import Derivation
from nnlib.symbolic.derivation.points import CLASSES


def all_derivations(classes: int) -> list[Derivation]:
    """Those for any number of classes, and all entries written out for `classes` of them. Raises ValueError unless 2 to 6."""
    numbers = range(1, integer("K", classes, *CLASSES) + 1)
    pairs = [(row, column) for row in numbers for column in numbers]
    return [
        softmax_cases.same_class(),
        softmax_cases.other_class(),
        softmax.softmax_derivative_general(),
        *(softmax.softmax_derivative(classes, row, column) for row, column in pairs),
        softmax.jacobian(classes),
        softmax.row_sum(),
        softmax.shift_invariance(),
        softmax.temperature(),
        one_unit.one_weight(),
        cross_entropy.log_derivative(),
        cross_entropy.logit_gradient_general(),
        *(cross_entropy.logit_gradient(classes, label, column) for label, column in pairs),
        cross_entropy.batch_gradient(),
        layers.second_weights(),
        layers.second_biases(),
        layers.hidden_gradient(),
        layers.first_weights(),
        layers.first_biases(),
        layers.penalty_gradient(),
        matrices.second_weights_matrix(),
        matrices.second_biases_matrix(),
        matrices.hidden_matrix(),
        matrices.first_weights_matrix(),
        matrices.first_biases_matrix(),
        signal.sum_of_a_unit(),
        signal.half_of_a_normal(),
        signal.all_layers(),
        signal.he_variance(),
        signal.gradient_of_a_unit(),
        signal.residual_sum(),
        signal.residual_gradient(),
        signal.normalised_by_layer(),
        convolution.shared_weight(),
        convolution.one_pixel(),
    ]
