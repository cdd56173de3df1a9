"""Snapshots of a run: at which steps, how much is stored, and that the training can go on from them."""

import json

import pytest

from nnlib.experiment.settings import Experiment
from nnlib.runs import snapshots as module
from nnlib.runs.snapshots import SnapshotError, next_step, path_of, read_frame, read_state, snapshots, snapshots_until
from nnlib.training import Metrics
from tests.runs.runs_helpers import DIE, losses, new_run, settings, work_on


def steps_until(last):
    steps = [0]
    while next_step(steps[-1]) <= last:
        steps.append(next_step(steps[-1]))
    return steps


def test_the_first_steps_are_all_there_and_later_ones_ever_farther_apart():
    steps = steps_until(1_000_000)
    assert steps[:33] == list(range(33))
    distances = [b - a for a, b in zip(steps, steps[1:])]
    assert distances == sorted(distances)
    assert all(distance <= step / 16 for step, distance in zip(steps[32:], distances[32:]))


@pytest.mark.parametrize("last, number", [(0, 1), (31, 32), (32, 33), (33, 33), (1000, 112), (20_000, 180), (1_000_000, 271)])
def test_a_run_has_about_two_hundred_snapshots(last, number):
    assert len(steps_until(last)) == snapshots_until(last) == number


@pytest.fixture
def run():
    folder = new_run(iterations=100, hidden=[5])
    work_on(folder)
    return folder


def test_a_run_stores_what_was_drawn_and_its_end(run):
    found = snapshots(run)
    assert [snapshot.step for snapshot in found] == [*steps_until(100)]
    assert found[-1].end == path_of(run).stat().st_size
    for snapshot in found:
        frame = read_frame(run, snapshot)
        assert frame["step"] == snapshot.step and frame["boundary"] and frame["layers"]
    assert frame["boundary"] == json.loads((run.path / "frame.json").read_text())["boundary"]


def test_the_end_of_a_run_is_a_snapshot_at_any_step():
    folder = new_run(iterations=45, hidden=[5])
    work_on(folder)
    assert [snapshot.step for snapshot in snapshots(folder)][-2:] == [44, 45]


def test_training_goes_on_from_a_snapshot_bit_for_bit(run):
    experiment = Experiment.from_dict(settings(iterations=100, hidden=[5]))
    data, expected = experiment.load(), losses(run)
    for snapshot in snapshots(run)[::20]:
        state, config = read_state(run, snapshot)
        training = experiment.training_on(data)
        training.restore(state)
        again = [loss for event in training.events() if isinstance(event, Metrics) for loss in event.losses]
        assert again == [expected[step] for step in range(snapshot.step + 1, 101)]
        assert config["settings"] == experiment.to_dict() and config["threads"] == 1


def test_a_run_that_is_resumed_has_every_snapshot_once():
    folder = new_run(iterations=300, hidden=[5])
    work_on(folder, ("snapshot", 60, DIE))
    work_on(folder)
    found = snapshots(folder)
    assert [snapshot.step for snapshot in found] == [*steps_until(300), 300]
    assert [b.at for b in found[1:]] == [a.end for a in found[:-1]]
    assert found[-1].end == path_of(folder).stat().st_size


@pytest.mark.parametrize("checkpoints, stored", [(1000, 84), (22, 22), (2, 2), (1, 0)])
def test_the_bytes_of_the_weights_are_limited(checkpoints, stored, monkeypatch):
    """Where there is no room for all, every second, third, … snapshot and the last one have weights."""
    parameters = 2 * 5 + 5 + 5 * 2 + 2
    monkeypatch.setattr(module, "STATE_BYTES", checkpoints * 2 * 4 * parameters)  # with momentum, in float32
    folder = new_run(iterations=300, hidden=[5])
    work_on(folder)
    found = snapshots(folder)
    with_weights = [snapshot for snapshot in found if snapshot.state]
    assert len(with_weights) == stored and len(found) == 84
    without = next((snapshot for snapshot in found if not snapshot.state), None)
    if without:
        with pytest.raises(SnapshotError, match="No weights"):
            read_state(folder, without)


def test_nobody_trains_on_from_where_a_run_diverged():
    folder = new_run(iterations=300, learning_rate=100.0, optimiser="sgd", reg=10.0)
    work_on(folder)
    *_, before, end = snapshots(folder)
    assert before.state and not end.state and read_frame(folder, end)["step"] == end.step
