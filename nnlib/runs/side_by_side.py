"""A table in a lab with several GPUs: every network is a run of its own over there, as many at once as there are GPUs.

What they tell is told on in the table's order, as if they had been trained one after another: at once of the first that is
not over, whose turn it is, and of the others when it is theirs. Until then it is kept in a folder of the network's own. A table
that is taken up tells again of the networks that were done, and trains the others.
"""

import queue
import shutil
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import replace

from nnlib.json_lines import to_line
from nnlib.runs.kinds import KINDS
from nnlib.runs.pipes import Leave, Log
from nnlib.runs.relay import NewestFrame, Relay
from nnlib.runs.store import RunFolder

LOOK_SECONDS = 1.0  # between looks for GPUs that are free
LEAVE_SECONDS = 10.0  # for a relay to let go
STOP, RELEASE = {"do": "stop"}, {"do": "release"}
WATCHED, UNWATCHED = ({"do": "watched", "value": value} for value in (True, False))
LASTING = ("metrics", "evaluation", "entry")


class SideBySide:
    """The DepthTable `table` of the run in `folder`, on the GPUs of a lab. The other parameters are those of a Relay."""

    def __init__(self, folder, table, commands, emit, cluster, enter):
        self.folder, self.table = folder, table
        self.commands, self.emit, self.cluster, self.enter = commands, emit, cluster, enter
        self._inbox = queue.Queue()  # (Network, event) of a relay; (None, command); (None, exception)
        self._networks = [
            Network(index, experiment, self._folder_of(index, experiment), self._inbox)
            for index, experiment in enumerate(table.experiments())
        ]
        self._over = threading.Event()
        self._turn = 0  # the network that is told of at once
        self._said = 0  # bytes of the log before its turn
        self._started = None
        self._step = 0  # the newest that was told
        self._standing = {}  # of commands that hold until another of their kind, the newest
        self._paused = self._stop_asked = False
        self._state = None  # as last told
        self._clock = Clock()
        self._frame = NewestFrame(folder)
        self._next_look = self._gpus = 0

    def _folder_of(self, index, experiment):
        """The folder of a network: that of a table with this network alone."""
        folder = RunFolder(self.folder.path / "networks" / str(index))
        alone = replace(self.table, depths=(experiment.depth,), seed=experiment.seed, seeds=1)
        folder.write("run.json", {"run": self.folder.id, "kind": "table", "settings": alone.to_dict()})
        return folder

    def run(self):
        """Have the table worked on to its end. Raises Leave when told to go, Failed with a sentence."""
        begun_before = self.folder.log.exists() and self.folder.log.stat().st_size > 0
        self.emit.log_to(self.folder.log, 0)
        if begun_before:
            self.emit(self.folder.history())
        threading.Thread(target=self._pass_on, daemon=True).start()
        self._begin_turn()
        try:
            while not self._all_over():
                self._begin_some()
                with suppress(queue.Empty):
                    self._hear(*self._inbox.get(timeout=LOOK_SECONDS))
        finally:
            self._over.set()
            self._leave()
        self._end()

    @property
    def _at_work(self):
        return [each for each in self._networks if each.thread and not each.over]

    def _all_over(self):
        return not self._at_work and (self._stop_asked or self._turn == len(self._networks))

    # Networks

    def _begin_some(self):
        """Begin with as many networks as there are GPUs left over."""
        if self._paused or self._stop_asked:
            return
        waiting = [each for each in self._networks if not (each.thread or each.over)]
        for network in waiting[: max(0, self._places() - len(self._at_work))]:
            self._begin(network)

    def _places(self):
        """How many networks may be at work at once. One at least: its relay finds out where there is no GPU any more."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            self._gpus = max(1, sum((self.cluster.gpu_workers() or {}).values()))
        return self._gpus

    def _begin(self, network):
        standing = self._standing if network.index == self._turn else self._standing | {"watched": UNWATCHED}
        for command in standing.values():
            network.order(command)
        network.begin(self.cluster, lambda entry: self.enter(entry | {"run": self.folder.id, "index": network.index}))

    def _leave(self):
        """Have the relays let go of their networks."""
        for network in self._at_work:
            network.order(RELEASE)
        for network in self._at_work:
            network.thread.join(LEAVE_SECONDS)

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
        if do in ("pause", "resume"):
            self._paused = do == "pause"
        if do in ("step", "epoch", "watched"):  # of the one on view
            self._order_next(command)
        else:
            self._stop_asked = self._stop_asked or do == "stop"
            for network in self._at_work:
                network.order(command)
        self._tell_state()

    def _order_next(self, command):
        """Give a command to the network whose turn it is; to make a step it begins, if it has not."""
        if self._turn == len(self._networks):
            return
        network = self._networks[self._turn]
        if not network.thread and command["do"] != "watched" and not self._stop_asked:
            self._begin(network)
        network.order(command)

    # Events

    def _hear(self, network, told):
        if network is None:
            self._obey(told)
        elif told["event"] == "over":
            self._take_leave_of(network, told["error"])
        else:
            self._take_in(network, told)

    def _take_leave_of(self, network, error):
        network.leave()
        if error:
            raise error
        if not network.done and not self._stop_asked:  # somebody ended it over there, and with it the table
            self._obey(STOP)
        if network.index == self._turn:
            self._turn += 1
            self._begin_turn()

    def _take_in(self, network, event):
        kind, its_turn = event["event"], network.index == self._turn
        network.take_in(event)
        if kind == "state":
            self._tell_state()
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

    def _begin_turn(self):
        """It is the turn of the next network: tell what it has told so far, and go on to the one after it if it is over."""
        while self._turn < len(self._networks):
            network = self._networks[self._turn]
            self._said = self.emit.logged
            if network.started:
                self._introduce(network)
                self._show(network)
            if not network.over:
                network.order(self._standing.get("watched", WATCHED))
                return
            self._turn += 1

    def _introduce(self, network):
        """Tell of a network from its beginning. What was told of an attempt at it that came to nothing goes."""
        if network.told:
            self.emit.log_to(self.folder.log, self._said)
            self.emit(self.folder.history())
        if network.told or not self._started:
            network.told = False
            each, device = network.started["iterations"], network.started["device"]
            entries = [other.place(each) for other in self._networks]
            at_once = min(self._places(), len(entries))
            device = device | {"host": device["host"] + (f", {at_once} networks at once" if at_once > 1 else "")}
            self._started = network.started | {"device": device, "iterations": len(entries) * each, "entries": entries}
            self.folder.write("started.json", self._started)
            self.emit(self._started)
        self._tell(network)

    def _tell(self, network):
        """Tell what has not been told of a network, in the table's steps."""
        while network.events:
            event = network.events.popleft()
            first = network.index * network.started["iterations"]
            if event["event"] == "metrics":
                event = event | {"first": event["first"] + first}
                self._step = event["first"] + len(event["loss"]) - 1
            else:
                event = event | {"step": event["step"] + first}
            if event["event"] == "entry":
                event = event | {"index": network.index}
                self._step = event["step"]
            network.told = True
            self.emit.durable(event)

    def _show(self, network):
        """Tell what a network looks like now, and how fast all go that are at work."""
        if not network.frame:
            return
        at_work = [each for each in self._at_work if each.frame]
        speed = sum(each.frame["steps_per_second"] for each in at_work)
        steps_left = self._started["iterations"] - sum(each.step for each in self._networks)
        others = [each for each in at_work if each is not network]
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
        """Say whether the table runs: it is paused once no network of it runs any more."""
        states = [each.state for each in self._networks if each.state]
        state = "paused" if self._paused and "running" not in states else "running"
        if states and state != self._state:
            self._state = state
            self._clock.run(state == "running")
            self.emit({"event": "state", "state": state, "reason": None})
            self._frame.due()

    def _end(self):
        """Tell of the end, and of networks that were done before their turn when it was stopped. Raises Leave if none began."""
        if not self._started:
            raise Leave
        for network in self._networks[self._turn :]:
            if network.started:
                self._tell(network)
        self._clock.run(False)
        steps, seconds = sum(each.step for each in self._networks if each.thread), self._clock.seconds
        speed = steps / seconds if seconds else 0.0
        self._frame.keep()
        end = {
            "event": "finished",
            "step": self._step,
            "stopped": not all(each.done for each in self._networks),
            "outcome": None,
        }
        speeds = {"steps_per_second": round(speed, 1), "samples_per_second": speed * self._started["batch_size"]}
        self.emit.durable(end | speeds | {"seconds": round(seconds, 2)})
        shutil.rmtree(self.folder.path / "networks", ignore_errors=True)


