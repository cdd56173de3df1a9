"""A worker's ends of its pipes: commands come in, events go out."""

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnlib.runs.protocol import DURABLE, Command, Event, command_from_hub
from nnlib.support.json_lines import to_line

GRACE_SECONDS = 5.0  # for the main thread to save and exit, once the input has ended
PROGRESS_SECONDS = 0.1  # between progress reports
RELEASE = {"do": "release"}


class Leave(Exception):
    """This process was asked to release its run."""


class Commands:
    """Commands on standard input, read by a thread of its own. End of input, SIGTERM and Ctrl-C mean: release the run."""

    def __init__(self) -> None:
        # the one kind of queue that a signal handler may write to
        self._queue: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._early: list[Command] = []  # came while there was nothing to command yet
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._queue.put(RELEASE))
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in _input_lines():
            with suppress(ValueError):  # an invalid command must not end a run
                self._queue.put(command_from_hub(line))
        self._queue.put(RELEASE)
        time.sleep(GRACE_SECONDS)
        os._exit(1)  # the main thread is stuck in something long: what was saved a second ago is enough

    def take(self, seconds: float | None = 0) -> list[Command]:
        """Return the commands that have come in; if there are none, wait up to `seconds` for one, None for ever."""
        commands, self._early = self._early, []
        with suppress(queue.Empty):
            while True:
                commands.append(self._queue.get(timeout=0 if commands else seconds))
        return commands

    def while_preparing(self, emit: Callable[[Event], Any]) -> Callable[[str, int, int], None]:
        """Return a progress callback for the data, which emits `preparing` events.

        It raises Leave on the commands release and stop. Other commands wait.
        """
        last = 0.0

        def progress(what, done, total):
            nonlocal last
            self._early = self.take()
            if any(command["do"] in ("release", "stop") for command in self._early):
                raise Leave
            if done >= total or time.monotonic() - last > PROGRESS_SECONDS:
                last = time.monotonic()
                emit({"event": "preparing", "what": what, "done": done, "total": total})

        return progress


def _input_lines():
    """Standard input, line by line, past Python's own buffer: a thread that waits in there crashes the process at its end."""
    rest = b""
    while chunk := os.read(0, 64 * 1024):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


class Log:
    """The log of a run's durable events. Each is a line in it before it is sent, so that the history has no gap."""

    def __init__(self, path: Path, size: int = 0) -> None:
        """Open the file `path` at byte `size`. What follows came after the checkpoint: it is deleted and made again."""
        self._file = open(path, "ab")
        self._file.truncate(min(size, self.size))

    def add(self, line: str) -> None:
        """Add a line. Raises OSError if it cannot be written."""
        self._file.write(line.encode() + b"\n")
        self._file.flush()

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Emitter:
    """Prints events, and logs the durable ones."""

    def __init__(self) -> None:
        self._out = open(os.dup(1), "w")
        os.dup2(2, 1)  # output that libraries print is not an event: send it to stderr
        self._log: Log | None = None

    def __call__(self, event: Event) -> None:
        """Print an event."""
        self.line(to_line(event))

    def durable(self, event: Event) -> None:
        """Log an event, then print it. Raises OSError if it cannot be written. Only after `log_to`."""
        assert self._log is not None and event["event"] in DURABLE
        line = to_line(event)
        self._log.add(line)
        self.line(line)

    def log_to(self, path: Path, size: int) -> None:
        """Log to the file `path` from byte `size` on."""
        if self._log:
            self._log.close()
        self._log = Log(path, size)

    @property
    def logged(self) -> int:
        """Bytes in the log. Only after `log_to`."""
        assert self._log is not None
        return self._log.size

    def line(self, line: str) -> None:
        """Print the line of an event."""
        try:
            print(line, file=self._out, flush=True)
        except BrokenPipeError:  # the server is gone; the end of the input is about to show it
            self._out = open(os.devnull, "w")
