"""Training on from a snapshot: the same numbers with the same settings, and others from there on with others."""

import pytest

from nnlib.experiment.settings import Experiment
from nnlib.runs.continuation import CannotContinue, continue_run
from nnlib.runs.snapshots import SnapshotError, path_of, read_frame, snapshots
from tests.runs.runs_helpers import losses, new_run, rows, settings, weights, work_on

CHOSEN = {"iterations": 100, "hidden": [5], "optimiser": "adam", "learning_rate": 0.01, "schedule": "decay"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run, whose λ was changed after its first epoch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("runs")))
        folder = new_run(**CHOSEN)
        work_on(
            folder,
            ("started", 1, {"do": "pause"}),
            ("started", 1, {"do": "epoch"}),
            ("state", 4, {"do": "change", "reg": 0.01}),  # after running, paused, running: paused at the end of the epoch
            ("control", 1, {"do": "resume"}),
        )
        return folder


def continued(run, step, **changed):
    return continue_run(run, step, Experiment.from_dict(settings(**{**CHOSEN, "reg": 0.01, **changed})), "s")


def work_through(folder, commands):
    work_on(folder, *(("started", 1, command) for command in commands))
    assert folder.end()["event"] == "finished"
    return folder


@pytest.mark.parametrize("step", [20, 64])
def test_without_a_change_it_gives_the_numbers_of_the_run_bit_for_bit(run, step):
    made, commands = continued(run, step)
    assert commands == [{"do": "resume"}]
    work_through(made, commands)
    assert (rows(made), weights(made)) == (rows(run), weights(run))
    assert [each.step for each in snapshots(made)] == [each.step for each in snapshots(run)]
    assert all(read_frame(made, each)["step"] == each.step for each in snapshots(made))


def test_a_change_takes_effect_from_there_on(run):
    made, commands = continued(run, 40, learning_rate=0.03, batch_size=16)
    assert commands == [{"do": "change", "learning_rate": 0.03, "batch_size": 16}, {"do": "resume"}]
    before, after = losses(run), losses(work_through(made, commands))
    assert [after[step] for step in range(1, 41)] == [before[step] for step in range(1, 41)]
    assert after[41] != before[41] and len(after) == 100
    assert [event["step"] for event in made.events() if event["event"] == "control"][-1] == 40
    assert "from step 40" in made.label()


def test_the_page_holds_the_settings_of_the_step_not_those_of_the_start(run):
    """Before the first epoch λ was another one: the λ of the page is a change there."""
    made, commands = continued(run, 0)
    assert commands[0] == {"do": "change", "reg": 0.01}
    assert path_of(made).stat().st_size == snapshots(run)[0].end


def test_a_finished_run_goes_on_if_it_may_take_more_steps(run):
    with pytest.raises(CannotContinue, match="ends at step 100"):
        continued(run, 100)
    made, commands = continued(run, 100, iterations=130)
    after = losses(work_through(made, commands))
    assert len(after) == 130 and all(after[step] == loss for step, loss in losses(run).items())


@pytest.mark.parametrize(
    "changed, named", [({"hidden": [6]}, "Hidden layers"), ({"seed": 4}, "Seed"), ({"penalty": "l1"}, "penalty")]
)
def test_another_network_or_other_data_are_refused_in_one_sentence(run, changed, named):
    with pytest.raises(CannotContinue, match=named):
        continued(run, 40, **changed)


def test_a_step_without_a_snapshot_or_with_a_damaged_one_is_refused(run):
    with pytest.raises(CannotContinue, match="no snapshot of step 65"):
        continued(run, 65)
    copy = new_run(**CHOSEN)
    work_on(copy)
    path_of(copy).write_bytes(bytes(path_of(copy).stat().st_size))
    with pytest.raises(SnapshotError, match="step 40 is damaged"):
        continued(copy, 40)
