"""How long a study may take: an estimate that helps a learner to decide whether to start it."""

import math
import threading
import time
from functools import lru_cache
from statistics import mean, median

import numpy as np
from threadpoolctl import threadpool_limits

from nnlib.data import DATASETS
from nnlib.data.dataset import Dataset
from nnlib.data.images import Images
from nnlib.experiment.settings import Experiment
from nnlib.studies.axes import AXES
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import StudySettings
from nnlib.training import EVALUATIONS, TRAIN_SAMPLE

TRIAL_SECONDS = 0.05  # to draw, send and store a trial
START_SECONDS = 3.0  # until the worker processes of this machine run
DRAWN = 20  # values of an axis whose mean stands for what random and TPE draw
MEASURED_SECONDS = 0.01  # of training, in one measurement
MEASUREMENTS = 3  # their median counts, so that a short pause of the machine does no harm
VALID_SECONDS = 120  # then the machine may be busier, or less busy
EXAMPLES = 500  # of the random data that are trained on instead of the data set
EVALUATED = 200  # of them, to measure an evaluation
# The settings on which the time of a step depends. No evaluation and no divergence may interrupt the measurement.
COSTLY = ("dataset", "hidden", "batch_size", "activation", "penalty", "optimiser", "flips")
UNDISTURBED = {"learning_rate": 0.0, "iterations": 10**6}

_one_at_a_time = threading.Lock()  # pages run in threads, which would disturb each other's measurements


def estimated_seconds(settings: StudySettings, workers: int) -> float:
    """Estimate how long a study takes, within a factor of two while the load of this machine stays the same.

    What a pruner saves is left out, and so is the competition of workers for memory.

    Parameters
    ----------
    settings : StudySettings
    workers : int
        How many trials run at once, each as fast as one core of this machine now.

    Returns
    -------
    float
        Seconds, the start of the workers included.
    """
    return START_SECONDS + (TRIAL_SECONDS + _training_seconds(settings)) * math.ceil(settings.trials / workers)


def race_seconds(settings: RaceSettings, workers: int) -> float:
    """Estimate how long a race of samplers takes, in seconds, as `estimated_seconds` does for a study.

    Three searches take turns, each with one trial in training. A search draws its next trial after the last one is stored.
    """
    training = _training_seconds(settings.study("random"))
    return START_SECONDS + settings.all_trials * (TRIAL_SECONDS + training / min(workers, 3))


def _training_seconds(settings):
    """Seconds that one core needs for the networks of an average point.

    The cost grows about linearly along each axis, so the point in the middle of the space has the mean cost of all points.
    """
    experiment = settings.experiment({name: _middle(settings, name) for name in settings.vary})
    train, val, test = DATASETS[experiment.dataset].examples(experiment.train_share)
    costly: dict = {name: getattr(experiment, name) for name in COSTLY} | UNDISTURBED
    step, example = _measured(Experiment(**costly), int(time.monotonic() // VALID_SECONDS))
    epochs = experiment.iterations * min(1, experiment.batch_size / train)
    evaluated = min(EVALUATIONS, epochs + 1) * (min(TRAIN_SAMPLE, train) + val) + test
    return settings.seeds * (experiment.iterations * step + evaluated * example)


def _middle(settings, name):
    """The mean of the values that the sampler tries on an axis."""
    values, axis = settings.values[name], AXES[name]
    middle = mean(values if settings.sampler == "grid" else axis.spread(values[0], values[-1], DRAWN))
    return round(middle) if axis.whole else middle


@lru_cache(maxsize=256)
def _measured(experiment, period):
    """(seconds of a step, of an evaluated example) on one core of this machine. Each new `period` is measured again."""
    data = _random_data(experiment.dataset)
    with _one_at_a_time, threadpool_limits(1, user_api="blas"):
        training = experiment.training_on(data)
        _measure(training, data.X_val[:EVALUATED])  # the first steps also load code and allocate memory
        steps, examples = zip(*(_measure(training, data.X_val[:EVALUATED]) for _ in range(MEASUREMENTS)))
    return median(steps), median(examples)


def _measure(training, X):
    """(seconds of a step, of an evaluated example), measured once."""
    began = time.perf_counter()
    steps = next(training.events(seconds=MEASURED_SECONDS)).losses
    middle = time.perf_counter()
    training.network.logits(X)
    return (middle - began) / len(steps), (time.perf_counter() - middle) / len(X)


@lru_cache
def _random_data(name):
    """A Dataset of the same format as the data set `name`, with random contents: the data set may not be on this machine."""
    entry, rng = DATASETS[name], np.random.default_rng(0)
    X: np.ndarray | Images = rng.standard_normal((EXAMPLES, entry.inputs))
    y = rng.integers(0, entry.classes, EXAMPLES)
    if entry.image_shape:
        pixels = rng.integers(0, 256, X.shape, dtype=np.uint8)
        X = Images(pixels, range(EXAMPLES), entry.image_shape, np.zeros(entry.inputs), 1 / 255)
    return Dataset(name, X, y, X, y, X, y, entry.class_names, entry.image_shape)
