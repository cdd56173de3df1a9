"""Validation accuracies on CIFAR-10 from the report's PyTorch networks, in %."""

BY_DEPTH = ((1, 50.8), (2, 50.6), (3, 8.7), (4, 7.8))  # (hidden layers, accuracy)
# Accuracy of its best model after each epoch.
BY_EPOCH = (
    39.5, 42.2, 45.7, 48.1, 45.5, 48.2, 48.0, 48.8, 49.8, 48.8, 52.7, 49.7, 51.1, 51.4, 51.1, 51.2, 53.2, 52.3, 52.5, 55.8,
)  # fmt: skip


def share(percent: float) -> float:
    """The percentage as a fraction of 1, as in the records of runs."""
    return round(percent / 100, 4)