class Network:
    """A network of a table: its run, the pipes of its relay, and what is known of it.

    index       in the table
    experiment  its MlpExperiment
    folder      of its run
    inbox       gets (self, event) of all that its relay tells, and an event "over" with the error that ended it, or None
    """

    def __init__(self, index, experiment, folder, inbox):
        self.index, self.depth, self.seed = index, experiment.depth, experiment.seed
        self.folder = folder
        self.thread = None  # of its relay, once it has begun
        self.over = self.done = False  # its relay has ended; it was trained to its end
        self.started = self.state = self.frame = self.val_accuracy = None
        self.events = deque()  # lasting ones that are still to be told
        self.told = False  # whether some have been
        self._commands, self._inbox, self._log = queue.SimpleQueue(), inbox, None
        self._remember()

    def _remember(self):
        """What a process before this one has heard of it, if it was done."""
        events = list(self.folder.events())
        if any(event["event"] == "entry" for event in events):
            for event in [self.folder.read("started.json"), *events]:
                self.take_in(event)
            self.over = True

    def place(self, steps):
        """What a table says beforehand of its network, where each makes `steps`."""
        first = self.index * steps
        return {"index": self.index, "depth": self.depth, "seed": self.seed, "first": first + 1, "last": first + steps}

    @property
    def step(self):
        """Steps so far."""
        return self.started["iterations"] if self.done else self.frame["step"] if self.frame else 0

    def take_in(self, event):
        """Remember an event of its relay."""
        kind = event["event"]
        if kind == "started":  # for the first time, or from the first step again
            self.started, self.frame, self.val_accuracy = event, None, None
            self.events.clear()
        elif kind == "state":
            self.state = event["state"]
        elif kind == "frame":
            self.frame = event
        elif kind in LASTING:
            self.events.append(event)
            self.done = self.done or kind == "entry"
            self.val_accuracy = event.get("val_accuracy", self.val_accuracy)

    def begin(self, cluster, enter):
        """Begin to work on it, in a thread. The arguments are those of a Relay."""
        experiment = KINDS["table"].settings.from_dict(self.folder.about["settings"])
        relay = Relay(self.folder, experiment, self, self, cluster, enter)
        self.thread = threading.Thread(target=self._follow, args=(relay,), daemon=True)
        self.thread.start()

    def _follow(self, relay):
        error = None
        try:
            relay.run()
        except Leave:
            pass
        except Exception as problem:
            error = problem
        self({"event": "over", "error": error})

    def leave(self):
        """Its relay has ended."""
        self.over, self.state = True, None

    # The pipes of its relay, which calls these in threads of its own; but for `order`

    def order(self, command):
        self._commands.put(command)

    def take(self, seconds):
        try:
            return [self._commands.get(timeout=seconds)]
        except queue.Empty:
            return []

    def log_to(self, path, size):
        if self._log:
            self._log.close()
        self._log = Log(path, size)

    def durable(self, event):
        self._log.add(to_line(event))
        self(event)

    def __call__(self, event):
        self._inbox.put((self, event))


class Clock:
    """Seconds in which a table ran."""

    def __init__(self):
        self._before, self._since = 0.0, None

    @property
    def seconds(self):
        return self._before + (time.monotonic() - self._since if self._since else 0.0)

    def run(self, running):
        self._before, self._since = self.seconds, time.monotonic() if running else None
