"""How precisely accuracies are known: from how many examples they come, and what the answers to each say."""

import numpy as np
import pytest

from nnlib.data import DATASETS
from nnlib.studies.chance import Accuracies, accuracies_of, clear_difference, judged_on, packed, unpacked
from nnlib.studies.plans import planned
from nnlib.studies.records import COMPLETE, TrialRecord


@pytest.mark.parametrize("dataset", ["digits", "spiral", "moons", "blobs"])
@pytest.mark.parametrize("train_share", [0.1, 0.5, 0.77, 0.9])
def test_the_catalogue_lists_the_sizes_of_the_data(dataset, train_share):
    data, entry = planned("hidden", dataset, train_share=train_share).load(), DATASETS[dataset]
    assert entry.examples(train_share) == (len(data.y_train), len(data.y_val), len(data.y_test))
    assert (entry.inputs, entry.image_shape, entry.class_names) == (data.input_size, data.image_shape, data.class_names)


def test_each_network_has_a_separate_validation_split_unless_it_is_fixed():
    assert judged_on(planned("hidden", "moons", train_share=0.9, seeds=3)) == 90
    assert judged_on(planned("hidden", "digits", seeds=3)) == 750
    assert judged_on(planned("hidden", "cifar10", seeds=3)) == 1000


def test_answers_take_a_bit_each():
    correct = np.random.default_rng(0).random(1001) < 0.5
    assert (unpacked(packed(correct), 1001) == correct).all() and len(packed(correct)) == 168


def test_the_difference_on_the_same_examples_is_as_precise_as_in_mcnemar_s_test():
    """90 examples only the first answers, 40 only the second, of 1,000: √((90 + 40) − (90 − 40)² / 1000) / 1000."""
    correct = np.zeros((2, 1000))
    correct[0, :490] = correct[1, 90:530] = 1
    paired = Accuracies(correct.mean(axis=1), 1000, correct)
    alone = Accuracies(correct.mean(axis=1), 1000)
    error = np.sqrt(130 - 50**2 / 1000) / 1000
    assert paired.error(np.array([1, -1])) == pytest.approx(error)
    assert paired.margins(0)[1] == pytest.approx(1.959964 * error)
    assert paired.margins(0, 5)[1] == pytest.approx(2.575829 * error)  # 1 − 0.05 / 10, on either side
    assert paired.margins(0)[0] == 0
    assert alone.error(np.array([1, -1])) == pytest.approx(np.sqrt((0.49 * 0.51 + 0.44 * 0.56) / 1000))
    assert alone.margins(0)[1] == pytest.approx(1.959964 * alone.error(np.array([1, -1])))
    value, low, high = paired.estimate(np.array([1, -1]))
    assert (value, high - value, value - low) == pytest.approx((0.05, 1.959964 * error, 1.959964 * error))
    assert paired.estimate(np.array([1, -1]), 0.6)[1] == pytest.approx(0.05 - 0.841621 * error)


def test_a_clear_difference_of_independent_accuracies():
    assert clear_difference(0.5, 0.5, 1000) == pytest.approx(1.959964 * np.sqrt(0.5 / 1000))
    assert clear_difference(0.4, 0.6, 1000, 5) == pytest.approx(2.575829 * np.sqrt(0.5 / 1000))


def trial(*networks):
    accuracies = tuple(float(each.mean()) for each in networks)
    return TrialRecord(0, {}, COMPLETE, sum(accuracies) / len(accuracies), accuracies, answers=tuple(map(packed, networks)))


def test_answers_of_several_networks_count_by_example_where_they_share_the_split():
    first, second = np.arange(1000) < 600, np.arange(1000) >= 500
    found = accuracies_of(planned("hidden", "cifar10", seeds=2), [[trial(first, second)]])
    assert found.examples == 1000 and found.correct.shape == (1, 1000)
    assert found.mean[0] == found.correct.mean() == 0.55 and found.correct[0, [0, 550, 900]].tolist() == [0.5, 1, 0.5]
    first, second = np.arange(250) < 200, np.arange(250) < 100
    found = accuracies_of(planned("hidden", "digits", seeds=2), [[trial(first, second)], [trial(second, second)]])
    assert found.examples == 500 and found.correct.shape == (2, 500) and found.correct[0].tolist() == [*first, *second]
    assert found.mean == pytest.approx([0.6, 0.4])


def test_a_trial_without_answers_makes_all_of_them_independent():
    answered = np.arange(250) < 200
    settings = planned("hidden", "digits", seeds=1)
    found = accuracies_of(settings, [[trial(answered)], [TrialRecord(1, {}, COMPLETE, 0.8, (0.8,))]])
    assert found.correct is None and found.mean == pytest.approx([0.8, 0.8])
    assert accuracies_of(settings, [[trial(answered)]]).correct is not None
