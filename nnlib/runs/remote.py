"""A run on another machine: the Dask task that works on it there, and what it sends home. nnlib/runs/relay.py is the other end.

The task starts `python -m nnlib run` in a folder that lasts as long as itself: the very process that would work on the run at
home, in which a GPU that is lost, or a memory that is too small, takes no Dask worker with it. Its lines go into one queue of
the scheduler, and its commands come out of another. Nobody waits at a queue for a limited time: the scheduler would log each
time that nothing came as an error.

Dask tasks are Python, so that whoever reaches a scheduler rules its workers: it is trusted as the machine itself is.
"""

import json
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

from distributed import Queue, get_client, get_worker

from nnlib.data import dataset_status
from nnlib.runs.server.worker_process import command, environment
from nnlib.runs.store import RunFolder

LOOK_SECONDS = 0.25  # between looks whether the run is still wanted, and whether there are commands
BATCH_SECONDS = 0.02  # in which lines gather to travel together
JOIN_SECONDS = 10.0  # for the helpers to end: one may wait for a scheduler that has vanished
WAITING = 8  # batches on their way at most
KEPT = ("network.pt", "network.json")  # what a run that has ended leaves
PASSING = tuple(f'{{"event": "{kind}"' for kind in ("frame", "preparing"))  # events of which only the newest matters
FAILED = '{"event": "failed"'
LEARNED = tuple(f'{{"event": "{kind}"' for kind in ("entry", "finished"))  # after a network went on the leaderboard


class Abandoned(Exception):
    """Nobody waits for the run any more."""


def events_of(name, client):
    """The queue of what is sent home by the run that goes by `name` on the scheduler of `client`."""
    return Queue(f"{name}-events", client)


def commands_for(attempt, client):
    """The queue of commands for an attempt. Each has its own: one that died may still wait at it, and takes what comes next."""
    return Queue(f"{attempt}-commands", client)


def leave(queue, killed):
    """Let go of a queue: nobody is to wait at it any more. It goes when all have let go that opened it.

    killed  of those, how many were killed before they could. To let go for one that has done so is harmless
    """
    queue.put(None)
    for _ in range(1 + killed):
        queue.close()


def work_remotely(name, kind, settings):
    """Work on a run from its beginning to its end, as a Dask task.

    name  of the run on this scheduler;  kind, settings: as in its run.json

    Sends dicts of attempt (which call of this), worker (its address), host, lines (events), entries (of the leaderboard, JSON).
    Returns {"attempt", "sent": how many dicts, "files": name → bytes, what the run left}; {"failed": why, a sentence}; None if
    nobody waits for the run any more.
    """
    worker, host = get_worker(), socket.gethostname()
    status = dataset_status(settings["dataset"])
    if not status.available:
        return {"failed": f"The worker on {host} cannot have the data: {status.title} are not there: {status.how}."}
    try:
        with tempfile.TemporaryDirectory(dir=worker.local_directory) as temporary:
            folder = RunFolder(Path(temporary, "run"))
            folder.write("run.json", {"run": "run", "kind": kind, "settings": settings})
            return Attempt(name, worker, host, folder).run()
    except Abandoned:
        return None
    except OSError as error:
        return {"failed": f"The worker on {host} cannot keep the run on its disk ({error.strerror or error})."}


