"""A table in a lab: every network is a run of its own over there, as many at once as there are workers with a GPU.

What they tell is told on in the table's order, as if they had been trained one after another: at once of the first that is
not over, whose turn it is, and of the others when it is theirs. A table that is taken up tells again of the networks that
were done, and trains the others.
"""

import queue
import shutil
import threading
import time
from contextlib import suppress

from nnlib.runs.relay import LOOK_SECONDS, RETURN_SECONDS, NewestFrame
from nnlib.runs.store import RunFolder
from nnlib.runs.table_network import TableNetwork
from nnlib.runs.worker.pipes import Leave

RELEASE_SECONDS = 6.0  # for the relays to let go of their networks
PAUSE, RELEASE = {"do": "pause"}, {"do": "release"}
WATCHED, UNWATCHED = ({"do": "watched", "value": value} for value in (True, False))


class SideBySide:
    """The DepthTable `table` of the run in `folder`, on the GPUs of a lab. The other parameters are those of a Relay."""

    def __init__(self, folder, table, commands, emit, cluster, enter):
        self.folder, self.table = folder, table
        self.commands, self.emit, self.cluster, self.enter = commands, emit, cluster, enter
        self._inbox = queue.Queue()  # (TableNetwork, event) of a relay, and (None, command)
        self._networks = [
            TableNetwork(index, experiment, self._folder_of(index, experiment), self._inbox)
            for index, experiment in enumerate(table.experiments())
        ]
        self._over = threading.Event()
        self._turn = 0  # the network that is told of at once
        self._before_turn = 0  # bytes of the log when its turn came
        self._started = None  # as told
        self._step = 0  # the newest that was told
        self._standing = {}  # of commands that hold until another of their kind, the newest
        self._paused = self._stop_asked = False
        self._to_pause = set()  # networks that have been told to pause, or to make a step, and have not paused yet
        self._begun = False  # whether a network has
        self._state = None  # as told
        self._clock = Clock(folder.read("frame.json").get("seconds", 0.0) if any(n.done for n in self._networks) else 0.0)
        self._frame = NewestFrame(folder)
        self._next_look, self._workers = 0.0, 1

    def _folder_of(self, index, experiment):
        """The folder of a network: that of a table with this network alone."""
        folder = RunFolder(self.folder.path / "networks" / str(index))
        alone = self.table.having(depths=(experiment.depth,), seed=experiment.seed, seeds=1)
        folder.write("run.json", {"run": self.folder.id, "kind": "table", "settings": alone.to_dict()})
        return folder

    def run(self):
        """Have the table worked on to its end. Raises Leave when told to go, Failed with a sentence."""
        threading.Thread(target=self._pass_on, daemon=True).start()
        try:
            self._take_turns()
            while not self._all_over():
                self._begin_some()
                with suppress(queue.Empty):
                    self._hear(*self._inbox.get(timeout=LOOK_SECONDS))
        finally:
            self._over.set()
            self._release()
        self._end()

    @property
    def _at_work(self):
        return [each for each in self._networks if each.thread and not each.over]

    def _all_over(self):
        return not self._at_work and (self._stop_asked or self._turn == len(self._networks))

    # Networks

    def _begin_some(self):
        """Begin with as many networks as there are GPUs left over."""
        if self._stop_asked or (self._paused and self._started):
            return
        waiting = [each for each in self._networks if not (each.thread or each.over)]
        for network in waiting[: max(0, self._places() - len(self._at_work))]:
            self._begin(network)

    def _places(self):
        """How many networks may be at work at once. One at least: its relay finds out where there is no GPU any more."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            self._workers = max(1, len(self.cluster.gpu_workers() or ()))
        return self._workers

    def _begin(self, network):
        standing = self._standing if network.index == self._turn else self._standing | {"watched": UNWATCHED}
        for command in [*standing.values(), *([PAUSE] if self._paused else [])]:
            network.order(command)
        patience = RETURN_SECONDS if self._started else 0.0  # there was a worker: it is missed for a while
        network.begin(self.cluster, self.enter, patience)

    def _release(self):
        """Have the relays let go of their networks."""
        deadline = time.monotonic() + RELEASE_SECONDS
        for network in self._at_work:
            network.order(RELEASE)
        for network in self._at_work:
            network.thread.join(max(0.0, deadline - time.monotonic()))

    # Commands

    def _pass_on(self):
        """Put the commands among the events, in a thread of its own."""
        while not self._over.is_set():
            for command in self.commands.take(LOOK_SECONDS):
                self._inbox.put((None, command))

    def _obey(self, command):
        do = command["do"]
        if do == "release":
            raise Leave
        if do in ("watched", "pace"):
            self._standing[do] = command
        if do in ("step", "epoch"):
            self._go_and_pause(command)
        elif do == "watched":
            if self._turn < len(self._networks):
                self._networks[self._turn].order(command)
        else:
            self._order_all(command)
        self._tell_state()

    def _order_all(self, command):
        do = command["do"]
        if do in ("pause", "resume", "stop"):
            self._paused = do == "pause"
            self._to_pause = {each for each in self._at_work if each.state == "running"} if self._paused else set()
        self._stop_asked = self._stop_asked or do == "stop"
        for network in self._at_work:
            network.order(command)

    def _go_and_pause(self, command):
        """Let the network whose turn it is go so far, and the others pause. It begins, if it has not."""
        if self._stop_asked or self._turn == len(self._networks):
            return
        network = self._networks[self._turn]
        if not network.thread:
            self._begin(network)
        network.order(command)
        others = [each for each in self._at_work if each is not network]
        for other in others:
            other.order(PAUSE)
        self._paused, self._to_pause = True, {network, *(each for each in others if each.state == "running")}

    # Events

    def _hear(self, network, told):
        if network is None:
            self._obey(told)
        elif told["event"] == "over":
            self._see_off(network, told["error"])
        else:
            self._take_in(network, told)

    def _see_off(self, network, error):
        """The relay of a network has ended."""
        network.end()
        if not (network.done or self._stop_asked):
            raise error or Leave  # without an error, somebody ended it over there
        if network.index == self._turn:
            self._turn += 1
            self._take_turns()
        self._to_pause.discard(network)
        self._tell_state()

    def _take_in(self, network, event):
        kind, its_turn = event["event"], network.index == self._turn
        network.take_in(event)
        if kind == "state":
            self._begun_with(network)
        elif not its_turn:
            return
        elif kind == "started":
            self._introduce(network)
        elif kind == "preparing":
            self.emit(event)
        elif kind == "frame":
            self._show(network)
        else:
            self._tell(network)

    def _begun_with(self, network):
        """A network runs, or is paused."""
        if not network.pauses_due:
            self._to_pause.discard(network)
        self._begun = True
        self._tell_state()

    def _take_turns(self):
        """Tell of the network whose turn it is now all that it has told, and go on to the one after it if it is over."""
        while self._turn < len(self._networks):
            network = self._networks[self._turn]
            self._before_turn = self.emit.logged if self._started else 0
            if network.started and (network.done or not network.over):  # else stopped before its turn
                self._introduce(network)
                self._show(network)
            if not network.over:
                network.order(self._standing.get("watched", WATCHED))
                return
            self._turn += 1

    def _introduce(self, network):
        """Tell of a network from its beginning. What was told of an attempt at it that came to nothing goes."""
        each = network.started["iterations"]
        if network.told or not self._started:
            self._cut_log(self._before_turn)
            network.told = False
            at_once = min(self._places(), sum(not other.over for other in self._networks))
            about = {"iterations": len(self._networks) * each, "entries": [n.place(each) for n in self._networks]}
            self._started = network.started | about | {"at_once": max(1, at_once)}
            self.folder.write("started.json", self._started)
            self.emit(self._started)
        self._step = network.index * each
        self._tell(network)

    def _cut_log(self, size):
        """Log from byte `size` on. Who has heard more is told what is left."""
        shorter = self.folder.log.exists() and self.folder.log.stat().st_size > size
        self.emit.log_to(self.folder.log, size)
        if shorter:
            self.emit(self.folder.history())

    def _tell(self, network):
        """Tell what has not been told of a network, in the table's steps."""
        while network.events:
            event = network.events.popleft()
            before = network.index * network.started["iterations"]
            if event["event"] == "metrics":
                event = event | {"first": before + event["first"]}
                self._step = event["first"] + len(event["loss"]) - 1
            else:
                event = event | {"step": before + event["step"]}
            if event["event"] == "entry":
                event = event | {"index": network.index}
                self._step = event["step"]
            network.told = True
            self.emit.durable(event)

    def _show(self, network):
        """Tell what a network looks like now, and how fast all go that run."""
        if not network.frame:
            return
        running = [each for each in self._at_work if each.frame and each.state == "running"]
        speed = sum(each.frame["steps_per_second"] for each in running)
        steps_left = self._started["iterations"] - sum(each.step for each in self._networks)
        others = [each for each in self._at_work if each.started and each is not network]
        frame = network.frame | {
            "step": network.index * network.started["iterations"] + network.frame["step"],
            "entry": network.index,
            "seconds": round(self._clock.seconds, 2),
            "steps_per_second": round(speed, 1),
            "samples_per_second": round(speed * network.started["batch_size"], 1),
            "seconds_left": round(steps_left / speed, 1) if speed else None,
            "beside": [{"depth": each.depth, "val_accuracy": each.val_accuracy} for each in others],
        }
        self.emit(frame)
        self._frame.take(frame)

    def _tell_state(self):
        """Say whether the table runs: it is paused once all have paused that were to."""
        state = "paused" if self._paused and not self._to_pause else "running"
        if self._begun and state != self._state:
            self._state = state
            self._clock.run(state == "running")
            self.emit({"event": "state", "state": state, "reason": None})
            self._frame.due()

    def _end(self):
        """Tell of the end, and of networks that were done before their turn when it was stopped. Raises Leave if none began."""
        for network in self._networks[self._turn :]:
            if network.done:
                self._introduce(network)
        if not self._started:
            raise Leave
        self._clock.run(False)
        seconds = self._clock.seconds
        speed = sum(each.step for each in self._networks) / seconds if seconds else 0.0
        stopped = not all(each.done for each in self._networks)
        end = {"event": "finished", "step": self._step, "stopped": stopped, "outcome": None, "seconds": round(seconds, 2)}
        speeds = {"steps_per_second": round(speed, 1), "samples_per_second": speed * self._started["batch_size"]}
        self._frame.keep()
        self.emit.durable(end | speeds)
        shutil.rmtree(self.folder.path / "networks", ignore_errors=True)


class Clock:
    """Seconds in which a table ran: those before this process, and those since."""

    def __init__(self, before):
        self._before, self._since = before, None

    @property
    def seconds(self):
        return self._before + (time.monotonic() - self._since if self._since else 0.0)

    def run(self, running):
        self._before, self._since = self.seconds, time.monotonic() if running else None
