"""What docs/classroom.md says of the learning rate on Train."""

from dataclasses import replace

import numpy as np
import pytest

from nnlib.experiment.presets import PRESETS
from nnlib.training import Diverged, Frame
from pages.live.live_view import SLIDERS


def last(training, kind, steps):
    """The newest event of a kind in the next steps."""
    return [event for event in training.events(steps, seconds=0) if isinstance(event, kind)][-1]


@pytest.mark.parametrize("seed", [0, 1])
def test_a_rate_dragged_to_the_right_end_kills_almost_every_unit_for_good(seed):
    experiment = replace(PRESETS["spiral"], seed=seed)
    training = experiment.training_on(experiment.load())
    before = last(training, Frame, 500).diagnostics[0]["update_ratio"]
    for rate in np.geomspace(experiment.learning_rate, SLIDERS["learning_rate"][1], 100):
        training.change(learning_rate=rate)
        frame = last(training, Frame, 1)
        if rate < 5:
            assert frame.diagnostics[0]["dead_share"] < 0.5
    assert frame.diagnostics[0]["update_ratio"] > 20 * before  # the gauge showed it
    assert last(training, Frame, 500).diagnostics[0]["dead_share"] > 0.9
    training.change(learning_rate=experiment.learning_rate)
    assert last(training, Frame, 500).diagnostics[0]["dead_share"] > 0.9


def test_the_preset_that_diverges_does_so_at_once():
    experiment = PRESETS["diverging"]
    training = experiment.training_on(experiment.load())
    assert last(training, Diverged, 20).step == 3
