"""The names that runs have by themselves, and how two runs are compared in words."""

import pytest

from nnlib.runs.differences import comparison, run_name, same_data
from tests.runs.runs_helpers import settings


def about(from_step=None, **changed):
    return {"kind": "train", "settings": settings(**changed)} | ({} if from_step is None else {"from_step": from_step})


def control(step, **changed):
    return {"event": "control", "step": step, "changed": changed}


@pytest.mark.parametrize(
    "run, before, controls, name",
    [
        (about(), None, [], "H 12"),
        (about(learning_rate=0.3), about(), [], "learning rate 0.3"),
        (about(hidden=[20, 10], flips=True), about(), [], "hidden layers 20·10"),  # moons are no images to be mirrored
        (about(), about(optimiser="sgd"), [], "optimiser SGD with momentum"),
        (about(), about(), [], "the same again"),
        (about(seed=4), about(), [control(90, reg=0.01), control(95, reg=0.02)], "seed 4, then penalty λ 0.02"),
        (about(), about(), [control(9, **{"W1[0,1]": 2.0})], "then weights set by hand"),
        (about(1024), about(), [control(90, reg=0.1), control(1024, learning_rate=0.3)], "from step 1,024, learning rate 0.3"),
        (about(seed=1, reg=0.0, batch_size=8, learning_rate=1.0), about(), [],
         "learning rate 1, batch size 8, penalty λ 0 and 1 more"),
    ],
)  # fmt: skip
def test_a_run_is_named_by_what_differs_from_the_one_before(run, before, controls, name):
    assert run_name(run, before, "H 12", controls) == name


def test_two_runs_are_compared_in_words():
    assert comparison(about(), about()) == (
        "Both have the same data, the same batches, the same initial weights. Their settings are the same."
    )
    assert comparison(about(batch_size=8), about()) == (
        "Both have the same data, the same initial weights. Different: batch size 8 here, 32 there."
    )
    assert comparison(about(seed=4), about()) == "Different: seed 4 here, 3 there."
    assert comparison(about(seed=4, data_seed=3), about()) == "Both have the same data. Different: seed 4 here, 3 there."
    assert comparison(about(data_seed=4), about()) == (
        "Both have the same initial weights. Different: seed of the data 4 here, 3 there."
    )


@pytest.mark.parametrize(
    "changed, same",
    [({"learning_rate": 1.0}, True), ({"noise": 0.5}, False), ({"seed": 9}, False), ({"seed": 9, "data_seed": 3}, True)],
)
def test_planes_are_compared_where_the_points_are_the_same(changed, same):
    assert same_data(about(**changed), about()) is same
