"""The deep network, its images, training loop and checkpoints, on the CPU and on a GPU if there is one."""

import json
import math
import sys

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from nnlib.data import Images, load_dataset
from nnlib.data.dataset import Dataset
from nnlib.deep.checkpoint import load_network, load_training, save_network, save_training
from nnlib.deep.data import DeviceImages
from nnlib.deep.devices import Device, DeviceError, device_errors, find_cluster, find_device, list_devices
from nnlib.deep.events import Epoch, Result, Started
from nnlib.deep.network import build_network, layer_signals, norm, weight_layers
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.training import TorchTraining
from nnlib.schedules import cosine
from nnlib.support.checkpoint_files import CheckpointError
from nnlib.training import Diverged, Frame, Metrics

KINDS = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"))]
TRICKS = {"batch_norm": True, "dropout": 0.3, "shift": 1, "flips": True, "label_smoothing": 0.1, "schedule": "one_cycle"}
DIGITS = load_dataset("digits")


def training(device="cpu", data=DIGITS, **settings):
    small = {"dataset": "digits", "widths": [16, 12], "init": "he", "epochs": 3, "batch_size": 50, "device": device}
    return TorchTraining(MlpExperiment.from_dict(small | settings), data)


def weights(run):
    return {name: tensor.cpu().clone() for name, tensor in run.network.state_dict().items()}


def assert_same_weights(one, other):
    for name, tensor in weights(one).items():
        assert torch.equal(tensor, weights(other)[name]), name


def losses_of(events):
    return [loss for event in events if isinstance(event, Metrics) for loss in event.losses]


# The network


def test_the_layers_are_in_the_order_of_the_report():
    settings = {"depth": 2, "widths": [7, 5], "batch_norm": True, "dropout": 0.4}
    network = build_network(MlpExperiment.from_dict(settings), 12, 10)
    block = [nn.Linear, nn.BatchNorm1d, nn.ReLU, nn.Dropout]
    assert [type(module) for module in network] == [*block, *block, nn.Linear]
    assert [(l.in_features, l.out_features) for l in weight_layers(network)] == [(12, 7), (7, 5), (5, 10)]
    assert [type(m) for m in build_network(MlpExperiment(depth=1), 12, 10)] == [nn.Linear, nn.ReLU, nn.Linear]


@pytest.mark.parametrize(
    ("init", "variance"),
    [("normal", 0.05**2), ("he", 2 / 300), ("xavier", 2 / 500), ("torch", 1 / 900), ("orthogonal", 2 / 300)],
)
def test_weights_start_as_initialised_and_depend_only_on_the_seed(init, variance):
    def drawn(seed):
        torch.manual_seed(99 + seed)  # must have no effect
        settings = {"depth": 1, "widths": [200], "init": init, "std": 0.05, "seed": seed}
        return build_network(MlpExperiment.from_dict(settings), 300, 10)[0]

    layer = drawn(0)
    assert layer.weight.var().item() == pytest.approx(variance, rel=0.05)
    assert bool(layer.bias.any()) == (init == "torch")
    assert torch.equal(layer.weight, drawn(0).weight) and not torch.equal(layer.weight, drawn(1).weight)


def test_inspecting_the_layers_does_not_change_the_network():
    run = training(**TRICKS)
    before = weights(run)
    X = run.train.batch(torch.arange(40))
    first, second = (layer_signals(run.network, X, run.train.labels[:40]) for _ in range(2))
    assert first == second and [layer["layer"] for layer in first] == [1, 2, 3]
    assert all(torch.equal(before[name], tensor) for name, tensor in weights(run).items())
    assert all(parameter.grad is None for parameter in run.network.parameters())


def test_the_norm_of_tiny_values_does_not_underflow():
    assert norm(torch.full((4,), 1e-30)).item() == pytest.approx(2e-30)
    assert norm(torch.zeros(4)).item() == 0


def test_a_dead_unit_is_off_for_every_image():
    network = build_network(MlpExperiment.from_dict({"depth": 1, "widths": [3]}), 1, 2)
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor([[1.0], [1.0], [0.0]]))
        network[0].bias.copy_(torch.tensor([0.0, 5.0, -1.0]))  # on for one of two images, for both, for none
    first, output = layer_signals(network, torch.tensor([[-1.0], [1.0]]), torch.tensor([0, 1]))
    assert first["dead_share"] == pytest.approx(1 / 3) and output["dead_share"] is None


