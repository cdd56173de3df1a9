"""The work of one worker: train and test the networks of one point. Arguments and results are plain data.

`train_point` does not depend on Dask. `run_trial` runs it as a Dask task that sends its news to the coordinator.
"""

import math
import time
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from nnlib.cluster.task import Abandoned, RunningTask
from nnlib.data import DataError, load_dataset
from nnlib.studies.chance import packed
from nnlib.studies.study_settings import StudySettings
from nnlib.training import Evaluation

CURVE_POINTS = 40  # of a learning curve, about: evaluations in between are left out
RUNGS = 10  # equal parts of a training, after each of which a pruner may end it
CHECK_SECONDS = 0.25  # between checks whether the trial is still wanted, and between news
TESTED_AT_ONCE = 1000  # images; all of CIFAR-10's test images at once are 120 MB


def train_point(
    settings: StudySettings,
    params: dict,
    send: Callable[[dict], None] = lambda news: None,
    wanted: Callable[[], bool] = lambda: True,
    rungs: bool = False,
) -> dict:
    """Train and test `settings.seeds` networks at one point.

    Parameters
    ----------
    settings : StudySettings
    params : dict
        Axis name → value.
    send : callable
        Called with news, a dict: "network", "step", "iterations" and "points", those of the learning curve since the last
        news. With `rungs`, also "rung" (1 to 9) and the validation "accuracy", after each tenth of the first training.
    wanted : callable
        Called a few times a second. Returns whether to go on.
    rungs : bool
        Whether a pruner needs the news of the rungs.

    Returns
    -------
    dict
        The fields of a TrialRecord that come from the networks.

    Raises
    ------
    Abandoned
        If the trial is not wanted any more.
    DataError
        If the data set is missing.
    """
    began = time.perf_counter()
    runs = [
        _train_network(settings.experiment(params, k), {"network": k}, send, wanted, rungs and k == 0)
        for k in range(settings.seeds)
    ]
    return {
        "val_accuracies": [run["val_accuracy"] for run in runs],
        "test_accuracies": [run["test_accuracy"] for run in runs],
        "curves": [run["curve"] for run in runs],
        "answers": [packed(run["correct"]) for run in runs],
        "diverged": sum(run["diverged"] for run in runs),
        "seconds": round(time.perf_counter() - began, 3),
    }


def _train_network(experiment, news, send, wanted, rungs):
    data = _load(experiment.dataset, experiment.noise, experiment.train_share, experiment.seed, experiment.standardise)
    training = experiment.training_on(data)
    news = {**news, "iterations": training.iterations}
    curve: list[list] = []
    sent, checked = 0, time.perf_counter()
    for rung in range(1, RUNGS + 1):
        for event in training.events(max(0, training.iterations * rung // RUNGS - training.step), CHECK_SECONDS):
            if isinstance(event, Evaluation) and event.step >= training.iterations * len(curve) / CURVE_POINTS:
                curve.append([event.step, _finite(event.loss), event.val_accuracy])
            if time.perf_counter() - checked >= CHECK_SECONDS:
                if not wanted():
                    raise Abandoned
                send({**news, "step": training.step, "points": curve[sent:]})
                sent, checked = len(curve), time.perf_counter()
        if rungs and not training.ended:
            accuracy = float(_correct(training.network, data.X_val, data.y_val).mean())
            send({**news, "step": training.step, "points": curve[sent:], "rung": rung, "accuracy": accuracy})
            sent = len(curve)
    correct = _correct(training.network, data.X_val, data.y_val)
    return {
        "val_accuracy": float(correct.mean()),
        "test_accuracy": float(_correct(training.network, data.X_test, data.y_test).mean()),
        "correct": correct,
        "curve": curve,
        "diverged": training.step < training.iterations,
    }


@lru_cache(maxsize=4)
def _load(dataset, noise, train_share, seed, standardise):
    """Load the data once for the many networks that a worker trains on them."""
    return load_dataset(dataset, noise=noise, train_share=train_share, seed=seed, standardise=standardise)


def _correct(network, X, y):
    """Return which rows of X (N, D) are classified as y (N,), (N,) bool. A diverged network is tested as it is."""
    with np.errstate(all="ignore"):
        parts = [network.predict(X[i : i + TESTED_AT_ONCE]) for i in range(0, len(y), TESTED_AT_ONCE)]
    return np.concatenate(parts) == y


def _finite(loss):
    return round(loss, 5) if math.isfinite(loss) else None


# As a task of Dask


def run_trial(settings: dict, number: int, params: dict, topic: str, rungs: bool) -> dict | None:
    """Train point `number` of a study on this worker.

    Parameters
    ----------
    settings : dict
        The StudySettings.
    number : int
    params : dict
        Axis name → value.
    topic : str
        Of Dask's events, for the news.
    rungs : bool
        Whether a pruner needs the news of the rungs.

    Returns
    -------
    dict or None
        The result of `train_point` and "worker"; or {"failed": a sentence} if this worker cannot train the trial; or None if
        the trial was abandoned.
    """
    task = RunningTask(topic)
    _one_thread()
    host = task.host
    try:
        result = train_point(StudySettings.from_dict(settings), params, task.send, task.wanted, rungs)
    except Abandoned:
        return None
    except DataError as error:
        return {"failed": f"The worker on {host} cannot load the data: {error}"}
    except ValueError as error:  # a worker with other limits, or another version
        return {"failed": f"The worker on {host} rejects the settings: {error}"}
    except MemoryError:
        return {"failed": f"The memory of the worker on {host} is too small for trial {number}."}
    return result | {"worker": f"{host}/{task.worker_name}"}


@lru_cache(maxsize=1)
def _one_thread():
    """Use one BLAS thread from here on: workers share the cores, and products are rounded the same way on all of them."""
    threadpool_limits(1, user_api="blas")
