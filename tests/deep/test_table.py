"""The report's table as a training: its steps, its entries, and where it stops."""

import weakref

import pytest

from nnlib.data import load_dataset
from nnlib.deep.events import Epoch
from nnlib.deep.settings import DepthTable
from nnlib.deep.table import Entry, TableTraining
from nnlib.deep.training import TorchTraining
from nnlib.training import Finished, Metrics

DIGITS = load_dataset("digits")
SMALL = {
    "dataset": "digits",
    "depths": [1, 2],
    "widths": [12],
    "init": "he",
    "epochs": 2,
    "batch_size": 100,
    "learning_rate": 0.01,
    "device": "cpu",
}
EACH = 2 * 12  # steps of a network


def table(**changed):
    return TableTraining(DepthTable.from_dict(SMALL | changed), DIGITS)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_each_network_has_an_entry_with_its_own_figures():
    run = table()
    assert (run.device.name, run.precision, run.batch_size, run.iterations) == ("cpu", "float32", 100, 2 * EACH)
    assert run.samples_per_second == 0
    events = list(run.events())
    first_step = 1
    for metrics in of(Metrics, events):
        assert metrics.first_step == first_step
        first_step += len(metrics.losses)
    epochs, entries = of(Epoch, events), of(Entry, events)
    assert [epoch.step for epoch in epochs] == [12, 24, 36, 48]
    assert [(entry.index, entry.depth, entry.seed, entry.step) for entry in entries] == [(0, 1, 0, EACH), (1, 2, 0, 2 * EACH)]
    for entry, last in zip(entries, epochs[1::2]):
        assert (entry.val_accuracy, entry.loss) == (last.val_accuracy, last.val_loss)
        assert entry.outcome == "partly" and 0 < entry.test_accuracy < 1
        assert entry.samples_per_second == pytest.approx(EACH * 100 / entry.seconds)
    assert run.samples_per_second == pytest.approx(2 * EACH * 100 / sum(entry.seconds for entry in entries))
    assert events[-1] == Finished(2 * EACH, False) and run.ended and list(run.events()) == []


def test_a_table_of_cures_has_a_network_for_each_cure_and_depth():
    run = table(cures=["as_it_is", "residual_norm"], widths=[12, 6], epochs=1)
    assert [(each["cure"], each["depth"]) for each in run.plan] == [
        ("as_it_is", 1), ("as_it_is", 2), ("residual_norm", 1), ("residual_norm", 2)
    ]  # fmt: skip
    assert [(each.hidden, each.skips[1], each.normalised) for each in run.experiments[1::2]] == [
        ((12, 12), False, None), ((12, 12), True, "layer")
    ]  # fmt: skip
    assert [entry.cure for entry in of(Entry, run.events())] == ["as_it_is", "as_it_is", "residual_norm", "residual_norm"]


def test_a_network_is_released_before_the_next_one_is_made(monkeypatch):
    made = []

    class Watched(TorchTraining):
        def __init__(self, *given):
            assert all(earlier() is None for earlier in made)
            super().__init__(*given)
            made.append(weakref.ref(self))

    monkeypatch.setattr("nnlib.deep.table.TorchTraining", Watched)
    list(table().events())
    assert len(made) == 2


@pytest.mark.parametrize("steps", [5, EACH, EACH + 7])
def test_a_number_of_steps_is_trained_across_networks(steps):
    run, whole = table(), table()
    losses = [loss for event in of(Metrics, run.events(steps=steps)) for loss in event.losses]
    assert run.step == len(losses) == steps and not run.ended
    assert run.index == (0 if steps < EACH else 1)
    losses += [loss for event in of(Metrics, run.events()) for loss in event.losses]
    assert losses == [loss for event in of(Metrics, whole.events()) for loss in event.losses]


def test_a_table_that_is_stopped_has_not_finished():
    run = table()
    list(run.events(steps=EACH + 3))
    run.stop()
    assert list(run.events())[-1] == Finished(EACH + 3, True) and run.ended


def test_a_table_that_is_stopped_at_the_end_of_a_network_keeps_its_entry():
    run = table()
    events = run.events()
    for event in events:
        if isinstance(event, Epoch) and event.step == EACH:
            run.stop()
            break
    rest = list(events)
    assert rest[-1].stopped and run.ended


def test_a_table_goes_on_where_its_state_was_taken():
    first, second, whole = table(), table(), table()
    list(first.events(steps=EACH + 5))
    second.restore(first.state())
    assert (second.index, second.step, second.samples_per_second) == (1, EACH + 5, first.samples_per_second)
    entries = [of(Entry, run.events()) for run in (second, whole)]
    assert entries[0][0].val_accuracy == entries[1][1].val_accuracy
    with pytest.raises(ValueError, match="not those of a table"):
        second.restore({"tensors": {}, "values": {}})