# The images


def images(n=6, shape=(4, 5, 3)):
    pixels = np.random.default_rng(0).integers(0, 256, (n, math.prod(shape)), dtype=np.uint8)
    return Images(pixels, range(n), shape, np.zeros(math.prod(shape)))


def test_a_batch_is_the_images_scaled_from_minus_one_to_one():
    source = images()
    chosen = [4, 0]
    batch = DeviceImages(source, np.zeros(6), "cpu").batch(torch.tensor(chosen))
    np.testing.assert_allclose(batch.numpy(), source.raw(chosen).reshape(2, -1) / 127.5 - 1, atol=1e-6)


def test_digits_are_scaled_by_their_own_white():
    batch = DeviceImages(DIGITS.X_val, DIGITS.y_val, "cpu").batch(torch.arange(250))
    assert (batch.min().item(), batch.max().item()) == (-1, 1)


def moved(picture, down, right, mirrored):
    """`picture` (h, w, c) after the requested augmentation: edges repeated, mirrored last."""
    padded = np.pad(picture, ((3, 3), (3, 3), (0, 0)), mode="edge")
    height, width, _ = picture.shape
    out = padded[3 + down : 3 + down + height, 3 + right : 3 + right + width]
    return out[:, ::-1] if mirrored else out


def test_augmentation_shifts_and_mirrors_each_image_separately():
    source = images(n=1)
    batch = DeviceImages(source, [0], "cpu").augmented_batch(torch.zeros(400, dtype=torch.int64), shift=2, flips=True)
    picture = source.raw([0])[0]
    variants = {
        moved(picture, down, right, mirrored).tobytes(): (down, right, mirrored)
        for down in range(-2, 3) for right in range(-2, 3) for mirrored in (False, True)
    }  # fmt: skip
    seen = [variants[np.rint((row + 1) * 127.5).astype(np.uint8).tobytes()] for row in batch.numpy()]
    assert set(seen) == set(variants.values())
    down, right, mirrored = np.transpose(seen)
    assert 160 < mirrored.sum() < 240  # of 400, four standard deviations around one half
    for shifts in (down, right):
        assert all(48 < count < 112 for count in np.bincount(shifts + 2))  # 80 each


def test_images_are_unchanged_without_shift_and_flips():
    stored = DeviceImages(images(), np.zeros(6), "cpu")
    chosen = torch.tensor([1, 5])
    assert torch.equal(stored.augmented_batch(chosen, 0, False), stored.batch(chosen))


# The loop


@pytest.mark.parametrize("device", KINDS)
def test_events_cover_a_run_from_the_first_evaluation_to_the_result(device):
    run = training(device)
    events = list(run.events())
    started, *_, result = events
    epochs = [event for event in events if isinstance(event, Epoch)]
    assert isinstance(started, Started) and started.sizes == (64, 16, 12, 10) and started.steps_per_epoch == 1297 // 50
    assert started.iterations == 3 * 25 and started.parameters == 64 * 16 + 16 + 16 * 12 + 12 + 12 * 10 + 10
    assert [event.step for event in epochs] == [25, 50, 75] and [event.epoch for event in epochs] == [1, 2, 3]
    assert [layer["layer"] for event in (started, *epochs) for layer in event.layers] == [1, 2, 3] * 4
    losses = losses_of(events)
    assert len(losses) == 75 and epochs[1].train_loss == pytest.approx(np.mean(losses[25:50]), rel=1e-5)
    firsts = [event.first_step for event in events if isinstance(event, Metrics)]
    assert firsts[0] == 1 and firsts == sorted(set(firsts))
    assert isinstance(result, Result) and not result.stopped and result.step == 75 and run.ended
    assert result.val_accuracy == epochs[-1].val_accuracy and result.samples_per_second > 0
    assert result.test_accuracy > 0.2 and list(run.events()) == []


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "momentum", "sgd"])
def test_a_run_equals_a_plain_pytorch_loop(optimiser):
    run = training(optimiser=optimiser, learning_rate=0.01, weight_decay=0.01, schedule="cosine", epochs=2)
    plain = build_network(run.experiment, 64, 10)
    options = {"lr": 0.01, "weight_decay": 0.01}
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD, "momentum": torch.optim.SGD}
    if optimiser == "momentum":
        options["momentum"] = 0.9
    plain_optimiser = kinds[optimiser](plain.parameters(), **options)
    losses = []
    for epoch in range(2):
        order = torch.randperm(1297, generator=torch.Generator().manual_seed(epoch))
        for i in range(25):
            chosen = order[i * 50 : (i + 1) * 50]
            plain_optimiser.param_groups[0]["lr"] = 0.01 * cosine(0, 25 * epoch + i, 50, 0)
            plain_optimiser.zero_grad()
            loss = nn.functional.cross_entropy(plain(run.train.batch(chosen)), run.train.labels[chosen])
            loss.backward()
            plain_optimiser.step()
            losses.append(loss.item())
    np.testing.assert_allclose(losses_of(run.events()), losses, rtol=1e-4)


