"""A run whose device is the lab's GPU: the process at home, that passes on what a worker of a Dask scheduler does with it.

It neither imports torch nor reads data. Commands go to the worker, events come back (nnlib/runs/remote.py), and what must
outlive the run is kept here, as if it had been trained here: the log, the newest picture, the network, the leaderboard. Only
checkpoints do not travel: a run that is taken up begins again.
"""

import json
import queue
import threading
import time
import uuid
from contextlib import suppress

from nnlib.cluster.client import GONE, GPU, TaskFailed, no_gpu, result_of
from nnlib.deep.settings import CLUSTER
from nnlib.runs.remote import KEPT, commands_for, events_of, leave, work_remotely
from nnlib.runs.store import END_EVENTS
from nnlib.runs.worker.pipes import Leave
from nnlib.runs.worker.work import Failed
from nnlib.support.atomic import write_atomically
from nnlib.support.json_lines import to_line

LOOK_SECONDS = 1.0  # between looks after the worker while nothing comes from it
FRAME_SECONDS = 1.0  # between pictures that are kept
RETURN_SECONDS = 20.0  # for a worker that was lost to be started anew
FETCH_SECONDS = 60.0  # for what the run left to come over
STATES = {"pause": True, "step": True, "epoch": True, "resume": False, "stop": False}  # whether it is paused after a command
LASTING = ("metrics", "evaluation", "entry")
PASSING = ("preparing", "state", "frame")
WAITING = {"event": "preparing", "what": "Waiting for a GPU of the lab", "done": 0, "total": 0}
OTHER_FILES = 16 * 1024**2  # bytes that a file may have beyond 8 for each weight


class NewestFrame:
    """The newest whole picture of a run, kept in its folder once in a while."""

    def __init__(self, folder):
        self._folder, self._frame, self._next = folder, None, 0.0

    def take(self, frame):
        """Take a frame, if it is a whole one: the first of all is."""
        if self._frame is None or frame.keys() >= self._frame.keys():
            self._frame = frame
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + FRAME_SECONDS
            self.keep()

    def due(self):
        """Keep the next one at once."""
        self._next = 0.0

    def keep(self):
        if self._frame:
            self._folder.write("frame.json", self._frame)


