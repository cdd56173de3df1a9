"""The networks of a run on the device `cluster`: each is a task that a worker of a Dask scheduler trains on its GPU.

Like a TorchTraining, it is a generator of events, independent of its consumer: to pause, stop asking for events. Then no
network is handed out any more; one that is being trained is trained to its end. Neither torch nor the data are needed here.
"""

import os
import queue
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from nnlib.cluster.client import GONE, GPU, Cluster, result_of
from nnlib.cluster.errors import SchedulerError, TaskFailed
from nnlib.runs.worker.job import Failed
from nnlib.runs.worker.network_task import NEWS_SECONDS, train_network
from nnlib.runs.worker.pipes import Leave
from nnlib.training import Diverged, Finished, Frame

COUNT_SECONDS = 1.0  # between two counts of the workers with a GPU
RETURN_SECONDS = 20.0  # for a worker that was killed to be started again
FETCH_SECONDS = 60.0  # for the result of a task to be transferred
WAITING = "Waiting for a GPU of the lab"
NO_SCHEDULER = (
    "There is no scheduler for GPUs: before you start this program, set NNLIB_SCHEDULER, such as tcp://host:8786, "
    "or choose another device."
)


class Network:
    """One network of a run, and its state as far as it is known.

    Attributes
    ----------
    settings : MlpExperiment or DepthTable
        What its task trains: the experiment, or the table with this network alone.
    future : distributed.Future or None
        The newest task.
    started : dict or None
        The `started` event of its task.
    news : dict
        The newest: host, step, epoch, learning_rate, steps_per_second, diagnostics.
    result : dict or None
        What its task has returned.
    lines : deque of dict
        Durable events that nobody has asked for yet.
    val_accuracy : float or None
        The newest.
    """

    future: Any = None
    started: Any = None
    result: Any = None
    val_accuracy: float | None = None

    def __init__(self, index: int, settings: Any) -> None:
        self.index, self.settings = index, settings
        self.news: dict[str, Any] = {"step": 0}
        self.lines: deque[dict] = deque()
        self._newest = {"metrics": 0, "evaluation": 0, "entry": -1}  # step of the newest line of each kind

    @property
    def done(self) -> bool:
        """Whether it was trained to its end."""
        return self.result is not None and not self.result["end"].get("stopped")

    @property
    def step(self) -> int:
        """Steps so far; one that diverged has left out the rest."""
        return self.started["iterations"] if self.done else self.news["step"]

    def receive(self, news: Mapping[str, Any]) -> None:
        """Take in news of its task, or the result."""
        if started := news.get("started"):
            self.started = started | {"device": started["device"] | {"host": news["host"]}}
        for line in news["lines"]:
            self._add(line)

    def _add(self, line):
        """Queue a line, without what is known: a task that a second worker has to begin again repeats the same numbers."""
        kind, newest = line["event"], self._newest[line["event"]]
        if kind == "metrics":
            known = newest + 1 - line["first"]
            if not 0 <= known < len(line["loss"]):
                return
            line = line | {"first": newest + 1, "loss": line["loss"][known:]}
            self._newest[kind] = newest + len(line["loss"])
        elif line["step"] > newest:
            self._newest[kind] = line["step"]
            self.val_accuracy = line["val_accuracy"]
        else:
            return
        self.lines.append(line)


