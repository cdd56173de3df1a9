"""A network of a table in a lab: its run over there, and what is known of it (nnlib/runs/side_by_side.py)."""

import threading
from collections import deque
from contextlib import suppress

from nnlib.runs.kinds import KINDS
from nnlib.runs.relay import LASTING, Relay
from nnlib.runs.worker.pipes import Leave, Log, Orders
from nnlib.support.json_lines import to_line


class TableNetwork:
    """A network, and the pipes of its relay. What it tells is kept in a folder of its own until the table ends.

    index       in the table
    experiment  its MlpExperiment
    folder      of its run, a table with this network alone
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
        self.pauses_due = 0  # how often it still has to say that it is paused, until it is for good
        self._to_stay = self._to_step = False  # whether it is paused once it has obeyed; whether it has been told to make steps
        self._orders, self._inbox, self._log = Orders(), inbox, None
        self.take = self._orders.take
        self._remember()

    def _remember(self):
        """What a process before this one has heard of it, if it was done."""
        started, events = self.folder.read("started.json"), list(self.folder.events())
        if started and any(event["event"] == "entry" for event in events):
            for event in [started, *events]:
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
        if kind == "started":
            if self.started:  # from the first step again, on another worker, which is told to pause once
                self.pauses_due, self._to_step = int(self._to_stay), False
            self.started, self.frame, self.val_accuracy, self.done = event, None, None, False
            self.events.clear()
        elif kind == "state":
            self.state = event["state"]
            if self.state == "paused":
                self.pauses_due = max(0, self.pauses_due - 1)
                self._to_step = self._to_step and self.pauses_due > 0
        elif kind == "frame":
            self.frame = event
        elif kind in LASTING:
            self.events.append(event)
            self.done = self.done or kind == "entry"
            self.val_accuracy = event.get("val_accuracy", self.val_accuracy)

    def begin(self, cluster, enter, patience):
        """Begin to work on it, in a thread. The arguments are those of a Relay."""
        experiment = KINDS["table"].settings.from_dict(self.folder.about["settings"])
        relay = Relay(self.folder, experiment, self, self, cluster, self._entering(enter), patience)
        self.thread = threading.Thread(target=self._follow, args=(relay,), daemon=True)
        self.thread.start()

    def _entering(self, enter):
        """`enter`, for an entry of the table."""
        return lambda entry: enter(entry | {"run": self.folder.about["run"], "index": self.index})

    def _follow(self, relay):
        error = None
        try:
            with suppress(Leave):
                relay.run()
        except Exception as problem:
            error = problem
        self({"event": "over", "error": error})

    def end(self):
        """Its relay has ended."""
        self.over, self.state = True, None
        if self._log:
            self._log.close()

    def order(self, command):
        do = command["do"]
        if do in ("step", "epoch"):
            self.pauses_due += not self._to_step  # several in a row end in one pause
            self._to_stay = self._to_step = True
        elif do == "pause":
            self.pauses_due += not self._to_stay
            self._to_stay = True
        elif do in ("resume", "stop"):
            self.pauses_due, self._to_stay, self._to_step = 0, False, False
        self._orders.put(command)

    # The pipes of its relay, which calls these, and `take`, in threads of its own

    def log_to(self, path, size):
        if self._log:
            self._log.close()
        self._log = Log(path, size)

    def durable(self, event):
        self._log.add(to_line(event))
        self(event)

    def __call__(self, event):
        self._inbox.put((self, event))
