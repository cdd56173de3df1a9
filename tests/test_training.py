import itertools

import numpy as np
import pandas as pd
import pytest
import torch

from nnlib import TwoLayerNet, gradient_check, train
from nnlib.experiment.settings import Experiment
from nnlib.losses import cross_entropy
from nnlib.metrics import accuracy
from nnlib.training import Diverged, Evaluation, Finished, Frame, Metrics, Training
from tests.helpers import all_losses, small_training, two_blobs


def test_a_run_reports_every_step_once_and_ends_with_finished():
    events = list(small_training().events())
    assert [e.first_step for e in events if isinstance(e, Metrics)][0] == 1
    assert len(all_losses(events)) == 100
    assert events[-1] == Finished(100, stopped=False)
    assert isinstance(events[-2], Frame) and events[-2].step == 100
    assert [e.step for e in events if isinstance(e, Evaluation)][-1] == 100


def test_training_learns():
    training = small_training()
    evaluations = [e for e in training.events() if isinstance(e, Evaluation)]
    assert evaluations[-1].val_accuracy > 0.95
    assert evaluations[-1].loss < evaluations[0].loss


def test_metrics_are_consecutive():
    expected = 1
    for event in small_training().events(seconds=0.0):
        if isinstance(event, Metrics):
            assert event.first_step == expected
            expected += len(event.losses)
    assert expected == 101


def test_steps_can_be_taken_one_at_a_time_with_the_same_result():
    whole, stepped = small_training(), small_training()
    at_once = all_losses(whole.events())
    one_by_one = list(itertools.chain.from_iterable(all_losses(stepped.events(steps=1)) for _ in range(100)))
    assert one_by_one == at_once
    assert stepped.ended


def test_a_frame_carries_the_vital_signs_of_each_layer():
    frame = [e for e in small_training().events(steps=5) if isinstance(e, Frame)][-1]
    first, last = frame.diagnostics
    assert first["layer"] == 1 and first["update_ratio"] > 0 and 0 <= first["dead_share"] <= 1
    assert last["dead_share"] is None and last["gradient_norm"] > 0 and last["activation_norm"] > 0


def test_the_update_ratio_refers_to_the_last_step():
    training = small_training(dtype=np.float64)
    list(training.events(steps=4))
    before = training.network.params["W1"].copy()
    frame = [e for e in training.events(steps=1) if isinstance(e, Frame)][-1]
    after = training.network.params["W1"]
    assert frame.diagnostics[0]["update_ratio"] == pytest.approx(np.linalg.norm(after - before) / np.linalg.norm(before))


def test_dead_relus_are_counted():
    training = small_training(sizes=(2, 4, 2), learning_rate=0.0)
    training.network.params["W1"][:] = 0
    training.network.params["b1"][:] = [-1, -1, -1, 1]
    frame = [e for e in training.events(steps=1) if isinstance(e, Frame)][-1]
    assert frame.diagnostics[0]["dead_share"] == 0.75


@pytest.mark.parametrize(("place", "dead"), [(199, 0), (200, 1)])
def test_diagnostics_come_from_the_first_two_hundred_validation_examples(place, dead):
    X, y = np.full((201, 2), -1.0), np.zeros(201, int)
    X[place] = 1  # the only example for which a unit is on
    training = Training(TwoLayerNet(2, 4, 2), X, y, X, y, learning_rate=0, iterations=1)
    training.network.params["W1"][:] = 1
    frame = [e for e in training.events() if isinstance(e, Frame)][-1]
    assert frame.diagnostics[0]["dead_share"] == dead


def test_changes_take_effect_at_the_next_step():
    training = small_training(schedule="constant")
    list(training.events(steps=10))
    training.change(learning_rate=0.0, batch_size=5, reg=0.5)
    weights = training.network.params["W1"].copy()
    list(training.events(steps=10))
    np.testing.assert_array_equal(training.network.params["W1"], weights)
    assert training.examples == 10 * 16 + 10 * 5


def test_a_learning_rate_set_in_mid_schedule_is_the_one_in_effect():
    training = small_training(schedule="decay", lr_decay=0.5)
    list(training.events(steps=40))
    assert training.learning_rate < 0.1
    training.change(learning_rate=0.3)
    assert training.learning_rate == pytest.approx(0.3)


def test_a_change_out_of_range_changes_nothing():
    training = small_training()
    with pytest.raises(ValueError, match="batch_size = 0"):
        training.change(learning_rate=5.0, batch_size=0)
    assert training.learning_rate == pytest.approx(0.1)


