"""The deep network's loop against the usual one, on the same model and device: training images a second, and time to learn.

The usual loop is the one of PyTorch's own tutorials: torchvision's CIFAR10 data set, ToTensor and Normalize for one image at a
time, a DataLoader with shuffled batches (in this process, and with a worker for each core), `.to(device)`, an optimiser as it
comes, and `loss.item()` at every step. This loop keeps bytes on the device and gathers its batches there. Both train the
same layers from the same weights with Adam.

They take turns in one process, with a pause in between for the DataLoader's workers to fill their queue and fall asleep; the
batches that wait there are drawn before the clock starts. A ratio is taken within a round, and the table shows the median
over rounds. Images are CIFAR-10's where it is here, else random ones: the time is the same.
"""

import argparse
import time

import numpy as np

from benchmarks.tables import Target, cores, machine, median, show_machine, show_table, show_targets, write_json

BATCH = 200
SECONDS = 1.5  # of one loop in one round
NAP_SECONDS = 0.5
REPORT_BEST = 0.558  # validation accuracy of the report's best model


def ours(experiment, data):
    """nnlib.deep.training, from one event to the next. Returns a function: train for some seconds, images a second."""
    from nnlib.deep.training import TorchTraining

    training = TorchTraining(experiment, data)

    def run(seconds):
        began, first = time.perf_counter(), training.step
        for _ in training.events(seconds=seconds / 4):
            if time.perf_counter() - began >= seconds:
                break
        _wait_for(training.device.name)
        return (training.step - first) * BATCH / (time.perf_counter() - began)

    return run


def usual(experiment, data, workers):
    """The tutorial's loop with so many DataLoader workers. Returns a function as `ours` does."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader

    from nnlib.data.torchvision_import import import_torchvision
    from nnlib.deep.devices import find_device
    from nnlib.deep.network import build_network

    torchvision = import_torchvision()
    transforms = torchvision.transforms
    device = find_device(experiment.device).name
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)])
    loader = DataLoader(
        in_memory(torchvision, data, transform), batch_size=BATCH, shuffle=True, num_workers=workers,
        pin_memory=device.startswith("cuda"), persistent_workers=workers > 0,
        multiprocessing_context="fork" if workers else None,  # others would pickle the data set's class
    )  # fmt: skip
    network = nn.Sequential(nn.Flatten(), *build_network(experiment, data.input_size, data.classes)).to(device)
    criterion = nn.CrossEntropyLoss()
    optimiser = torch.optim.Adam(network.parameters(), lr=experiment.learning_rate, weight_decay=experiment.weight_decay)

    def batches():
        while True:
            yield from loader

    endless = batches()

    def step():
        images, labels = next(endless)
        images, labels = images.to(device), labels.to(device)
        optimiser.zero_grad()
        loss = criterion(network(images), labels)
        loss.backward()
        optimiser.step()
        return loss.item()

    def run(seconds):
        for _ in range(2 * workers + 2):  # what the workers had ready
            step()
        began, steps = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            step()
            steps += 1
        return steps * BATCH / (time.perf_counter() - began)

    return run


def in_memory(torchvision, data, transform):
    """torchvision's CIFAR10 over images that are loaded already, with the __getitem__ that it has."""

    class InMemory(torchvision.datasets.CIFAR10):
        def __init__(self):
            self.data, self.targets = data.X_train.raw(slice(None)), data.y_train.tolist()
            self.transform, self.target_transform = transform, None

    return InMemory()


def images():
    """The Dataset CIFAR-10, or random images of its shape and number."""
    from nnlib.data import DataError, Images, load_dataset
    from nnlib.data.dataset import Dataset

    try:
        return load_dataset("cifar10")
    except DataError:
        rng = np.random.default_rng(0)
        sets = []
        for n in (49_000, 1000, 10_000):
            pixels = rng.integers(0, 256, (n, 3072), dtype=np.uint8)
            sets += [Images(pixels, range(n), (32, 32, 3), np.zeros(3072)), rng.integers(0, 10, n)]
        return Dataset("random", *sets, class_names=tuple("0123456789"), image_shape=(32, 32, 3))


def measure(experiment, data, rounds):
    """{loop: [images a second, one for each round]}"""
    loops = {
        "this loop": ours(experiment, data),
        "usual, no workers": usual(experiment, data, 0),
        f"usual, {cores()} workers": usual(experiment, data, cores()),
    }
    for run in loops.values():  # start the workers, choose kernels
        run(0.5)
    speeds = {name: [] for name in loops}
    for _ in range(rounds):
        for name, run in loops.items():
            time.sleep(NAP_SECONDS)
            speeds[name].append(run(SECONDS))
    return speeds


def ratio(speeds, other):
    """How many times as fast this loop is: the median of the ratios within a round."""
    return median(mine / theirs for mine, theirs in zip(speeds["this loop"], speeds[other]))


def time_to_learn(device):
    """Seconds of training until "report-best" has the report's accuracy, None if it stays below; and the best that it had."""
    from nnlib.deep.events import Epoch
    from nnlib.deep.settings import MLP_PRESETS, MlpExperiment
    from nnlib.deep.training import TorchTraining

    experiment = MlpExperiment.from_dict(MLP_PRESETS["report-best"].to_dict() | {"device": device})
    training = TorchTraining(experiment, experiment.load())
    reached = 0.0
    for event in training.events(seconds=1.0):
        if isinstance(event, Epoch):
            reached = max(reached, event.val_accuracy)
            if reached >= REPORT_BEST:
                return training.seconds, reached
    return None, reached


def _wait_for(device):
    import torch

    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
    elif device == "mps":
        torch.mps.synchronize()


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks mlp", description=__doc__.split("\n")[0])
    parser.add_argument("--device", default="auto", help="auto, cpu, mps, cuda or cuda:N")
    parser.add_argument("--widths", default="50", help="hidden layers: 50 or 50,40")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--learn", action="store_true", help="also time the report's best model to its accuracy (minutes on a CPU)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about = machine()

    from nnlib.deep.devices import find_device
    from nnlib.deep.settings import MlpExperiment

    widths = MlpExperiment.parse("widths", options.widths)
    device = find_device(options.device)
    # Epochs without end, as rounds take what they need.
    settings = {"depth": len(widths), "widths": widths, "device": device.name, "batch_size": BATCH, "epochs": 500}
    data = images()
    speeds = measure(MlpExperiment.from_dict(settings), data, options.rounds)
    fastest = min((name for name in speeds if name != "this loop"), key=lambda name: ratio(speeds, name))
    target = 30 if device.kind == "cuda" else 3
    found = [Target(f"this loop / {fastest}", target, ratio(speeds, fastest), at_least=True)]
    if options.learn:
        seconds, reached = time_to_learn(device.name)
        note = f"seconds of training; validation accuracy reached {reached:.1%}"
        found.append(Target(f"report's best model to {REPORT_BEST:.1%}", 600, seconds, " s", note=note))

    if options.json:
        result = {"benchmark": "mlp", "machine": about, "device": vars(device), "widths": widths, "data": data.name}
        write_json(result | {"images_a_second": speeds}, found)
    else:
        show_machine(about)
        print(f"Device: {device.name}, {device.title}. Hidden layers {list(widths)}, batch {BATCH}, images: {data.name}.")
        rows = [
            [name, f"{median(each):,.0f}", f"{max(each):,.0f}", f"{ratio(speeds, name):.1f}×"] for name, each in speeds.items()
        ]
        show_table(f"Training images a second, {options.rounds} rounds", ["loop", "median", "most", "this loop ÷ it"], rows)
        show_targets(found)
    return 0
