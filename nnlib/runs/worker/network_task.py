"""A network of a depth experiment or a table as a Dask task: trained on a worker that offers a GPU, in the task itself."""

import gc
import tempfile
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from nnlib.cluster.task import Abandoned, RunningTask
from nnlib.data import DataError, load_dataset
from nnlib.deep.devices import DeviceError
from nnlib.deep.settings import SPLIT_SEED
from nnlib.runs.kinds import KINDS
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.speed import Speed
from nnlib.support.atomic import write_atomically
from nnlib.training import Diverged, Finished, Frame

NEWS_SECONDS = 0.25  # between two messages, and between two checks whether the network is still needed
SUFFIXES = (".pt", ".json")  # of the files of a network


def train_network(kind: str, settings: dict[str, Any], topic: str) -> dict[str, Any] | None:
    """Train one network on this worker, as the process of a run does on its own machine.

    Parameters
    ----------
    kind : str
        "depth", or "table" for a table with this network alone.
    settings : dict
        Its settings.
    topic : str
        The topic of Dask's events for the news: dicts of key, host, lines (durable events that are new), step, epoch,
        learning_rate, steps_per_second and diagnostics, the first with `started`.

    Returns
    -------
    dict or None
        What the training has left: started, lines (all of them), end (the event that ended it), frame (the last one, with its
        pictures), entries (for the leaderboard), files (of the network, as bytes; none of a table), seconds, threads and host.
        {"failed": a sentence} where the network cannot be trained here; None if nobody waits for it any more.
    """
    task = RunningTask(topic)
    gc.collect()  # the network before this one may still be on the device, in a circle of references
    try:
        experiment = KINDS[kind].settings.from_dict(settings)
        with tempfile.TemporaryDirectory(dir=task.scratch) as scratch:
            return _train(task, kind, experiment, RunFolder(Path(scratch)))
    except Abandoned:
        return None
    except DataError as error:
        return {"failed": f"The worker on {task.host} cannot load the data: {error}"}
    except ValueError as error:  # a worker with other limits, or another version
        return {"failed": f"The worker on {task.host} rejects the settings: {error}"}
    except DeviceError as error:
        return {"failed": f"On {task.host}: {error}"}
    except MemoryError:
        return {"failed": f"The memory of the worker on {task.host} is too small for these settings."}


def _train(task, kind, experiment, folder):
    from nnlib.deep.threads import use_threads  # imports torch, which the process that hands out networks does not need

    entries: list[dict] = []
    lines: list[dict] = []
    sent = 0
    use_threads(task.threads)
    job = KINDS[kind].job_class()(folder, experiment, _load(experiment.by_name["dataset"]), entries.append)
    speed, training = Speed(job.training), job.training
    started = job.started()
    news = {"host": task.host, "started": started}
    began = time.perf_counter()
    for event in job.events(None, NEWS_SECONDS):
        if isinstance(event, Frame):
            if not task.wanted():
                raise Abandoned
            speed.measure()
            position = {
                "step": training.step,
                "epoch": round(training.epoch, 3),
                "learning_rate": training.learning_rate,
                "steps_per_second": speed.steps_per_second,
                "diagnostics": event.diagnostics,
            }
            task.send(news | {"lines": lines[sent:]} | position)
            news, sent = {"host": task.host}, len(lines)
            if task.stop_asked:
                training.stop()
        elif isinstance(event, Diverged):
            end = {"event": "diverged", **vars(event)}
        elif isinstance(event, Finished):
            end = {"event": "finished", **job.result(event)}
        elif line := job.durable(event):
            lines.append(line)
    seconds = time.perf_counter() - began
    frame, _ = job.frame(speed.steps_per_second, complete=True)
    paths = [(folder.path / "network").with_suffix(suffix) for suffix in SUFFIXES]
    files = [path.read_bytes() for path in paths if path.exists()]
    return {
        "started": started, "lines": lines, "end": end, "frame": frame, "entries": entries, "files": files, "host": task.host,
        "seconds": round(seconds, 2), "threads": task.threads,
    }  # fmt: skip


def save_files(path: Path, files: Iterable[bytes]) -> None:
    """Write the files of a network, whose .pt file is to be `path`. Raises OSError."""
    for suffix, content in zip(SUFFIXES, files):
        with write_atomically(path.with_suffix(suffix)) as file:
            file.write(content)


@lru_cache(maxsize=1)
def _load(dataset):
    """The images, which are the same for all networks: a worker trains many of them."""
    return load_dataset(dataset, seed=SPLIT_SEED)
