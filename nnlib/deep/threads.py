"""The processor threads that PyTorch computes with: as many as are the fastest while the machine is as busy as it is now.

The threads of a product wait for each other. If another process has one of the cores, all of them wait for the one thread that
has none, at every operation of a step, and one thread alone is faster. Neither the number of cores nor the size of the network
says so; a measurement does.

With another number of threads, products round differently: a run repeats exactly with the same seed, device and number of
threads.
"""

import time
from dataclasses import replace

import torch
from torch.nn.functional import cross_entropy

from nnlib.deep.network import build_network
from nnlib.deep.settings import MlpExperiment

SECONDS = 0.3  # that the measurement takes, or two steps of each if these take longer
WIDEST = 1024  # units of a layer that is measured: a wider one takes long, and behaves like this one
LARGEST_BATCH = 200
GAIN = 1.1  # several threads have to be so much faster than one, for they take cores from others


def threads() -> int:
    """Return how many threads PyTorch computes with."""
    return torch.get_num_threads()


def use_threads(number: int) -> None:
    """Compute with so many threads from now on."""
    torch.set_num_threads(number)


def fastest_threads(experiment: MlpExperiment, most: int) -> int:
    """Return 1 or `most`, whichever takes less time for a step of a network like the experiment's, on the processor.

    Both are measured in turns, so that they share whatever else the machine does meanwhile.
    """
    if most == 1:
        return 1
    take_step, before = _step_like(experiment), threads()
    seconds = dict.fromkeys((1, most), 0.0)
    try:
        for number in seconds:
            _timed(take_step, number)  # the first one allocates memory, and starts threads
        while sum(seconds.values()) < SECONDS:
            for number in seconds:
                seconds[number] += _timed(take_step, number)
    finally:
        use_threads(before)
    return most if seconds[1] > GAIN * seconds[most] else 1


def _step_like(experiment):
    """A function that computes a loss and its gradients as the experiment does, at most WIDEST units wide."""
    widths = tuple(min(width, WIDEST) for width in experiment.hidden)
    stand_in = replace(experiment, widths=widths, dropout=0.0)  # Dropout would draw random numbers
    network = build_network(stand_in, experiment.sizes[0], experiment.sizes[-1])
    batch = min(experiment.batch_size, LARGEST_BATCH)
    X, y = torch.full((batch, experiment.sizes[0]), 0.5), torch.zeros(batch, dtype=torch.int64)

    def take_step():
        network.zero_grad()
        cross_entropy(network(X), y).backward()

    return take_step


def _timed(take_step, number):
    use_threads(number)
    began = time.perf_counter()
    take_step()
    return time.perf_counter() - began
