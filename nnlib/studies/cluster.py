"""Where trials are executed: Dask workers of this machine, or those of a scheduler that runs already."""

import contextlib
import logging
import re
import signal
import warnings
from multiprocessing import resource_tracker

import dask
from distributed import CancelledError, Client, LocalCluster

from nnlib.studies.errors import StudyError
from nnlib.validation import shown

ANSWER_SECONDS = 10  # for a scheduler to answer
ADDRESS = r"(tcp|tls|ws|wss)://(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}"
WANTED = "give the address that `dask scheduler` printed, such as tcp://host:8786"
DEATHS = 20  # of workers that one trial may survive: a worker that is killed is no fault of the trial
PARTS = ("nanny", "scheduler", "worker", "core", "client", "comm", "comm.tcp", "utils", "batched")
LOGGERS = ("distributed", "tornado", *(f"distributed.{part}" for part in PARTS))


class SchedulerError(StudyError):
    """The scheduler cannot be reached. One sentence."""


class Cluster:
    """A client, and the workers of this machine if they were started with it."""

    def __init__(self, client, workers_here=None):
        self.client, self._here = client, workers_here

    @classmethod
    def here(cls, workers):
        """Workers of this machine: processes with one BLAS thread each, `workers` of them."""
        _be_quiet()
        with _ctrl_c_is_ours(), dask.config.set({"distributed.scheduler.allowed-failures": DEATHS}):
            local = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, memory_limit=None,
                silence_logs=logging.CRITICAL,
                dashboard_address=None, scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # else it takes port 8787
            )  # fmt: skip
        return cls(Client(local, set_as_default=False), local)

    @classmethod
    def of_scheduler(cls, address):
        """The workers of a scheduler that runs already, at "tcp://host:port". Raises SchedulerError."""
        _be_quiet()
        if not re.fullmatch(ADDRESS, address):  # Client would find out, and then hang for a while
            raise SchedulerError(f"The scheduler {shown(address)} cannot be used: {WANTED}.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of versions that differ: those that matter fail with a reason
                return cls(Client(address, timeout=ANSWER_SECONDS, set_as_default=False))
        except (OSError, ValueError, TypeError, ImportError) as error:
            reason = f"it does not answer within {ANSWER_SECONDS} s" if isinstance(error, OSError) else str(error)
            raise SchedulerError(f"The scheduler {shown(address)} cannot be used ({reason}): {WANTED}.") from None

    def threads(self):
        """How many trials the workers can execute at once. Asks the scheduler; None if it is gone."""
        try:
            return sum(self.client.nthreads().values()) if self.client.status == "running" else None
        except (OSError, CancelledError):
            return None

    def close(self):
        """Let go of everything; workers of this machine end."""
        with contextlib.suppress(Exception):  # whatever is gone already
            self.client.close(timeout=2)
        if self._here is not None:
            with contextlib.suppress(Exception):
                self._here.close(timeout=5)


@contextlib.contextmanager
def _ctrl_c_is_ours():
    """Threads and processes begun in this block never see a Ctrl-C, which a terminal sends to all processes alike.

    Who is told is this thread, once the block is left. A worker that Dask begins anew inherits it from Dask's own thread.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # multiprocessing begins it with the first process, and lets Ctrl-C in again then
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_quiet():
    """What is wrong is told in a sentence of ours; Dask's loggers tell of each worker that comes or goes."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
