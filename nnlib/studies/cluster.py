"""Where trials are executed: Dask workers of this machine, or those of a scheduler that runs already."""

import contextlib
import logging
import os
import warnings

import dask
from distributed import Client, LocalCluster

from nnlib.runs.limits import cores
from nnlib.validation import shown

ANSWER_SECONDS = 10  # for a scheduler to answer
DEATHS = 20  # of workers that one trial may survive: a worker that is killed is no fault of the trial
LOGGERS = ("distributed", "distributed.nanny", "distributed.scheduler", "distributed.worker", "distributed.core", "tornado")


class SchedulerError(ValueError):
    """The scheduler cannot be reached. One sentence."""


class Cluster:
    """A client and, where no scheduler is named, workers of this machine: one process and one BLAS thread each.

    scheduler  "tcp://host:port", or None for $NNLIB_SCHEDULER, or else workers here
    workers    how many here; None is one for each core

    Raises SchedulerError.
    """

    def __init__(self, scheduler=None, workers=None):
        for name in LOGGERS:  # what is wrong is told in a sentence of ours, and Dask tells of each worker that comes or goes
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.scheduler = scheduler or os.environ.get("NNLIB_SCHEDULER") or None
        self._here = None
        if self.scheduler is None:
            self._here = _workers_here(workers or cores())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of versions that differ: those that matter fail with a reason
                self.client = Client(self._here or self.scheduler, timeout=ANSWER_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, ImportError) as error:
            reason = "it does not answer" if isinstance(error, OSError) else str(error)
            raise SchedulerError(
                f"The scheduler {shown(self.scheduler)} cannot be used ({reason}): give the address that `dask scheduler` "
                "printed, such as tcp://host:8786."
            ) from None

    @property
    def alive(self):
        """Whether the scheduler is still there."""
        return self.client.status == "running"

    def threads(self):
        """How many trials the workers can execute at once. Asks the scheduler."""
        return sum(self.client.nthreads().values())

    def close(self):
        """Let go of everything; workers of this machine end."""
        with contextlib.suppress(Exception):  # whatever is gone already
            self.client.close(timeout=2)
        if self._here is not None:
            with contextlib.suppress(Exception):
                self._here.close(timeout=5)


def _workers_here(count):
    """A local cluster, quiet, without a dashboard."""
    with dask.config.set({"distributed.scheduler.allowed-failures": DEATHS}):
        return LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=None,
            silence_logs=logging.CRITICAL,
        )  # fmt: skip