class Relay:
    """The run in `folder`, of the MlpExperiment or DepthTable `experiment`, on a worker with a GPU.

    commands   has take(seconds), emit prints and logs: as nnlib.runs.worker.pipes has them
    cluster    the Cluster of the scheduler
    enter      called with each entry for the leaderboard
    patience   seconds in which a worker with a GPU must be there
    """

    def __init__(self, folder, experiment, commands, emit, cluster, enter, patience=0.0):
        self.folder, self.experiment = folder, experiment
        self.commands, self.emit, self.enter = commands, emit, enter
        self.cluster = cluster
        self._arrived = queue.Queue()  # messages of the worker; the future when it is done; None to leave; exceptions
        self._over = threading.Event()
        self._orders, self._kept = None, []  # commands that a worker gets; those that wait for one
        self._ordering = threading.Lock()  # for these two
        self._standing = {}  # of commands that hold until another of their kind, the newest
        self._paused = self._stop_asked = False
        self._attempt = self._worker = self._host = None  # whose events count
        self._heard = 0  # messages of this attempt
        self._past = set()  # attempts that count no more
        self._result = None  # of the task
        self._end = None  # the event that ends the run, told when all else is in place
        self._frame = NewestFrame(folder)
        self._patience = time.monotonic() + patience  # until when a worker with a GPU must be there

    def run(self):
        """Have the run worked on to its end. Raises Leave when told to go, Failed with a sentence."""
        self._name = f"nnlib-run-{uuid.uuid4().hex}"
        self._events = events_of(self._name, self.cluster.client)
        try:
            self._follow()
        finally:
            self._over.set()
            with suppress(Exception):  # of a client that has lost its scheduler
                self._future.cancel()
                self._leave_queues()

    def _follow(self):
        self._submit()
        for helper in (self._listen, self._pass_on):
            threading.Thread(target=helper, daemon=True).start()
        while not self._all_heard():
            try:
                arrived = self._arrived.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                self._look()
            else:
                self._hear(arrived)
        self._land()

    def _submit(self):
        settings = self.experiment.to_dict() | {"device": "auto"}  # the best that the worker has
        self._future = self.cluster.client.submit(
            work_remotely, self._name, self.folder.about["kind"], settings,
            key=f"{self._name}-{uuid.uuid4().hex}", resources=GPU, pure=False,
        )  # fmt: skip
        self._future.add_done_callback(self._arrived.put)

    def _look(self):
        """See that there is a worker, and whether it is still the one that works. Raises Failed."""
        workers = self.cluster.gpu_workers()
        if workers is None:
            raise Failed(GONE)
        if self._worker and self._worker not in workers:
            self._worker = None
            self._patience = time.monotonic() + RETURN_SECONDS
            self.emit(WAITING | {"what": f"The worker on {self._host} is gone: waiting for another GPU of the lab"})
        if not workers and time.monotonic() >= self._patience:
            raise Failed(f"This run has no device: {no_gpu(self.cluster.address)}, or choose another device.")

    # Commands

    def _pass_on(self):
        """Send the commands on, in a thread of its own."""
        while not self._over.is_set():
            for command in self.commands.take(LOOK_SECONDS):
                self._stop_asked = self._stop_asked or command["do"] == "stop"
                if command["do"] in STATES:
                    self._paused = STATES[command["do"]]
                if command["do"] in ("watched", "pace"):
                    self._standing[command["do"]] = command
                with self._ordering:
                    if command["do"] == "release" or (command["do"] == "stop" and not self._worker):
                        self._arrived.put(None)
                    elif self._orders:
                        self._order(command)
                    else:
                        self._kept.append(command)

    def _order(self, command):
        with suppress(Exception):  # the scheduler is gone: whoever waits for events finds out
            self._orders.put(command)

    def _order_from(self, attempt):
        """Give the commands to this attempt from now on: those that have waited, and what an attempt before it was told."""
        with self._ordering:
            before = []
            if self._orders:
                before = [*self._standing.values(), *([{"do": "pause"}] if self._paused else [])]
                with suppress(Exception):
                    leave(self._orders, 1)
            self._orders = commands_for(attempt, self.cluster.client)
            for command in [*before, *self._kept]:
                self._order(command)
            self._kept.clear()

    # Events

    def _listen(self):
        """Take in messages, in a thread of its own: there may be none for hours."""
        try:
            while message := self._events.get():
                self._arrived.put(message)
        except Exception as error:
            self._arrived.put(error)

    def _hear(self, arrived):
        if arrived is None:
            raise Leave
        if isinstance(arrived, Exception):
            raise Failed(GONE) from arrived
        if isinstance(arrived, dict):
            self._take_in(arrived)
        elif arrived is self._future:
            self._result = self._fetch()

    def _take_in(self, message):
        if message["attempt"] in self._past:
            return
        if message["attempt"] != self._attempt:
            self._take_over(message)
        self._heard += 1
        for entry in map(json.loads, message["entries"]):
            self.enter(self._as_ours(entry) | {"run": self.folder.id, "device": f"{entry['device']} of {self._host}"})
        for line in message["lines"]:
            self._tell(json.loads(line))

    def _take_over(self, message):
        """Another attempt begins, on a worker that the scheduler has found."""
        if self._stop_asked:  # and the one before was lost before it had stopped: there is nothing to report on
            raise Leave
        if self._attempt:
            self._past.add(self._attempt)
        self._attempt, self._heard, self._end = message["attempt"], 0, None
        self._worker, self._host = message["worker"], message["host"]
        self._order_from(self._attempt)

    def _tell(self, event):
        kind = event["event"]
        if kind == "started":
            self._begin(event)
        elif kind in LASTING:
            self.emit.durable(event)
        elif kind in END_EVENTS:
            self._end = event
        elif kind in PASSING:
            self.emit(event)
        if kind == "frame":
            self._frame.take(event)
        elif kind == "state":
            self._frame.due()

    def _begin(self, started):
        """A worker begins, from the first step. What an earlier one told goes: it will be told again."""
        again = self.folder.log.exists() and self.folder.log.stat().st_size > 0
        self.emit.log_to(self.folder.log, 0)
        self._frame = NewestFrame(self.folder)
        started = started | {"device": {**started["device"], "host": self._host}}
        self.folder.write("started.json", started)
        if again:
            self.emit(self.folder.history())
        self.emit(started)

    # The end

    def _leave_queues(self):
        """Let go of the queues, for the attempts that were killed, too."""
        lost = 0 if self._worker or not self._attempt else 1  # of the newest attempt, with its worker
        leave(self._events, len(self._past) + lost)
        with self._ordering:
            if self._orders:
                leave(self._orders, lost)
            self._orders = None

    def _fetch(self):
        """What the task has returned; None if it is at work again. Raises Failed."""
        try:
            result = result_of(self._future, FETCH_SECONDS, "This run")
        except TimeoutError:  # its worker died with the result, which is made again
            self._future.add_done_callback(self._arrived.put)
            return None
        except TaskFailed as error:
            raise Failed(str(error)) from error
        if result is None:  # abandoned by mistake: its worker lost the scheduler for a while
            self._submit()
        elif "failed" in result:
            raise Failed(result["failed"])
        return result

    def _all_heard(self):
        """Whether the result has come, and all that was sent before it: that takes another way."""
        result = self._result
        return result is not None and (self._attempt, self._heard) == (result["attempt"], result["sent"])

    def _land(self):
        if self._end:
            self._keep(self._result["files"])
            self.emit.durable(self._end)

    def _keep(self, files):
        """Put what the run left in its folder. Raises Failed if it is larger than such a network can be."""
        for name, content in files.items():
            if name not in KEPT or len(content) > 8 * self.experiment.weights + OTHER_FILES:
                raise Failed(f"What came back from {self._host} is not this network ({name}, {len(content):,} bytes).")
            if name.endswith(".json"):
                content = to_line(self._as_ours(json.loads(content))).encode()
            with write_atomically(self.folder.path / name) as file:
                file.write(content)
        self._frame.keep()

    def _as_ours(self, about):
        """`about`, with the device that its settings name here."""
        return about | {"settings": about["settings"] | {"device": CLUSTER}}