@pytest.mark.parametrize("entry", ["W3[0,0]", "W1[2,0]", "W1[0]", "b1[0,0]", "b1[999]", "gamma"])
def test_an_entry_that_the_network_does_not_have_changes_nothing(entry):
    training = small_training()
    before = training.state()["arrays"]
    with pytest.raises(ValueError, match="is not a weight or bias of this network"):
        training.change(reg=9.0, **{"W1[0,1]": 0.5, entry: 1.0})
    assert training.reg != 9.0
    for name, array in training.state()["arrays"].items():
        np.testing.assert_array_equal(array, before[name])


def test_entries_of_parameters_can_be_set():
    training = small_training()
    training.change(**{"W1[0,1]": 0.5, "b2[1]": -2.0})
    params = training.network.params
    assert (params["W1"][0, 1], params["b2"][1]) == (0.5, -2.0)


def test_stop_ends_early():
    training = small_training()
    list(training.events(steps=10))
    training.stop()
    assert list(training.events()) == [Finished(10, stopped=True)]
    assert list(training.events()) == []


@pytest.mark.parametrize("learning_rate", [1e6, 1e5])
def test_divergence_reports_the_event_the_step_and_what_to_try(learning_rate):
    events = list(small_training(learning_rate=learning_rate, reg=0.1).events())
    diverged = events[-1]
    assert isinstance(diverged, Diverged)
    assert f"step {diverged.step}" in diverged.reason and diverged.step == len(all_losses(events))
    assert "λ" in diverged.advice
    assert not any(isinstance(e, Finished) for e in events)


def test_an_infinite_first_loss_is_a_divergence():
    training = small_training()
    training.network.params["W2"][:] = [[1e38, -1e38]]
    training.network.params["b1"][:] = 1e5
    assert isinstance(list(training.events())[-1], Diverged)


@pytest.mark.parametrize("values", [{"rng": {}}, {"batch_size": 0}, {"step": "ten"}, {"base_learning_rate": float("nan")}])
def test_mismatched_values_are_rejected_before_any_weight_changes(values):
    training, other = small_training(), small_training(seed=9)
    before = training.network.params["W1"].copy()
    state = other.state()
    with pytest.raises(ValueError, match="does not fit"):
        training.restore({"arrays": state["arrays"], "values": {**state["values"], **values}})
    np.testing.assert_array_equal(training.network.params["W1"], before)


def test_the_advice_without_penalty_is_a_tenth_of_the_learning_rate():
    training = small_training(learning_rate=1e3, dtype=np.float64)
    training.network.params["W1"][:] *= 1e3
    diverged = list(training.events())[-1]
    assert "Try a learning rate of 1e+02" in diverged.advice


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("pause_at", [1, 37])
def test_a_restored_run_ends_with_the_same_numbers(optimiser, pause_at):
    options = {"optimiser": optimiser, "schedule": "cosine", "learning_rate": 0.02}
    whole = small_training(**options)
    expected = all_losses(whole.events())

    first = small_training(**options)
    losses = all_losses(first.events(steps=pause_at))
    second = small_training(seed=9, **options)  # other weights, other random state: all of it must be replaced
    second._train_sample = whole._train_sample
    state = first.state()
    second.restore({"arrays": {k: v.copy() for k, v in state["arrays"].items()}, "values": state["values"]})
    losses += all_losses(second.events())
    assert losses == expected
    for name, array in whole.network.params.items():
        np.testing.assert_array_equal(second.network.params[name], array)


def test_a_mismatched_state_is_rejected_and_changes_nothing():
    training = small_training()
    before = training.network.params["W1"].copy()
    with pytest.raises(ValueError, match="W1"):
        training.restore(small_training(sizes=(2, 9, 2)).state())
    np.testing.assert_array_equal(training.network.params["W1"], before)


def test_the_schedule_of_the_report_decays_by_epoch():
    training = small_training(batch_size=60, schedule="decay", lr_decay=0.5)  # an epoch is one step
    rates = []
    for _ in range(3):
        rates.append(training.learning_rate)
        list(training.events(steps=1))
    assert rates == pytest.approx([0.1, 0.05, 0.025])


