"""Experiments worth starting from, by a short name that a link or a command may use."""

from nnlib.experiment.settings import Experiment

PRESETS = {
    # The report's final network: 55.4 % on the test images of CIFAR-10.
    "report": Experiment(
        dataset="cifar10", hidden=(180,), init="normal", std=1e-4, learning_rate=2e-3, batch_size=200, reg=0.25,
        schedule="decay", lr_decay=0.95, iterations=20_000,
    ),
    # The best found with one hidden layer, by validation accuracy alone: mirrored and standardised images, momentum, cosine.
    "best": Experiment(
        dataset="cifar10", hidden=(1024,), standardise=True, flips=True, learning_rate=0.02, batch_size=128, reg=1e-3,
        optimiser="momentum", schedule="cosine", iterations=20_000,
    ),
    "spiral": Experiment(),
    "digits": Experiment(dataset="digits", hidden=(64,), learning_rate=0.1, iterations=5_000),
    "moons": Experiment(dataset="moons", hidden=(16,), activation="tanh"),
    "xor": Experiment(dataset="xor", hidden=(4,)),
    # Weights so small that the signal and its gradient die out on the way through the layers.
    "vanishing": Experiment(hidden=(30, 30, 30), init="normal", std=1e-3, learning_rate=0.1),
    "diverging": Experiment(learning_rate=30.0),
}  # fmt: skip
