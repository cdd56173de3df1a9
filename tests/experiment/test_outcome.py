"""How a run went, in one word."""

import numpy as np
import pytest

from nnlib.experiment.outcome import outcome


@pytest.mark.parametrize(("accuracy", "said"), [(0.95, "learns"), (0.7, "partly"), (0.52, "stuck")])
def test_the_outcome_by_validation_accuracy(accuracy, said):
    assert outcome(accuracy, np.array([0, 1])) == said