def test_training_accuracy_is_measured_on_random_rows_and_validation_on_its_own_examples():
    """Sorted labels: the first 1,000 of these 3,000 rows are all of class 0."""
    X, y = np.zeros((3000, 2)), np.repeat([0, 1], [1000, 2000])
    X_val, y_val = np.ones((10, 2)), np.repeat([0, 1], [9, 1])
    net = TwoLayerNet(2, 4, 2, std=0.1)
    net.params["b2"][:] = [1, 0]  # guesses class 0
    training = Training(net, X, y, X_val, y_val, learning_rate=0, iterations=1)
    evaluation = training.evaluate()
    assert evaluation.train_accuracy == pytest.approx(1 / 3, abs=0.05)  # 3.4 standard errors
    assert evaluation.loss == pytest.approx(cross_entropy(np.tile([1.0, 0.0], (3, 1)), np.array([0, 1, 1])), abs=0.05)
    assert evaluation.val_accuracy == 0.9
    assert evaluation.val_loss == pytest.approx(net.loss(X_val, y_val)[0])


@pytest.mark.parametrize(
    ("N", "batch_size", "iterations", "every"), [(60, 16, 100, 4), (60, 16, 1001, 6), (60, 60, 30, 1), (60, 100, 30, 1)]
)
def test_evaluations_come_once_an_epoch_and_at_most_two_hundred_times(N, batch_size, iterations, every):
    events = small_training(batch_size=batch_size, iterations=iterations).events()
    steps = [event.step for event in events if isinstance(event, Evaluation)]
    assert steps == sorted({*range(every, iterations + 1, every), iterations})


def test_a_batch_is_drawn_from_all_examples_with_replacement():
    seen = []
    training = small_training(iterations=200, augment=lambda X, rng: seen.append(X.copy()) or X)
    list(training.events())
    rows = {tuple(row) for X in seen for row in X}
    assert rows == {tuple(row) for row in np.asarray(training.X)}
    assert any(len({tuple(row) for row in X}) < len(X) for X in seen)


def test_weights_and_batches_have_streams_of_their_own():
    training = small_training(seed=7)
    assert training.rng.random() != np.random.default_rng(7).random()
    orders = [small_training(seed=seed).rng.random() for seed in (7, 7, 8)]
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize(("factor", "diverges"), [(900, False), (1100, True), (np.nan, True), (np.inf, True)])
def test_a_loss_of_a_thousand_times_guessing_has_diverged(factor, diverges):
    training = small_training()
    training.first_loss = 0.1  # below that of guessing, log 2, which then counts
    assert training._diverged(factor * np.log(2)) == diverges
    training.first_loss = 2 * np.log(2)
    assert training._diverged(2 * factor * np.log(2)) == diverges


