"""A worker's ends of its pipes: commands come in, events go out."""

import os
import queue
import signal
import threading
import time
from contextlib import suppress

from nnlib.runs.commands import from_hub
from nnlib.support.json_lines import to_line

GRACE_SECONDS = 5.0  # for the main thread to save and leave, once the input has ended
PROGRESS_SECONDS = 0.1  # between progress reports
RELEASE = {"do": "release"}


class Leave(Exception):
    """Somebody asked this process to let the run go."""


class Commands:
    """Commands on standard input, read by a thread of its own. End of input, SIGTERM and Ctrl-C mean: leave."""

    def __init__(self):
        self._queue = queue.SimpleQueue()  # the one kind of queue that a signal handler may write to
        self._early = []  # came while there was nothing to command yet
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._queue.put(RELEASE))
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in _input_lines():
            with suppress(ValueError):  # what is no command is not worth a run
                self._queue.put(from_hub(line))
        self._queue.put(RELEASE)
        time.sleep(GRACE_SECONDS)
        os._exit(1)  # the main thread is stuck in something long: what was saved a second ago is enough

    def take(self, seconds=0):
        """The commands that have come in; if there are none, waits up to `seconds` for one, None for as long as it takes."""
        commands, self._early = self._early, []
        with suppress(queue.Empty):
            while True:
                commands.append(self._queue.get(timeout=0 if commands else seconds))
        return commands

    def while_preparing(self, emit):
        """A progress callback for the data: reports, and gives up when told to leave or stop. Other commands wait."""
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


class Orders:
    """Commands given in this process, to one who takes them as from `Commands`."""

    def __init__(self):
        self._queue = queue.SimpleQueue()

    def put(self, command):
        self._queue.put(command)

    def take(self, seconds):
        """The next command in a list, which is empty if there is none within `seconds`."""
        try:
            return [self._queue.get(timeout=seconds)]
        except queue.Empty:
            return []


class Log:
    """The log of a run's durable events: each is a line in it before anybody hears of it, so that history has no gap."""

    def __init__(self, path, size=0):
        """The file `path` from byte `size` on; what lies beyond came after the checkpoint, and will be made again."""
        self._file = open(path, "ab")
        self._file.truncate(min(size, self.size))

    def add(self, line):
        """Raises OSError if the disk does not take it."""
        self._file.write(line.encode() + b"\n")
        self._file.flush()

    @property
    def size(self):
        """Bytes."""
        return os.fstat(self._file.fileno()).st_size

    def close(self):
        self._file.close()


class Emitter:
    """Prints events, and logs the durable ones."""

    def __init__(self):
        self._out = open(os.dup(1), "w")
        os.dup2(2, 1)  # what libraries print is no event: it joins the errors
        self._log = None

    def __call__(self, event):
        """Print an event. Returns its line."""
        line = to_line(event)
        self._print(line)
        return line

    def durable(self, event):
        """Log an event, then print it. Raises OSError if the disk does not take it."""
        line = to_line(event)
        self._log.add(line)
        self._print(line)

    def log_to(self, path, size):
        """Log to the file `path` from byte `size` on."""
        if self._log:
            self._log.close()
        self._log = Log(path, size)

    @property
    def logged(self):
        """Bytes in the log."""
        return self._log.size

    def _print(self, line):
        try:
            print(line, file=self._out, flush=True)
        except BrokenPipeError:  # the server has gone; the end of our input will tell us so
            self._out = open(os.devnull, "w")