def test_label_smoothing_is_part_of_the_loss_of_training_alone():
    plain, smoothed = (training(label_smoothing=smoothing, epochs=1) for smoothing in (0.0, 0.4))
    losses = {}
    for run in (plain, smoothed):
        order = torch.randperm(1297, generator=torch.Generator().manual_seed(0))[:50]
        logits, smoothing = run.network(run.train.batch(order)), run.experiment.label_smoothing
        losses[run] = nn.functional.cross_entropy(logits, run.train.labels[order], label_smoothing=smoothing).item()
        assert losses_of(run.events(steps=1)) == pytest.approx([losses[run]], rel=1e-5)
    assert abs(losses[plain] - losses[smoothed]) > 1e-3
    list(smoothed.events())
    logits = smoothed.network.eval()(smoothed.val.batch(torch.arange(250)))
    assert smoothed._evaluate().val_loss == pytest.approx(
        nn.functional.cross_entropy(logits, smoothed.val.labels).item(), rel=1e-5
    )


def test_an_evaluation_measures_each_part_of_the_data_for_itself(monkeypatch):
    monkeypatch.setattr(sys.modules["nnlib.deep.training"], "TRAIN_SAMPLE", 100)
    run = training(epochs=2, seed=3, dropout=0.3)
    *_, epoch, _, result = run.events()
    network = run.network.eval()

    def measured(images, chosen):
        logits = network(images.batch(chosen)).detach()
        y = images.labels[chosen]
        return nn.functional.cross_entropy(logits, y).item(), (logits.argmax(1) == y).double().mean().item()

    sample = torch.randperm(1297, generator=torch.Generator().manual_seed(3))[:100]
    assert (epoch.loss, epoch.train_accuracy) == pytest.approx(measured(run.train, sample), rel=1e-5)
    assert (epoch.val_loss, epoch.val_accuracy) == pytest.approx(measured(run.val, torch.arange(250)), rel=1e-5)
    assert result.test_accuracy == pytest.approx(measured(run.test, torch.arange(250))[1])
    # otherwise the above could not tell them apart
    assert len({epoch.train_accuracy, epoch.val_accuracy, result.test_accuracy}) == 3


@pytest.mark.parametrize("device", KINDS)
def test_probabilities_are_those_of_the_chosen_images(device):
    run = training(device)
    psi = run.probabilities(run.val)
    assert psi.shape == (250, 10) and psi.sum(axis=1) == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(run.probabilities(run.val, [7, 0]), psi[[7, 0]], rtol=1e-5)


def test_validation_in_training_mode_is_what_code_without_eval_measures():
    plain, both = training(**TRICKS), training(**TRICKS, train_mode=True)
    losses = losses_of(plain.events())
    events = list(both.events())
    assert losses_of(events) == losses and list(weights(plain)) == list(weights(both))
    assert_same_weights(plain, both)
    epochs = [event for event in events if isinstance(event, Epoch)]
    network = both.network.train()
    torch.manual_seed(75)  # the seed of the experiment, 0, and the step
    predicted = torch.cat([network(both.val.batch(part)).argmax(1) for part in torch.arange(250).split(50)])
    expected = (predicted == both.val.labels).double().mean().item()
    assert epochs[-1].val_accuracy_train_mode == pytest.approx(expected)
    assert any(event.val_accuracy_train_mode != event.val_accuracy for event in epochs)