class Attempt:
    """One process that works on the run, and its ways home."""

    def __init__(self, name, worker, host, folder):
        self.worker, self.host, self.folder = worker, host, folder
        self.id, self.key = uuid.uuid4().hex, worker.get_current_task()
        self.events, self.commands = events_of(name, get_client()), commands_for(self.id, get_client())
        self.outbox = Outbox()
        self._sent = 0
        self._entries_told = 0

    def run(self):
        """What `work_remotely` returns. Raises Abandoned or OSError."""
        try:
            return self._run()
        finally:
            self.events.close()
            self.commands.close()

    def _run(self):
        failed = None
        self._send([])  # to say who works
        with self._process() as process:
            while (lines := self.outbox.take(LOOK_SECONDS)) is not None:
                failed = next((json.loads(line)["reason"] for line in lines if line.startswith(FAILED)), failed)
                if lines:
                    self._send([line for line in lines if not line.startswith(FAILED)])
                elif not self._wanted():
                    raise Abandoned
            code = process.wait()
        if failed or code:
            return {"failed": f"On {self.host}: {failed or _cause_of_death(code)}"}
        files = {name: path.read_bytes() for name in KEPT if (path := self.folder.path / name).exists()}
        return {"attempt": self.id, "sent": self._sent, "files": files}

    @contextmanager
    def _process(self):
        """The process at work, its lines in the outbox, commands on their way to it. It ends with the block."""
        process = subprocess.Popen(
            command(self.folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment(self.worker.state.nthreads) | {"NNLIB_RUNS": str(self.folder.path.parent)},
            start_new_session=True,  # Ctrl-C in the worker's terminal is for the worker, with which the input ends
        )  # fmt: skip
        helpers = [threading.Thread(target=self._listen, args=(process.stdout,), daemon=True)]
        helpers += [threading.Thread(target=self._pass_on, args=(process.stdin,), daemon=True)]
        for helper in helpers:
            helper.start()
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            with suppress(Exception):  # of a scheduler that is gone
                self.commands.put(None)
            for helper in helpers:
                helper.join(JOIN_SECONDS)
            process.stdout.close()
            with suppress(OSError):
                process.stdin.close()

    def _listen(self, lines):
        for line in lines:
            if line.endswith("\n"):  # else torn, of a process that was killed while it wrote
                self.outbox.add(line[:-1])
        self.outbox.close()

    def _pass_on(self, orders):
        with suppress(Exception):  # the process or the scheduler is gone: who waits for that finds out
            while told := self.commands.get():
                with suppress(OSError):
                    orders.write(json.dumps(told) + "\n")
                    orders.flush()

    def _send(self, lines):
        """Send lines home. Raises Abandoned."""
        message = {"attempt": self.id, "worker": self.worker.address, "host": self.host, "lines": lines}
        message["entries"] = self._new_entries(lines)
        with suppress(Exception):  # the scheduler is gone, and the task with it
            while self._wanted():
                if self.events.qsize() < WAITING:
                    self.events.put(message)
                    self._sent += 1
                    return
                time.sleep(BATCH_SECONDS)
            self.events.get(batch=True)  # nobody else will take what is left
        raise Abandoned

    def _wanted(self):
        task = self.worker.state.tasks.get(self.key)  # "cancelled" as soon as the other end has let go of it, or has died
        return task is not None and task.state == "executing"

    def _new_entries(self, lines):
        """What the leaderboard got before these lines were told."""
        if not any(line.startswith(LEARNED) for line in lines):
            return []
        with suppress(OSError):
            entries = (self.folder.path.parent / "leaderboard.jsonl").read_text().splitlines()[self._entries_told :]
            self._entries_told += len(entries)
            return entries
        return []


class Outbox:
    """Lines on their way: all that last, and of those that pass the newest of each kind."""

    def __init__(self):
        self._lines = {}  # kind, or number of one that lasts → line
        self._count = 0
        self._closed = False
        self._something = threading.Condition()

    def add(self, line):
        with self._something:
            kind = next((kind for kind in PASSING if line.startswith(kind)), self._count)
            self._lines.pop(kind, None)
            self._lines[kind] = line
            self._count += 1
            self._something.notify()

    def close(self):
        """Nothing comes any more."""
        with self._something:
            self._closed = True
            self._something.notify()

    def take(self, seconds):
        """A list of what has come, which may be empty after `seconds`. None once all is taken and nothing comes any more."""
        with self._something:
            self._something.wait_for(lambda: self._lines or self._closed, seconds)
            if self._closed and not self._lines:
                return None
        time.sleep(BATCH_SECONDS)
        with self._something:
            lines = [*self._lines.values()]
            self._lines.clear()
            return lines


def _cause_of_death(code):
    if code < 0:
        return f"Its process was ended by {signal.Signals(-code).name}, perhaps because that machine ran out of memory."
    return f"Its process failed (exit code {code}): the log of the Dask worker says why."
