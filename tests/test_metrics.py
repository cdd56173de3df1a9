import numpy as np
import pytest

from nnlib import MLP
from nnlib.metrics import accuracy, confident_mistakes, confusion_matrix, outcome


def test_accuracy_is_the_share_of_right_predictions():
    net = MLP((1, 2), init="zeros")
    net.params["W1"][:] = [[-1, 1]]  # class 1 for positive inputs
    X = np.array([[1.0], [2.0], [-1.0], [-2.0]])
    assert accuracy(net, X, np.array([1, 1, 0, 1])) == 0.75


def test_accuracy_rejects_labels_of_another_length():
    with pytest.raises(ValueError, match="must be 3 integers"):
        accuracy(MLP((1, 2)), np.zeros((3, 1)), [0, 1])


def test_confusion_matrix_counts_true_classes_in_rows():
    matrix = confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    np.testing.assert_array_equal(matrix, [[1, 1], [0, 1]])


def test_confident_mistakes_come_most_confident_first():
    psi = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    assert confident_mistakes(psi, np.array([1, 1, 1]), 5).tolist() == [0, 1]
    assert confident_mistakes(psi, np.array([1, 1, 1]), 1).tolist() == [0]


def test_equally_confident_mistakes_stay_in_order():
    first = np.tile([0.75, 0.875], 100)
    psi = np.column_stack([first, 1 - first])
    assert confident_mistakes(psi, np.ones(200, int), 200).tolist() == [*range(1, 200, 2), *range(0, 200, 2)]


@pytest.mark.parametrize(("val_accuracy", "word"), [(0.9, "learns"), (0.89, "partly"), (0.56, "partly"), (0.54, "stuck")])
def test_the_outcome_is_classified_by_validation_accuracy(val_accuracy, word):
    assert outcome(val_accuracy, np.tile([0, 1], 1000)) == word


def test_chance_is_always_guessing_the_most_frequent_class():
    y = np.tile([0, 1, 1, 1], 1000)
    assert outcome(0.76, y) == "stuck" and outcome(0.78, y) == "partly"


@pytest.mark.parametrize(
    ("right", "of", "word"), [(7, 10, "stuck"), (8, 10, "stuck"), (9, 10, "learns"), (2, 2, "stuck"), (70, 100, "partly")]
)
def test_what_guessing_may_reach_by_luck_on_few_examples_is_no_learning(right, of, word):
    assert outcome(right / of, np.tile([0, 1], of // 2)) == word


def test_always_guessing_a_very_frequent_class_is_no_learning():
    y = np.repeat([0, 1], [950, 50])
    assert outcome(0.95, y) == "stuck" and outcome(0.99, y) == "learns"


def test_a_network_at_chance_seldom_counts_as_having_learned():
    rng, y = np.random.default_rng(0), np.tile([0, 1], 5)
    words = [outcome((rng.integers(0, 2, 10) == y).mean(), y) for _ in range(2000)]
    assert words.count("stuck") >= 0.95 * 2000
