"""What is known of data without loading them is what they are like."""

import pytest

from nnlib.studies.data_sizes import data_sizes, judged_on
from nnlib.studies.plans import planned


@pytest.mark.parametrize("dataset", ["digits", "spiral", "moons", "blobs"])
@pytest.mark.parametrize("train_share", [0.1, 0.5, 0.77, 0.9])
def test_the_sizes_are_those_of_the_data(dataset, train_share):
    settings = planned("hidden", dataset, train_share=train_share)
    sizes, data = data_sizes(settings), settings.load()
    assert sizes[2:] == (len(data.y_train), len(data.y_val), len(data.y_test))
    assert sizes.inputs == data.input_size


def test_each_network_has_validation_examples_of_its_own_unless_the_split_is_fixed():
    assert judged_on(planned("hidden", "moons", train_share=0.9, seeds=3)) == 90
    assert judged_on(planned("hidden", "digits", seeds=3)) == 750
    assert judged_on(planned("hidden", "cifar10", seeds=3)) == 1000
