"""How much memory the training of an experiment takes."""

from nnlib.data import DATASETS
from nnlib.data.point_rules import MAX_CLASSES
from nnlib.experiment.settings import Experiment
from nnlib.network import ROWS_AT_ONCE

PROCESS = 45 * 10**6  # bytes of Python and NumPy, measured
FLOAT = 4  # bytes of a float32
OF_THE_OPTIMISER = {"sgd": 0, "momentum": 1, "adam": 2}  # arrays for each array of weights


def memory_bytes(experiment: Experiment) -> int:
    """Return the bytes that a process needs to train the network, at its peak; the shared images of CIFAR-10 not counted.

    That is weights, gradients, one array for intermediate results and the optimiser's arrays, a copy of all but the
    gradients in a checkpoint, and the sums and activations of a batch, or of an evaluation if that has more rows.
    """
    data = DATASETS[experiment.dataset]
    sizes = (experiment.input_size, *experiment.hidden, data.classes or MAX_CLASSES)
    weights = sum(fan_in * fan_out for fan_in, fan_out in zip(sizes, sizes[1:]))
    states = OF_THE_OPTIMISER[experiment.optimiser]
    rows = 2 * max(experiment.batch_size, ROWS_AT_ONCE)
    return PROCESS + FLOAT * ((4 + 2 * states) * weights + rows * sum(sizes))
