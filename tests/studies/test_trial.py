"""The work on one point."""

import pytest

from nnlib.cluster.task import Abandoned
from nnlib.metrics import accuracy
from nnlib.studies.chance import unpacked
from nnlib.studies.trial import train_point
from tests.studies.studies_helpers import tiny


def test_each_network_equals_the_train_result_for_its_seed():
    settings = tiny(seeds=2, seed=4)
    found = train_point(settings, {"hidden": 12})
    for k, seed in enumerate((4, 5)):
        experiment = settings.experiment({"hidden": 12}, k)
        assert experiment.seed == seed
        data = experiment.load()
        training = experiment.training_on(data)
        for _ in training.events():
            pass
        assert found["val_accuracies"][k] == accuracy(training.network, data.X_val, data.y_val)
        assert found["test_accuracies"][k] == accuracy(training.network, data.X_test, data.y_test)
        right = training.network.predict(data.X_val) == data.y_val
        assert (unpacked(found["answers"][k], len(data.y_val)) == right).all()
        assert found["curves"][k][-1][0] == 200 and found["curves"][k][-1][2] == found["val_accuracies"][k]


def test_rungs_are_tenths_of_the_first_network_and_change_nothing():
    settings, news_of = tiny(seeds=2), []
    found = train_point(settings, {"hidden": 12}, send=news_of.append, rungs=True)
    rungs = [news for news in news_of if "rung" in news]
    assert [(news["rung"], news["step"]) for news in rungs] == [(k, 20 * k) for k in range(1, 10)]
    assert {news["network"] for news in rungs} == {0} and all(0 <= news["accuracy"] <= 1 for news in rungs)
    plain = train_point(settings, {"hidden": 12})
    assert found | {"seconds": 0} == plain | {"seconds": 0}


def test_training_ends_when_its_result_is_no_longer_wanted():
    settings = tiny(iterations=1_000_000)
    with pytest.raises(Abandoned):
        train_point(settings, {"hidden": 12}, wanted=lambda: False)


def test_a_diverging_network_is_counted_and_still_evaluated():
    found = train_point(tiny("lr", init="normal", std=3.0, hidden=(50, 50)), {"learning_rate": 50.0})
    assert found["diverged"] == 2 and all(0 <= accuracy < 0.5 for accuracy in found["val_accuracies"])