def test_without_dropout_and_batch_norm_both_modes_agree_and_none_is_measured_unasked():
    for event in training(train_mode=True).events():
        assert not isinstance(event, Epoch) or event.val_accuracy_train_mode == event.val_accuracy
    for event in training().events():
        assert not isinstance(event, Epoch) or event.val_accuracy_train_mode is None


def test_an_epoch_draws_no_image_twice():
    run = training(batch_size=100)
    list(run.events(steps=1))
    assert sorted(run.take_step.order.tolist()) == list(range(1297))


@pytest.mark.parametrize("device", KINDS)
def test_the_same_seed_gives_the_same_run_and_another_seed_another(device):
    runs = [training(device, **TRICKS, seed=seed) for seed in (1, 1, 2)]
    for run in runs:
        torch.rand(3)  # other draws in between must have no effect
        list(run.events())
    assert_same_weights(*runs[:2])
    assert not torch.equal(*(weights(run)["0.weight"] for run in runs[1:]))


@pytest.mark.parametrize("device", KINDS)
def test_the_global_random_state_is_unchanged(device):
    place = find_device(device).name
    torch.manual_seed(5)
    undisturbed = torch.rand(3, device=place)
    torch.manual_seed(5)
    list(training(device, **TRICKS, epochs=1).events())
    assert torch.equal(torch.rand(3, device=place), undisturbed)


@pytest.mark.parametrize("device", KINDS)
def test_a_run_read_in_small_parts_is_unchanged(device):
    whole, bites = training(device, **TRICKS), training(device, **TRICKS)
    expected = losses_of(whole.events())
    reported = []
    while not bites.ended:
        reported += losses_of(bites.events(steps=7, seconds=0))
    assert reported == expected
    assert_same_weights(whole, bites)


def test_frames_come_between_steps_so_that_a_run_can_pause_and_stop():
    run = training(epochs=50)
    events = run.events(seconds=0)
    assert [type(next(events)) for _ in range(3)] == [Started, Metrics, Frame]
    assert run.step == 1
    run.stop()
    result = list(events)[-1]
    assert isinstance(result, Result) and result.stopped and result.step == 1


def test_no_epochs_only_look():
    started, result = training(epochs=0).events()
    assert started.layers and result.step == 0 and result.samples_per_second == 0


def test_a_batch_larger_than_the_data_is_the_whole_data_set():
    run = training(batch_size=5000, epochs=1)
    assert run.steps_per_epoch == run.experiment.steps == 1 and len(losses_of(run.events())) == 1
    assert run.epoch == run.step / run.steps_per_epoch == 1  # the readout, and the axis of the charts


def test_three_layers_with_small_weights_stay_at_chance_level_and_he_fixes_it():
    shape = {"depth": 3, "widths": [50, 40, 30], "epochs": 30}
    lost = [event for event in training(**shape, init="normal", std=1e-3).events() if isinstance(event, Epoch)]
    mended = list(training(**shape).events())[-1]
    assert lost[-1].train_loss == pytest.approx(math.log(10), abs=5e-3) and lost[-1].val_accuracy < 0.2
    assert mended.val_accuracy > 0.8


def test_a_run_that_diverges_suggests_what_to_try():
    events = list(training(optimiser="sgd", activation="identity", learning_rate=100.0, epochs=5).events())
    assert isinstance(events[-1], Diverged) and "Try a learning rate of 10" in events[-1].advice


@pytest.mark.parametrize(("first", "bound"), [(0.5, 1000 * math.log(10)), (4.0, 4000.0)])
def test_a_loss_is_out_of_bounds_beyond_a_thousand_times_guessing_or_the_first(first, bound):
    for values, found in (
        ([first, 0.99 * bound], None),
        ([first, 1.01 * bound, 1.0, math.nan], 1),
        ([first, 1.0, math.nan], 2),
        ([first, math.inf], 1),
    ):
        assert training()._first_out_of_bounds(values) == found


