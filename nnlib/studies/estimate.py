"""How long a study may take: an estimate, for a learner who decides whether to begin."""

import math
import threading
import time
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
from threadpoolctl import threadpool_limits

from nnlib.data.dataset import Dataset
from nnlib.data.images import Images
from nnlib.experiment.settings import Experiment
from nnlib.studies.data_sizes import data_sizes
from nnlib.training import EVALUATIONS, TRAIN_SAMPLE

IMAGES = {"cifar10": (32, 32, 3), "digits": (8, 8, 1)}  # height, width, channels
TRIAL_SECONDS = 0.05  # to ask, to send and to keep
START_SECONDS = 3.0  # until the workers of this machine stand
POINTS = 500  # of the space that the samplers draw from, for their mean
MEASURED_SECONDS = 0.01  # of steps, at each end of a space
MEASURED_TURNS = 3  # of which the median counts: a moment's pause of the machine must not
REMEMBERED_SECONDS = 120  # how busy a machine is changes
MEASURED_ON = 500  # examples that stand in for the data
LOOKED_AT = 200  # of them, to measure an evaluation
# The settings that say how long a step takes.
COSTLY = ("dataset", "hidden", "batch_size", "activation", "penalty", "optimiser", "flips")
# No evaluation comes in between, and no divergence.
UNLIKE = {"learning_rate": 0.0, "iterations": 10**6}

_one_at_a_time = threading.Lock()  # pages run in threads: they must not measure each other


def estimated_seconds(settings, workers):
    """Seconds that a study may take on `workers` workers that are as fast as one core of this machine is now.

    The first estimate for networks of new sizes trains some, for a fifth of a second. Of the samplers that draw, the mean over
    their space. What a pruner saves is left out, and so is what workers take from each other: expect it to be right within a
    factor of two, as long as the machine is as busy as it is now.
    """
    return START_SECONDS + pace_of(settings).mean * math.ceil(settings.trials / workers)


def race_seconds(settings, workers):
    """The same of a race of samplers: three searches at a time, each with one trial in training.

    A search asks for its next trial when the last one is kept: for that, workers wait.
    """
    training = pace_of(settings.study("random")).mean - TRIAL_SECONDS
    return START_SECONDS + settings.all_trials * (TRIAL_SECONDS + training / min(workers, 3))


def pace_of(settings):
    """The Pace of this machine, not older than some minutes."""
    return _pace(settings, int(time.monotonic() // REMEMBERED_SECONDS))


class Pace:
    """What the points of a study cost. Steps and evaluated examples take the times in `lines`, by their amount of work:

    lines  for a step and for an example ([multiplications, …], [seconds, …]), increasing
    """

    def __init__(self, settings, lines):
        self.settings, self._lines = settings, lines

    def seconds(self, params):
        """Seconds that the networks of one point may take on one core."""
        experiment = self.settings.experiment(params)
        sizes = data_sizes(experiment)
        step, example = (float(np.interp(amount, *line)) for amount, line in zip(_amounts(experiment), self._lines))
        epochs = experiment.iterations * experiment.batch_size / sizes.train
        evaluated = min(EVALUATIONS, epochs + 1) * (min(TRAIN_SAMPLE, sizes.train) + sizes.val) + sizes.test
        return TRIAL_SECONDS + self.settings.seeds * (experiment.iterations * step + evaluated * example)

    @cached_property
    def mean(self):
        """The same of all points of the space."""
        return float(np.mean([self.seconds(dict(zip(self.settings.vary, point))) for point in self._points()]))

    def _points(self):
        """All points of the space, or of a large one POINTS: a Latin hypercube, in which each axis has all its values equally
        often."""
        axes = self.settings.values.values()
        if self.settings.grid_size <= POINTS:
            return product(*axes)
        rng = np.random.default_rng(0)
        return zip(*([values[place] for place in rng.permutation(POINTS) * len(values) // POINTS] for values in axes))


@lru_cache
def _pace(settings, period):
    """Measured at both ends of the space."""
    ends = [settings.experiment({name: values[end] for name, values in settings.values.items()}) for end in (0, -1)]
    amounts = [_amounts(end) for end in ends]
    seconds = [_measured(Experiment(**{name: getattr(end, name) for name in COSTLY}, **UNLIKE), period) for end in ends]
    return Pace(settings, [*zip(zip(*amounts), zip(*seconds))])


def _amounts(experiment):
    """(multiplications of a step, of an evaluated example)."""
    inputs, classes, *_ = data_sizes(experiment)
    sizes = (inputs, *experiment.hidden, classes)
    layers = [fan_in * fan_out for fan_in, fan_out in zip(sizes, sizes[1:])]
    return experiment.batch_size * (3 * sum(layers) - layers[0]), sum(layers)  # nothing goes back to the inputs


@lru_cache(maxsize=256)
def _measured(experiment, period):
    """(seconds of a step, of an evaluated example) of this network on one core of this machine, with what else it does now."""
    data = _stand_in(experiment.dataset)
    with _one_at_a_time, threadpool_limits(1, user_api="blas"):
        training = experiment.training_on(data)
        for _ in training.events(steps=1):  # whose arrays are new to the machine
            pass
        turns = [_turn(training, data.X_val[:LOOKED_AT]) for _ in range(MEASURED_TURNS)]
    return tuple(map(float, np.median(turns, axis=0)))


def _turn(training, X):
    """(seconds of a step, of an evaluated example), measured once."""
    began = time.perf_counter()
    steps = next(training.events(seconds=MEASURED_SECONDS)).losses
    middle = time.perf_counter()
    training.network.logits(X)
    return (middle - began) / len(steps), (time.perf_counter() - middle) / len(X)


@lru_cache
def _stand_in(name):
    """A Dataset in the form of the one named, its contents drawn at random."""
    inputs, classes, *_ = data_sizes(Experiment(dataset=name))
    rng = np.random.default_rng(0)
    y = rng.integers(0, classes, MEASURED_ON)
    X = rng.standard_normal((MEASURED_ON, inputs))
    if shape := IMAGES.get(name):
        pixels = rng.integers(0, 256, (MEASURED_ON, inputs), dtype=np.uint8)
        X = Images(pixels, range(MEASURED_ON), shape, np.zeros(inputs), 1 / 255)
    return Dataset(name, X, y, X, y, X, y, tuple(map(str, range(classes))), IMAGES.get(name))
