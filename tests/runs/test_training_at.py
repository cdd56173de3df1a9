"""The training of a run as it stood after a step: from its checkpoint, or from a snapshot."""

import pytest

from nnlib.experiment.settings import Experiment
from nnlib.runs.snapshots import path_of
from nnlib.runs.training_at import training_at
from tests.runs.runs_helpers import WorkerProcess, losses, new_run, settings, work_on

CHOSEN = {"iterations": 100, "hidden": [5], "optimiser": "adam", "dropout": 0.2}


@pytest.fixture(scope="module")
def data():
    return Experiment.from_dict(settings(**CHOSEN)).load()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("runs")))
        folder = new_run(**CHOSEN)
        work_on(folder)
        return folder


@pytest.mark.parametrize("step, stored", [(0, 0), (20, 20), (64, 64), (65, 64), (100, 100), (1000, 100)])
def test_the_step_or_the_newest_before_it_goes_on_as_the_run_did(run, data, step, stored):
    training = training_at(run, step, data)
    assert training.step == stored
    after = losses(run).get(stored + 1)
    assert after is None or training.one_step() == pytest.approx(after, rel=1e-6)


def test_a_paused_run_has_stored_its_last_step_with_the_weight_that_was_changed_in_the_pause(data):
    """Also between two snapshots. The frame that shows the change comes after the checkpoint that holds it."""
    folder = new_run(**CHOSEN)
    worker = WorkerProcess(folder)
    worker.send("pause")
    worker.wait_for_state("paused")
    worker.send("epoch")
    worker.wait_for(lambda event: worker.received.count({"event": "state", "state": "paused", "reason": None}) == 2)
    step = worker.received[-2]["step"]
    worker.send("change", **{"W1[0,1]": 0.625})
    control = worker.wait_for("control")
    worker.wait_for(lambda event: event["event"] == "frame" and worker.received.index(event) > worker.received.index(control))
    training = training_at(folder, step, data)
    assert training.step == step and training.network.params["W1"][0, 1] == 0.625
    worker.kill()


def test_a_run_without_weights_says_so_in_one_sentence(data):
    folder = new_run(**CHOSEN)
    with pytest.raises(ValueError, match="step 12 are not stored"):
        training_at(folder, 12, data)


def test_damaged_weights_are_named(data):
    folder = new_run(**CHOSEN)
    work_on(folder)
    path_of(folder).write_bytes(bytes(path_of(folder).stat().st_size))
    with pytest.raises(ValueError, match="step 40 are damaged"):
        training_at(folder, 40, data)