def test_the_speed_is_that_of_training_alone(monkeypatch):
    run = training(epochs=1)
    clock = iter(range(10_000))
    monkeypatch.setattr("nnlib.deep.training.time.perf_counter", lambda: float(next(clock)))
    # the clock is read at the start, after each step but the last, and at the end
    *_, epoch, _, result = run.events(seconds=1e9)
    assert result.seconds == run.seconds == run.step == 25
    assert epoch.samples_per_second == result.samples_per_second == 50


def test_a_loss_that_returns_from_out_of_bounds_has_diverged():
    run = training(optimiser="sgd", widths=[50, 40], learning_rate=100.0, batch_size=200, epochs=2)
    *_, metrics, diverged = run.events(seconds=60)  # all steps of an epoch in one event
    bound = 1000 * max(math.log(10), metrics.losses[0])
    assert isinstance(diverged, Diverged) and diverged.step == len(metrics.losses) == run.step and run.ended
    assert metrics.losses[-1] > bound and all(loss <= bound for loss in metrics.losses[:-1])
    assert list(run.events()) == []


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
@pytest.mark.parametrize("device", KINDS)
def test_lower_precision_is_for_cuda_and_learns_as_well(device, precision):
    run = training(device, precision=precision, epochs=10, learning_rate=5e-3)
    others = torch.get_float32_matmul_precision()
    assert list(run.events())[-1].val_accuracy > 0.7
    assert run.precision == (precision if device == "cuda" else "float32")
    assert torch.get_float32_matmul_precision() == others


