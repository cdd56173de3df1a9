"""What a network predicts for images on the device: logits, loss, accuracy, probabilities. Nothing is augmented."""

import copy
import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, softmax

from nnlib.deep.data import DeviceImages
from nnlib.deep.torch_globals import RandomStream
from nnlib.support.arrays import Array

BATCH = 500  # images evaluated at once: a convolutional layer computes 130 KB for each

Chosen = torch.Tensor | NDArray[np.intp] | Sequence[int] | None  # indices of images, None for all


def loss_and_accuracy(network: torch.nn.Module, images: DeviceImages, chosen: Chosen = None) -> tuple[float, float]:
    """Return the mean cross-entropy (nats, without label smoothing) and the accuracy (0 to 1) on the chosen images."""
    loss = torch.zeros((), device=images.labels.device)
    right = torch.zeros((), dtype=torch.int64, device=images.labels.device)
    examples = 0
    for logits, y in _logits(network, images, chosen):
        loss += cross_entropy(logits, y, reduction="sum")
        right += (logits.argmax(dim=1) == y).sum()
        examples += len(y)
    return float(loss) / examples, int(right) / examples


def accuracy_in_training_mode(network: torch.nn.Module, images: DeviceImages, batch_size: int, random: RandomStream) -> float:
    """Return the accuracy (0 to 1) on all images as code measures it that never calls `eval()`.

    Dropout is on, with random numbers of `random`, and BatchNorm uses the statistics of each batch. The network is not changed.
    """
    probe = copy.deepcopy(network).train()
    chosen = torch.arange(len(images), device=images.labels.device)
    with torch.no_grad(), random.in_use():
        batches = chosen.tensor_split(math.ceil(len(images) / batch_size))  # equal ones: BatchNorm cannot take a last one of 1
        right = sum(int((probe(images.batch(part)).argmax(dim=1) == images.labels[part]).sum()) for part in batches)
    return right / len(images)


def probabilities(network: torch.nn.Module, images: DeviceImages, chosen: Chosen = None) -> Array:
    """Return ψ (N, K), a float32 NumPy array, of the chosen images."""
    return np.concatenate([softmax(logits, dim=1).cpu().numpy() for logits, _ in _logits(network, images, chosen)])


def _logits(network: torch.nn.Module, images: DeviceImages, chosen: Chosen) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Pairs of logits (B, K) and labels (B,), at most BATCH images at a time."""
    device = images.labels.device
    chosen = torch.arange(len(images), device=device) if chosen is None else torch.as_tensor(chosen, device=device)
    network.eval()
    with torch.no_grad():
        for part in chosen.split(BATCH):
            yield network(images.batch(part)), images.labels[part]
