"""How long a study may take: an estimate, for a learner who decides whether to begin."""

import time
from functools import lru_cache
from itertools import islice, product

import numpy as np
from threadpoolctl import threadpool_limits

from nnlib.training import EVALUATIONS, TRAIN_SAMPLE

SHAPES = {"cifar10": (3072, 10, 49_000, 1_000, 10_000), "digits": (64, 10, 1_297, 250, 250)}
PLANE = (2, 3, 300, 150, 150)  # inputs, classes, examples that train, validate and test, about
LAYER_SECONDS = 25e-6  # a step's calls for each layer of weights, whatever its size
TRIAL_SECONDS = 0.05  # to ask, to send and to keep
RACE_TRIAL_SECONDS = 0.1  # the same in a race, where a search asks only once its last trial is kept
START_SECONDS = 3.0  # until the workers of this machine stand
BEYOND_PRODUCTS = 1.4  # a step does more than its matrix products: it gathers, and passes over the weights
POINTS = 500  # of the space that the samplers draw from, for their mean


def estimated_seconds(settings, workers):
    """Seconds that a study may take on `workers` workers that are as fast as one core of this machine.

    Steps × (matrix products at the speed measured here + calls), evaluations and a little for each trial. Of the samplers that
    draw, the mean over their space. What a pruner saves is left out. Expect it to be right within a factor of two.
    """
    return START_SECONDS + mean_trial_seconds(settings) * settings.trials / min(workers, settings.trials)


def race_seconds(settings, workers):
    """The same of a race of samplers: three searches at a time, each with one trial in training."""
    training = mean_trial_seconds(settings.study("random")) - TRIAL_SECONDS
    return START_SECONDS + settings.all_trials * (RACE_TRIAL_SECONDS + training / min(workers, 3))


def trial_seconds(settings, params):
    """Seconds that the networks of one point may take on one core."""
    experiment = settings.experiment(params)
    inputs, classes, train, val, test = SHAPES.get(settings.dataset, PLANE)
    sizes = (inputs, *experiment.hidden, classes)
    layers = [fan_in * fan_out for fan_in, fan_out in zip(sizes, sizes[1:])]
    forward = sum(layers) / multiplications_per_second()
    backward = (2 * sum(layers) - layers[0]) / multiplications_per_second()
    step = experiment.batch_size * (forward + backward) * BEYOND_PRODUCTS + LAYER_SECONDS * len(layers)
    epochs = experiment.iterations * experiment.batch_size / train
    evaluation = (min(TRAIN_SAMPLE, train) + val) * forward * BEYOND_PRODUCTS + 10 * LAYER_SECONDS
    network = experiment.iterations * step + min(EVALUATIONS, epochs + 1) * evaluation + test * forward
    return TRIAL_SECONDS + settings.seeds * network


@lru_cache
def mean_trial_seconds(settings):
    """Of all points of the space."""
    points = product(*settings.values.values())
    if settings.grid_size > POINTS:  # every so many-th
        points = islice(points, 0, None, settings.grid_size // POINTS)
    return float(np.mean([trial_seconds(settings, dict(zip(settings.vary, point))) for point in points]))


@lru_cache
def multiplications_per_second():
    """Of float32 matrix products of the report's first layer on one core of this machine, measured once."""
    X, W = np.ones((200, 3072), np.float32), np.ones((3072, 180), np.float32)
    times = []
    with threadpool_limits(1, user_api="blas"):
        for _ in range(10):
            began = time.perf_counter()
            X @ W
            times.append(time.perf_counter() - began)
    return X.shape[0] * W.size / min(times)