class Waits(TorchDispatchMode):
    """Fails where a step asks the device for a number, or moves something between devices."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        assert "_local_scalar_dense" not in str(operation) and "nonzero" not in str(operation)
        moved_to = (kwargs or {}).get("device")
        assert "_to_copy" not in str(operation) or moved_to in (None, args[0].device)
        return operation(*args, **(kwargs or {}))


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "momentum", "sgd"])
def test_a_step_never_waits_for_the_device(optimiser):
    run = training(optimiser=optimiser, **TRICKS)
    with pytest.raises(AssertionError), Waits():
        run.take_step.losses[0].item()
    with Waits():
        run.take_step.compute()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_an_epoch_does_not_synchronise_with_a_cuda_device():
    run = training("cuda", **TRICKS)
    list(run.events(steps=1))
    run.take_step.compute()
    torch.cuda.set_sync_debug_mode("error")
    try:
        run.take_step()
        run.take_step.compute()
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_recorded_step_equals_a_training_step():
    replayed, stepped = training("cuda"), training("cuda")
    stepped.take_step._replay = None
    np.testing.assert_allclose(losses_of(replayed.events()), losses_of(stepped.events()), rtol=1e-4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_network_learns_the_same_on_a_cuda_device_and_on_the_cpu():
    there, here = training("cuda"), training("cpu")
    np.testing.assert_allclose(losses_of(there.events())[:50], losses_of(here.events())[:50], rtol=1e-2)


# Saving and resuming


@pytest.mark.parametrize("steps", [0, 10, 25, 37])
@pytest.mark.parametrize("device", KINDS)
def test_a_resumed_run_ends_like_an_uninterrupted_one(tmp_path, device, steps):
    whole, first = training(device, **TRICKS), training(device, **TRICKS)
    losses = losses_of(whole.events())
    before = losses_of(first.events(steps=steps))
    save_training(tmp_path / "run.pt", first, {"paused": True})
    state, config = load_training(tmp_path / "run.pt")
    second = training(device, **TRICKS)
    second.restore(state)
    assert config == {"paused": True} and second.step == steps
    assert before + losses_of(second.events()) == losses
    assert_same_weights(whole, second)


@pytest.mark.parametrize("steps", [10, 25])
@pytest.mark.parametrize("device", KINDS)
def test_a_state_is_a_moment_and_going_back_to_it_repeats_the_run(device, steps):
    run = training(device, **TRICKS)
    list(run.events(steps=steps))
    state = run.state()
    first = losses_of(run.events())
    run.stop()
    run.restore(state)
    assert run.step == steps and losses_of(run.events()) == first
    run.restore(state)
    assert losses_of(run.events()) == first


def test_a_mismatched_state_changes_nothing():
    run, wider = training(), training(widths=[17, 12])
    before = weights(run)
    momentum = training(optimiser="momentum")
    for state in (wider.state(), momentum.state(), {"tensors": {}, "values": {}}, run.state() | {"values": {}}):
        with pytest.raises(ValueError, match="does not fit"):
            run.restore(state)
    late = run.state()
    late["values"]["step"] = 10**6
    with pytest.raises(ValueError, match="step = 1000000"):
        run.restore(late)
    assert all(torch.equal(before[name], tensor) for name, tensor in weights(run).items())


def test_a_network_is_saved_with_its_settings(tmp_path):
    run = training(**TRICKS, epochs=1)
    list(run.events())
    save_network(tmp_path / "net.pt", run.network, run.experiment, run.sizes)
    assert json.loads((tmp_path / "net.json").read_text())["sizes"] == [64, 16, 12, 10]
    network, experiment = load_network(tmp_path / "net.pt")
    assert experiment == run.experiment
    X = run.val.batch(torch.arange(20))
    assert torch.equal(network.eval()(X), run.network.eval()(X))


def test_a_network_s_file_must_end_in_pt(tmp_path):
    run = training()
    with pytest.raises(ValueError, match="must end in .pt"):
        save_network(tmp_path / "net.json", run.network, run.experiment, run.sizes)


class Harm:
    def __reduce__(self):
        return print, ("harm done",)


def test_a_file_that_would_run_code_is_rejected_without_running_it(tmp_path, capsys):
    run = training()
    save_network(tmp_path / "net.pt", run.network, run.experiment, run.sizes)
    torch.save({"0.weight": Harm()}, tmp_path / "net.pt")
    with pytest.raises(CheckpointError, match="not one of ours"):
        load_network(tmp_path / "net.pt")
    assert "harm" not in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["missing", "cut", "text", "no json", "other json", "other sizes", "other state"])
def test_a_damaged_file_raises_one_kind_of_error(tmp_path, damage):
    path, run = tmp_path / "net.pt", training()
    save_network(path, run.network, run.experiment, run.sizes)
    about = json.loads((tmp_path / "net.json").read_text())
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:1000])
    elif damage == "text":
        path.write_text("weights")
    elif damage == "no json":
        (tmp_path / "net.json").write_text("{")
    elif damage == "other json":
        (tmp_path / "net.json").write_text("[]")
    elif damage == "other sizes":
        (tmp_path / "net.json").write_text(json.dumps(about | {"sizes": [64, 15, 12, 10]}))
    else:
        torch.save([1, 2], path)
    with pytest.raises(CheckpointError):
        load_network(path)


def test_a_checkpoint_of_another_version_is_rejected(tmp_path, monkeypatch):
    run = training()
    with monkeypatch.context() as newer:
        newer.setattr("nnlib.deep.checkpoint.VERSION", 10**6)
        save_training(tmp_path / "run.pt", run, {})
        save_network(tmp_path / "net.pt", run.network, run.experiment, run.sizes)
    for load, name in ((load_training, "run.pt"), (load_network, "net.pt")):
        with pytest.raises(CheckpointError, match="version"):
            load(tmp_path / name)


def test_a_flipped_weight_is_noticed(tmp_path):
    path, run = tmp_path / "net.pt", training()
    save_network(path, run.network, run.experiment, run.sizes)
    content = bytearray(path.read_bytes())
    weights = next(iter(run.network.state_dict().values())).numpy().tobytes()
    content[content.index(weights[:64]) + 3] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(CheckpointError, match="checksum"):
        load_network(path)


def test_a_network_larger_than_its_file_is_not_made(tmp_path, monkeypatch):
    path, run = tmp_path / "net.pt", training()
    save_network(path, run.network, run.experiment, run.sizes)
    about = json.loads((tmp_path / "net.json").read_text())
    (tmp_path / "net.json").write_text(json.dumps(about | {"sizes": [10**12, *about["sizes"][1:]]}))
    monkeypatch.setattr("nnlib.deep.checkpoint.build_network", lambda *_: pytest.fail("made"))
    with pytest.raises(CheckpointError, match="fewer weights"):
        load_network(path)


def test_a_network_file_is_not_a_training_checkpoint(tmp_path):
    run = training()
    save_network(tmp_path / "net.pt", run.network, run.experiment, run.sizes)
    with pytest.raises(CheckpointError, match="no training"):
        load_training(tmp_path / "net.pt")


# Devices


def test_auto_is_the_first_device_and_the_cpu_is_always_listed():
    devices = list_devices()
    assert find_device("auto") == devices[0] and devices[-1].name == "cpu"
    assert find_device("cpu").memory > 0


def test_the_error_for_a_missing_device_lists_the_available_ones():
    with pytest.raises(DeviceError, match=r"device = 'cuda:15': .*Choose auto, the best available, or .*cpu\."):
        find_device("cuda:15")


def test_an_outdated_driver_is_reported(monkeypatch):
    def is_available():
        import warnings

        warnings.warn("CUDA initialization: The NVIDIA driver on your system is too old (found version 11040).")
        return False

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", is_available)
    with pytest.raises(DeviceError, match="driver is too old for this PyTorch .CUDA 13.0.: update it"):
        find_device("cuda")
    assert find_device("auto").kind != "cuda"


class Lab:
    """A cluster with this number of workers that offer a GPU."""

    def __init__(self, workers):
        self.workers, self.closed = workers, False

    def gpu_workers(self):
        return range(self.workers)

    def no_gpu(self):
        return "no worker offers a GPU"

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("workers", "found"),
    [
        (0, (None, "no worker offers a GPU")),
        (1, (Device("cluster", "the lab's GPU, through tcp://lab:8786 (1 worker)", 0), "")),
        (2, (Device("cluster", "the lab's GPU, through tcp://lab:8786 (2 workers)", 0), "")),
    ],
)
def test_a_cluster_is_a_device_if_it_has_gpus_and_is_left_again(monkeypatch, workers, found):
    lab = Lab(workers)
    monkeypatch.setenv("NNLIB_SCHEDULER", "tcp://lab:8786")
    monkeypatch.setattr("nnlib.cluster.client.Cluster.of_scheduler", lambda address: lab)
    assert find_cluster() == found and lab.closed


H100 = Device("cuda:0", "NVIDIA H100", 80 * 1024**3)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "80 GiB.*smaller batch"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "smaller batch"),
        (MemoryError(), "smaller batch"),
        (RuntimeError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA"), "was lost .*failure.: start"),
        (RuntimeError("CUDA error: no kernel image is available for execution on the device"), "choose another device"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED"), "was lost"),
        (type("AcceleratorError", (RuntimeError,), {})("the launch timed out"), "was lost .the launch timed out."),
    ],
)
def test_a_device_error_is_one_sentence_that_says_what_to_change(error, message):
    with pytest.raises(DeviceError, match=message) as raised, device_errors(H100):
        raise error
    assert "\n" not in str(raised.value) and raised.value.__cause__ is error


def test_other_errors_are_raised_unchanged():
    with pytest.raises(RuntimeError, match="mat1 and mat2"), device_errors(H100):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")


def test_too_large_a_network_is_a_device_error(monkeypatch):
    def too_large(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 10 bytes")

    monkeypatch.setattr(sys.modules["nnlib.deep.training"], "build_network", too_large)
    with pytest.raises(DeviceError, match="narrower layers"):
        training()


# CIFAR-10's shape


def test_a_colour_picture_passes_through_the_whole_network():
    rng = np.random.default_rng(0)
    sets = []
    for n in (60, 20, 20):
        pixels, y = rng.integers(0, 256, (n, 3072), dtype=np.uint8), rng.integers(0, 10, n)
        pixels[y < 5] //= 4  # dark, so easy to distinguish
        sets += [Images(pixels, range(n), (32, 32, 3), np.zeros(3072)), (y < 5).astype(np.int64)]
    data = Dataset("cifar10", *sets, class_names=("bright", "dark"), image_shape=(32, 32, 3))
    run = training(data=data, batch_size=20, epochs=60, learning_rate=1e-3, shift=4, flips=True)
    assert list(run.events())[-1].test_accuracy > 0.75  # of two classes
