"""The number of examples behind an accuracy, known without loading the data."""

import pytest

from nnlib.data import DATASETS
from nnlib.studies.chance import judged_on
from nnlib.studies.plans import planned


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
