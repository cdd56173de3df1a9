"""The columns of a run's metrics."""

import pytest

from nnlib.runs.server.downloads import _csv

ALWAYS = "step,loss,train_accuracy,val_loss,val_accuracy"


class Run:
    """A run whose second step was evaluated."""

    def __init__(self, **more):
        evaluation = {"event": "evaluation", "step": 2, "train_accuracy": 0.5, "val_loss": 1.5, "val_accuracy": 0.25}
        self.log = [{"event": "metrics", "first": 1, "loss": [3.0, 2.0]}, evaluation | more]

    def events(self):
        return iter(self.log)


@pytest.mark.parametrize("more", [{}, {"val_accuracy_train_mode": None}])
def test_each_step_is_a_row(more):
    assert "".join(_csv(Run(**more))).split() == [ALWAYS, "1,3.0,,,", "2,2.0,0.5,1.5,0.25"]


def test_the_accuracy_in_training_mode_is_a_column_where_it_was_measured():
    text = "".join(_csv(Run(val_accuracy_train_mode=0.125)))
    assert text.split() == [f"{ALWAYS},val_accuracy_train_mode", "1,3.0,,,,", "2,2.0,0.5,1.5,0.25,0.125"]