class ClusterTraining:
    """The network of a depth experiment, or the networks of a table, trained on a cluster.

    Parameters
    ----------
    kind : str
        "depth" or "table".
    experiment : MlpExperiment or DepthTable
    scheduler : str, optional
        Address of the Dask scheduler. The default is $NNLIB_SCHEDULER.
    results : dict, optional
        Results of networks that are done, by index: they are not trained again.
    on_result : callable, optional
        Called with each Network whose task has returned.

    Raises
    ------
    Failed
        Here, and from `begin` and `events`, where there is no scheduler or no GPU, or a network cannot be trained.
    """

    def __init__(self, kind, experiment, scheduler=None, results=None, on_result=lambda network: None):
        self.kind, self._on_result = kind, on_result
        parts = [experiment]
        if kind == "table":
            parts = experiment.parts()
        self.networks = [Network(index, part) for index, part in enumerate(parts)]
        for index, result in (results or {}).items():
            self._finish(self.networks[index], result)
        self.step = 0  # of the run, the newest of all events so far
        self.index = 0  # of the network whose events are passed on: the first that is not done
        self.ended = self._stop_asked = False
        self.in_flight = {}  # key of a task → its Network
        self._arrived: queue.Queue[Any] = queue.Queue()  # news, and futures that are done
        self.capacity, self._capacity_due, self._gpu_due = 0, 0.0, 0.0
        self._cluster = _connected(scheduler or os.environ.get("NNLIB_SCHEDULER"))
        self._cluster.listen(self._arrived.put)

    def begin(self, waiting: Callable[[], object] = lambda: None) -> None:
        """Hand out networks, and wait until the first one is being trained.

        `waiting` is called meanwhile, and may raise. Raises Leave after `stop`.
        """
        while not any(network.started for network in self.networks):
            if self._stop_asked:
                raise Leave
            waiting()
            self._hand_out()
            self._receive(NEWS_SECONDS)

    def stop(self) -> None:
        """End early: what is being trained is stopped, and makes its report."""
        self._stop_asked = True

    def close(self) -> None:
        """Cancel what is being trained, and leave the scheduler."""
        with suppress(Failed):  # what was trained to its end in a pause
            for future in self._cluster.done(network.future for network in self.in_flight.values()):
                self._land(future)
        for network in self.in_flight.values():
            with suppress(Exception):  # of a client that has lost its scheduler
                network.future.cancel()
        self._cluster.close()

    # What is known of the run

    @property
    def started(self) -> dict[str, Any]:
        """The `started` event of the first network that was started."""
        return next(network.started for network in self.networks if network.started)

    @property
    def at_work(self) -> Network:
        """The Network whose events are passed on; at the end the last one."""
        return self.networks[min(self.index, len(self.networks) - 1)]

    @property
    def each(self) -> int:
        """Steps of one network."""
        return self.started["iterations"]

    @property
    def iterations(self) -> int:
        """Steps of all networks."""
        return len(self.networks) * self.each

    @property
    def steps_per_epoch(self) -> int:
        return self.started["steps_per_epoch"]

    @property
    def epoch(self) -> float:
        """Epochs of the network at work, a float."""
        return self.at_work.news.get("epoch", 0.0)

    @property
    def learning_rate(self) -> float | None:
        return self.at_work.news.get("learning_rate")

    # Events

    def events(self, steps: int | None = None, seconds: float = 0.0) -> Iterator[dict[str, Any] | Frame | Diverged | Finished]:
        """Train, and yield what happens, until `steps` more steps have been passed on or the run ends.

        Yields the durable events as dicts (docs/live-protocol.md), a Frame every NEWS_SECONDS or `seconds`, if these are
        more, and at the very end Diverged or Finished. Of several networks that are trained at once, the events come one
        network after the other, in the table's order.
        """
        target = self.iterations if steps is None else self.step + steps
        while not self.ended:
            self._hand_out()
            self._receive(max(seconds, NEWS_SECONDS))
            yield from self._lines()
            if self.index == len(self.networks) or (self._stop_asked and not self.in_flight):
                self.ended = True
                yield self._end()
                return
            yield Frame(self.step, self.at_work.news.get("diagnostics", []))
            if self.step >= target:
                return

    def _lines(self):
        """The durable events that have come, of the networks in their order."""
        while self.index < len(self.networks):
            network = self.networks[self.index]
            yield from self._lines_of(network)
            if not network.done:
                break
            self.index += 1
        if self._stop_asked and not self.in_flight:
            for network in self.networks[self.index + 1 :]:
                if network.done:
                    yield from self._lines_of(network)

    def _lines_of(self, network):
        """The lines of a network, with steps counted through all networks."""
        before = network.index * self.each if network.started else 0
        while network.lines:
            line = network.lines.popleft()
            if line["event"] == "metrics":
                self.step = before + line["first"] + len(line["loss"]) - 1
                line = line | {"first": before + line["first"]}
            else:
                self.step = before + line["step"]
                line = line | {"step": self.step} | ({"index": network.index} if line["event"] == "entry" else {})
            yield line

    def _end(self):
        if self.kind == "table":
            return Finished(self.step, stopped=self.index < len(self.networks))
        if self.at_work.result is None:  # stopped before a worker started it again
            raise Leave
        end = self.at_work.result["end"]
        if end["event"] == "diverged":
            return Diverged(end["step"], end["reason"], end["advice"])
        return Finished(end["step"], end["stopped"])

    # Out to the workers

    def _hand_out(self):
        """Hand out as many networks as there are GPUs left over."""
        free = self._gpus() - len(self.in_flight)
        if self._stop_asked:
            for key, network in [*self.in_flight.items()]:
                if not network.started:
                    self.in_flight.pop(key).future.cancel()
            return
        waiting = [each for each in self.networks if not each.done and each not in self.in_flight.values()]
        for network in waiting[: max(0, free)]:
            self._submit(network)

    def _gpus(self):
        """How many workers have a GPU, counted once in a while. Raises Failed if there has been none for some time."""
        now = time.monotonic()
        if now >= self._capacity_due:
            workers = self._cluster.gpu_workers()
            if workers is None:
                raise Failed(GONE)
            if not workers and now >= self._gpu_due:
                raise Failed(f"This run has no device: {self._cluster.no_gpu()}, or choose another device.")
            if workers:
                self._gpu_due = now + RETURN_SECONDS
            self.capacity, self._capacity_due = len(workers), now + COUNT_SECONDS
        return self.capacity

    def _submit(self, network):
        key = f"nnlib-network-{uuid.uuid4().hex}"
        network.future = self._cluster.client.submit(
            train_network, self.kind, network.settings.to_dict(), self._cluster.topic, key=key, resources=GPU, pure=False
        )
        self.in_flight[key] = network
        network.future.add_done_callback(self._arrived.put)

    # Back from them

    def _receive(self, seconds):
        """Take in what arrives within `seconds`, but do not wait any longer once a task is done."""
        deadline = time.monotonic() + seconds
        with suppress(queue.Empty):
            while True:
                arrived = self._arrived.get(timeout=max(0.0, deadline - time.monotonic()))
                if isinstance(arrived, dict):
                    self._take_news(arrived)
                else:
                    self._land(arrived)
                    deadline = 0.0

    def _take_news(self, news):
        network = self.in_flight.get(news["key"])
        if network is None:
            return
        network.news = news
        network.receive(news)
        if self._stop_asked:
            self._cluster.ask_to_stop(news["key"])

    def _land(self, future):
        """A task is done, in whatever way. Raises Failed."""
        network = self.in_flight.get(future.key)
        if network is None:
            return
        try:
            result = result_of(future, FETCH_SECONDS, "This run")
        except TimeoutError:  # its worker died with the result, and another one trains the network again
            future.add_done_callback(self._arrived.put)
            return
        except TaskFailed as error:
            raise Failed(str(error)) from error
        del self.in_flight[future.key]
        if result is None:  # its worker lost the scheduler for a while: it is handed out again
            return
        if "failed" in result:
            raise Failed(result["failed"])
        self._finish(network, result)
        self._on_result(network)

    def _finish(self, network, result):
        network.result = result
        network.receive(result)


def _connected(scheduler):
    """The Cluster of the scheduler at this address. Raises Failed."""
    if not scheduler:
        raise Failed(NO_SCHEDULER)
    try:
        return Cluster.of_scheduler(scheduler)
    except SchedulerError as error:
        raise Failed(str(error)) from error
