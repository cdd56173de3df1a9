"""A Dask task as seen from inside, on the worker that executes it: it sends news, and can ask whether it should end."""

import socket

from distributed import get_worker

_stop_asked: set[str] = set()  # keys of tasks of this worker


class Abandoned(Exception):
    """Nobody waits for the result of the task any more."""


class RunningTask:
    """The task that the calling thread executes.

    Parameters
    ----------
    topic : str
        The topic of Dask's events for its news: `Cluster.topic`.
    """

    def __init__(self, topic: str):
        self._topic, self._worker = topic, get_worker()
        self._key = self._worker.get_current_task()
        self.host = socket.gethostname()

    @property
    def worker_name(self) -> str:
        return self._worker.name

    @property
    def threads(self) -> int:
        """The number of computing threads that the worker was started with."""
        return self._worker.state.nthreads

    @property
    def scratch(self) -> str:
        """Folder of the worker for temporary files."""
        return self._worker.local_directory

    def wanted(self) -> bool:
        """Whether somebody waits for the result: not if the client has cancelled the task, or is gone."""
        task = self._worker.state.tasks.get(self._key)
        return task is not None and task.state == "executing"

    @property
    def stop_asked(self) -> bool:
        """Whether the client wants the task to end early, with what it has so far: `Cluster.ask_to_stop`."""
        return self._key in _stop_asked

    def send(self, news: dict) -> None:
        """Send news to the client: a dict that msgpack can write."""
        self._worker.log_event(self._topic, {"key": self._key, **news})


async def ask_to_stop(key: str) -> None:
    """On a worker: note that the task with this key is to end early. A coroutine, so that the client need not wait for it."""
    _stop_asked.add(key)
