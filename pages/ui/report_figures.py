"""What the report measured with its PyTorch networks: validation accuracy on CIFAR-10, in %."""

BY_DEPTH = ((1, 50.8), (2, 50.6), (3, 8.7), (4, 7.8))  # hidden layers, and what they came to
# Of its best model, epoch by epoch.
BY_EPOCH = (
    39.5, 42.2, 45.7, 48.1, 45.5, 48.2, 48.0, 48.8, 49.8, 48.8, 52.7, 49.7, 51.1, 51.4, 51.1, 51.2, 53.2, 52.3, 52.5, 55.8,
)  # fmt: skip


def share(percent: float) -> float:
    """Of 1, as runs have it."""
    return round(percent / 100, 4)
