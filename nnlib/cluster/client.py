"""A client of a Dask scheduler: finds its workers and their GPUs, and receives the news that tasks send."""

import contextlib
import logging
import signal
import warnings
from collections.abc import Callable, Iterable
from multiprocessing import resource_tracker
from typing import Any, Self

import dask
from distributed import CancelledError, Client, Future, KilledWorker, LocalCluster

from nnlib.cluster.address import WANTED, check_address
from nnlib.cluster.errors import SchedulerError, TaskFailed
from nnlib.cluster.task import ask_to_stop
from nnlib.support.validation import shown

ANSWER_SECONDS = 10  # for a scheduler to answer
WHERE = (
    "start the scheduler and its workers in the app's folder, as `python -m dask scheduler` and `python -m dask worker`, "
    "with what requirements.txt names"
)
GONE = "The scheduler is gone."
HERE = {
    "distributed.scheduler.allowed-failures": 20,  # killed workers before a trial counts as failed
    "distributed.worker.profile.enabled": False,  # nobody reads profiles, and 100 samples a second cost processor time
    "distributed.admin.tick.interval": "1s",  # nor warnings of a slow event loop, for which Dask wakes up 50 times a second
}
GPU = {"GPU": 1}  # the resource that a worker offers with --resources GPU=1, and that a depth experiment takes
PARTS = ("nanny", "scheduler", "worker", "core", "client", "comm", "comm.tcp", "utils", "batched")
LOGGERS = ("distributed", "tornado", *(f"distributed.{part}" for part in PARTS))


def result_of(future: Future, seconds: float, task: str) -> Any:
    """Return the result of a finished task. Waits up to `seconds` for its transfer.

    task  names it at the beginning of a sentence: "Trial 3"

    Raises TaskFailed, or TimeoutError if the worker that held the result died: Dask then computes it again.
    """
    if future.status == "error":  # before anything else: an OSError of the task's own says nothing of the scheduler
        error = future.exception()
        raise TaskFailed(_reason(error, task)) from error
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        raise
    except (CancelledError, OSError):
        raise TaskFailed(GONE) from None
    except Exception as error:
        raise TaskFailed(_reason(error, task)) from error


def _reason(error, task):
    if isinstance(error, KilledWorker):
        return f"{task} ended every worker that tried it, perhaps because memory ran out there."
    if isinstance(error, ModuleNotFoundError):
        return f"A worker lacks the module {error.name}: {WHERE}."
    if isinstance(error, RuntimeError) and "deserialization of the task graph" in str(error):
        return f"The scheduler does not know the app's code: {WHERE}."
    return f"{task} failed ({type(error).__name__}: {error})."


class Cluster:
    """A client of a scheduler, with its own local workers if `here` created it."""

    def __init__(self, client, workers_here=None, address=None):
        self.client, self.address, self._here = client, address, workers_here
        self._subscribed, self._handlers = False, []

    @classmethod
    def here(cls, workers: int) -> Self:
        """Start `workers` worker processes on this machine, with one BLAS thread each."""
        _be_quiet()
        with _ctrl_c_is_ours(), dask.config.set(HERE):
            local = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, memory_limit=None,
                silence_logs=logging.CRITICAL,
                dashboard_address=None, scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # else it takes port 8787
            )  # fmt: skip
        return cls(Client(local, set_as_default=False), local)

    @classmethod
    def of_scheduler(cls, address: str) -> Self:
        """Connect to a running scheduler at "tcp://host:port". Raises SchedulerError."""
        _be_quiet()
        check_address(address)  # Client would find out, and then hang for a while
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of versions that differ: those that matter fail with a reason
                return cls(Client(address, timeout=ANSWER_SECONDS, set_as_default=False), address=address)
        except (OSError, ValueError, TypeError, ImportError) as error:
            reason = f"it does not answer within {ANSWER_SECONDS} s" if isinstance(error, OSError) else str(error)
            raise SchedulerError(f"The scheduler {shown(address)} cannot be used ({reason}): {WANTED}.") from None

    def threads(self) -> int | None:
        """How many trials the workers can execute at once. Asks the scheduler; None if it is gone."""
        try:
            return sum(self.client.nthreads().values()) if self.client.status == "running" else None
        except (OSError, CancelledError):
            return None

    def gpu_workers(self) -> list[str] | None:
        """Addresses of the workers that offer a GPU, free or not. Asks the scheduler; None if it is gone."""
        try:
            if self.client.status != "running":
                return None
            workers = self.client.scheduler_info(n_workers=-1)["workers"]
        except (OSError, CancelledError):
            return None
        return [address for address, about in workers.items() if about["resources"].get("GPU", 0) >= GPU["GPU"]]

    def done(self, futures: Iterable[Future]) -> list[Future]:
        """Return those whose results lie at a worker. Asks the scheduler, which knows of them before this client does."""
        futures = list(futures)
        try:
            holders = self.client.who_has(futures)
        except (OSError, CancelledError):
            return []
        return [future for future in futures if holders.get(future.key)]

    def no_gpu(self) -> str:
        """Return why no worker offers a GPU, as a clause. Asks the scheduler."""
        lacks = "has no worker that offers a GPU" if self.threads() else "has no worker yet"
        start = f"python -m dask worker {self.address} --resources GPU=1"
        return f"the scheduler {self.address} {lacks}: start one in the app's folder with `{start}`"

    @property
    def topic(self) -> str:
        """The topic of Dask's events that tasks are to log their news under, as dicts with a "key".

        The client's own id: the scheduler deletes this topic some time after the client leaves. Any other topic stays at the
        scheduler until the scheduler ends.
        """
        return self.client.id

    def listen(self, handler: Callable[[dict[str, Any]], object]) -> None:
        """Call `handler` with the news of all tasks of this cluster, in one of Dask's threads."""
        if not self._subscribed:
            self.client.subscribe_topic(self.topic, self._on_event)
            self._subscribed = True
        self._handlers.append(handler)

    def _on_event(self, event):
        _, news = event
        if "key" in news:  # else an event of Dask's own about the client
            for handler in tuple(self._handlers):
                handler(news)

    def unlisten(self, handler: Callable[[dict[str, Any]], object]) -> None:
        """Do not call `handler` any more."""
        if handler in self._handlers:
            self._handlers.remove(handler)

    def ask_to_stop(self, key: str) -> None:
        """Ask the task with this key to end early, with what it has so far. A worker that is gone ignores it."""
        with contextlib.suppress(OSError):  # of a scheduler that is gone
            self.client.run(ask_to_stop, key, wait=False)

    def close(self) -> None:
        """Disconnect, and end the local workers."""
        with contextlib.suppress(Exception):  # whatever is gone already
            if self._subscribed:  # else the scheduler reports the disconnection to the client that has just left
                self.client.unsubscribe_topic(self.topic)
            self.client.close(timeout=2)
        if self._here is not None:
            with contextlib.suppress(Exception):
                self._here.close(timeout=5)


@contextlib.contextmanager
def _ctrl_c_is_ours():
    """Threads and processes started in this block ignore Ctrl-C, which a terminal sends to all processes.

    This thread receives it after the block. A worker that Dask starts later inherits the setting from Dask's thread.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # else multiprocessing starts it with the first process, and unblocks Ctrl-C then
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_quiet():
    """Silence Dask's loggers, which report every worker that starts or ends. Errors are reported as exceptions."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
