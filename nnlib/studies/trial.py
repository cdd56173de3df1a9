"""What a worker does: it trains and tests the networks of one point. Plain data in, plain data out.

`train_point` knows nothing of Dask; `run_trial` is the same as a Dask task, with its news sent to the coordinator.
"""

import math
import time
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from nnlib.cluster.task import Abandoned, RunningTask
from nnlib.data import DataError, load_dataset
from nnlib.studies.study_settings import StudySettings
from nnlib.training import Evaluation

CURVE_POINTS = 40  # of a learning curve, about; evaluations in between are left out
RUNGS = 10  # equal parts of a training, after each of which a pruner may end it
LOOK_SECONDS = 0.25  # between looks whether the trial is still wanted, and between news of it
TESTED_AT_ONCE = 1000  # images; all of CIFAR-10's test images at once are 120 MB


def train_point(settings, params, tell=lambda news: None, wanted=lambda: True, rungs=False):
    """Train and test `settings.seeds` networks at the point `params`. Returns a dict: what a TrialRecord keeps, but `worker`.

    tell    called with a dict of news: "network", "step", "iterations", "points" (of the learning curve since the last news)
            and with `rungs`, after each tenth of the first network's training, "rung" (1 to 9) and "accuracy" on validation
    wanted  asked a few times a second; on False, Abandoned is raised

    Raises DataError where the data set is missing.
    """
    began = time.perf_counter()
    runs = [
        _train_network(settings.experiment(params, k), {"network": k}, tell, wanted, rungs and k == 0)
        for k in range(settings.seeds)
    ]
    return {
        "val_accuracies": [run["val_accuracy"] for run in runs],
        "test_accuracies": [run["test_accuracy"] for run in runs],
        "curves": [run["curve"] for run in runs],
        "diverged": sum(run["diverged"] for run in runs),
        "seconds": round(time.perf_counter() - began, 3),
    }


def _train_network(experiment, news, tell, wanted, rungs):
    data = _load(experiment.dataset, experiment.noise, experiment.train_share, experiment.seed, experiment.standardise)
    training = experiment.training_on(data)
    news = {**news, "iterations": training.iterations}
    curve, told, looked = [], 0, time.perf_counter()
    for rung in range(1, RUNGS + 1):
        for event in training.events(max(0, training.iterations * rung // RUNGS - training.step), LOOK_SECONDS):
            if isinstance(event, Evaluation) and event.step >= training.iterations * len(curve) / CURVE_POINTS:
                curve.append([event.step, _finite(event.loss), event.val_accuracy])
            if time.perf_counter() - looked >= LOOK_SECONDS:
                if not wanted():
                    raise Abandoned
                tell({**news, "step": training.step, "points": curve[told:]})
                told, looked = len(curve), time.perf_counter()
        if rungs and not training.ended:
            accuracy = _accuracy(training.network, data.X_val, data.y_val)
            tell({**news, "step": training.step, "points": curve[told:], "rung": rung, "accuracy": accuracy})
            told = len(curve)
    return {
        "val_accuracy": _accuracy(training.network, data.X_val, data.y_val),
        "test_accuracy": _accuracy(training.network, data.X_test, data.y_test),
        "curve": curve,
        "diverged": training.step < training.iterations,
    }


@lru_cache(maxsize=4)
def _load(dataset, noise, train_share, seed, standardise):
    """A worker trains many networks on the same data."""
    return load_dataset(dataset, noise=noise, train_share=train_share, seed=seed, standardise=standardise)


def _accuracy(network, X, y):
    """Share of the rows of X (N, D) whose class is y (N,); of a network that diverged, as it was left."""
    with np.errstate(all="ignore"):
        right = sum(
            int((network.predict(X[i : i + TESTED_AT_ONCE]) == y[i : i + TESTED_AT_ONCE]).sum())
            for i in range(0, len(y), TESTED_AT_ONCE)
        )
    return right / len(y)


def _finite(loss):
    return round(loss, 5) if math.isfinite(loss) else None


# As a task of Dask


def run_trial(settings, number, params, topic, rungs):
    """Train point `number` of a study on this worker.

    settings  of the study, as a dict;  topic: of Dask's events, for news;  rungs: whether the news at rungs are wanted

    Returns what `train_point` returns and "worker"; {"failed": why, a sentence} where the trial cannot be done here; None if it
    was abandoned.
    """
    task = RunningTask(topic)
    _one_thread()
    host = task.host
    try:
        result = train_point(StudySettings.from_dict(settings), params, task.send, task.wanted, rungs)
    except Abandoned:
        return None
    except DataError as error:
        return {"failed": f"The worker on {host} cannot have the data: {error}"}
    except ValueError as error:  # a worker with other limits, or another version
        return {"failed": f"The worker on {host} refuses the settings: {error}"}
    except MemoryError:
        return {"failed": f"The memory of the worker on {host} is too small for trial {number}."}
    return result | {"worker": f"{host}/{task.worker_name}"}


@lru_cache(maxsize=1)
def _one_thread():
    """From here on one BLAS thread: the workers of a machine share its cores, and products round alike on all of them."""
    threadpool_limits(1, user_api="blas")