def test_frames_are_no_closer_than_asked_for(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("nnlib.training.time.perf_counter", lambda: clock[0])

    def one_second(X, rng):
        clock[0] += 1
        return X

    events = small_training(augment=one_second).events(seconds=9.5)
    assert [event.step for event in events if isinstance(event, Frame)] == [*range(11, 100, 11), 100]


@pytest.mark.parametrize(("reg", "blamed"), [(0.9, False), (1.1, True)])
def test_the_penalty_is_blamed_where_it_alone_flips_and_grows_the_weights(reg, blamed):
    training = small_training(learning_rate=1, reg=reg)
    training.first_loss = 1.0
    assert ("smaller λ" in training._divergence(np.inf).advice) == blamed


def toy_problem():
    """The toy data of Stanford's course CS231n, in its assignment on the two-layer network: 5 examples, 4 inputs, 3 classes."""
    return 10 * np.random.RandomState(1).randn(5, 4), np.array([0, 1, 2, 2, 1])


@pytest.mark.parametrize("seed", range(5))
def test_the_toy_network_of_the_course_reaches_its_loss(seed):
    """A batch of 200 from 5 examples is one epoch, not 40: the course's code counts so, and prints a loss of 0.017."""
    X, y = toy_problem()
    net = TwoLayerNet(4, 10, 3, std=0.1, seed=seed)
    history = train(
        net, X, y, X, y, learning_rate=0.1, reg=5e-6, iterations=100, batch_size=200, lr_decay=0.95, seed=seed
    )  # fmt: skip
    assert history.loss[-1] < 0.02


@pytest.mark.parametrize("batch_size", [60, 61, 1000])
def test_a_step_is_at_most_one_epoch(batch_size):
    training = small_training(batch_size=batch_size, schedule="decay", lr_decay=0.5, iterations=3)
    evaluations = [event for event in training.events() if isinstance(event, Evaluation)]
    assert [event.epoch for event in evaluations] == [1, 2, 3] and training.learning_rate == pytest.approx(0.1 / 8)


@pytest.mark.parametrize("seed", range(3))
def test_the_spiral_learns_with_batches_larger_than_the_set_as_well_as_with_nearly_all_of_it(seed):
    def accuracy(batch_size):
        settings = {"schedule": "decay", "learning_rate": 1.0, "iterations": 1000, "batch_size": batch_size, "seed": seed}
        experiment = Experiment.from_dict(settings)
        training = experiment.training_on(experiment.load())
        return [event for event in training.events() if isinstance(event, Evaluation)][-1].val_accuracy

    assert accuracy(2048) > accuracy(256) - 0.1  # 256 of 300 examples: its rate decays 17 % more slowly


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_a_state_is_a_moment_and_going_back_to_it_repeats_the_run(optimiser):
    training = small_training(optimiser=optimiser, learning_rate=0.02)
    list(training.events(steps=20))
    state = training.state()
    saved = {name: array.copy() for name, array in state["arrays"].items()}
    first = all_losses(training.events())
    for name, array in state["arrays"].items():
        np.testing.assert_array_equal(array, saved[name])
    training.stop()
    training.restore(state)
    assert all_losses(training.events()) == first and training.ended
    training.restore(state)
    assert not training.ended and all_losses(training.events()) == first


def test_an_early_divergence_is_a_warning_and_the_history_has_an_end():
    X, y = two_blobs()
    with pytest.warns(RuntimeWarning, match="at step 2") as warnings:
        history = train(TwoLayerNet(2, 8, 2, std=10), X, y, X, y, learning_rate=1e6, iterations=1000)
    assert warnings[0].filename == __file__ and history.diverged.step == len(history.loss) == 2
    assert history.step == [2] and 0 <= history.val_accuracy[-1] <= 1 and 0 <= history.train_accuracy[-1] <= 1


@pytest.mark.parametrize("kind", [pd.DataFrame, np.ndarray.tolist, torch.tensor])
def test_every_function_takes_the_same_kinds_of_inputs_and_labels(kind):
    X, y = two_blobs()
    given, labels = kind(X), (pd.Series(y, range(100, 160)) if kind is pd.DataFrame else kind(y))
    nets = [TwoLayerNet(2, 8, 2, std=0.1) for _ in range(2)]
    losses = [train(net, *data, *data, iterations=20).loss for net, data in zip(nets, [(X, y), (given, labels)])]
    assert losses[0] == losses[1]
    assert nets[0].loss(X, y)[0] == nets[1].loss(given, labels)[0]
    np.testing.assert_array_equal(nets[0].predict(X), nets[1].predict(given))
    np.testing.assert_array_equal(nets[0].probabilities(X), nets[1].probabilities(given))
    assert gradient_check(nets[0], X, y) == gradient_check(nets[1], given, labels)
    assert accuracy(nets[0], X, y) == accuracy(nets[1], given, labels)


def test_train_fills_the_history_and_the_network():
    X, y = two_blobs()
    net = TwoLayerNet(2, 8, 2, std=0.1)
    history = train(net, X, y, X, y, learning_rate=0.5, reg=0.0, iterations=80, batch_size=20, lr_decay=1.0, seed=3)
    assert len(history.loss) == 80 and history.loss[-1] < history.loss[0]
    assert len(history.train_accuracy) == len(history.val_accuracy) == len(history.step) > 1
    assert history.val_accuracy[-1] > 0.95 and (net.predict(X) == y).mean() > 0.95


def test_train_without_options_is_the_training_without_options():
    X, y = two_blobs()
    history = train(TwoLayerNet(2, 8, 2), X, y, X, y)
    assert history.loss == all_losses(Training(TwoLayerNet(2, 8, 2), X, y, X, y).events())


def test_the_same_seed_trains_the_same_network():
    X, y = two_blobs()
    runs = [train(TwoLayerNet(2, 8, 2, std=0.1), X, y, X, y, iterations=20, seed=seed).loss for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(
    "option",
    [{"iterations": 0}, {"batch_size": 1.5}, {"lr_decay": 2}, {"schedule": "step"}, {"reg": -1}, {"learning_rate": -1}],
)
def test_options_out_of_range_are_named_in_the_error(option):
    with pytest.raises(ValueError, match=next(iter(option))):
        small_training(**option)


@pytest.mark.parametrize(("optimiser", "penalty"), [("adam", "l2"), ("momentum", "l2"), ("sgd", "l1")])
def test_the_penalty_is_blamed_for_plain_gradient_descent_with_l2_only(optimiser, penalty):
    training = small_training(learning_rate=1, reg=2, optimiser=optimiser)
    training.network.penalty = penalty
    training.first_loss = 1.0
    assert "smaller λ" not in training._divergence(np.inf).advice
