"""A worker's process, as the server sees it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import nnlib
from nnlib.studies.local_workers import STUDY_WORKERS

LINE_BYTES = 64 * 1024**2  # the longest line a worker may print
LAST_WORDS = 4000  # bytes of its error output that are kept
PATIENCE_SECONDS = 10.0  # for a worker to save and leave before it is killed
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def command(folder):
    """What is typed to work on the run in `folder`."""
    return [sys.executable, "-m", "nnlib", "run", str(folder.path)]


def environment(threads):
    """The variables for that, where the process may use `threads` BLAS threads."""
    root = str(Path(nnlib.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads)), "PYTHONPATH": path}


class WorkerProcess:
    """One `python -m nnlib run FOLDER`."""

    def __init__(self, process):
        self._process = process
        self._last_words = asyncio.create_task(_tail(process.stderr))
        self._deadline = None
        self.pid = process.pid

    @classmethod
    async def start(cls, folder, threads, workers):
        """Start to work on the run in `folder`. Raises OSError.

        A run that begins may use `threads` BLAS threads, and a study may start `workers` processes of its own.
        """
        return cls(await asyncio.create_subprocess_exec(
            *command(folder), stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LINE_BYTES,
            env={**environment(threads), STUDY_WORKERS: str(workers)},
            start_new_session=True,  # Ctrl-C in the server's terminal is for the server, which lets go of its runs in order
        ))  # fmt: skip

    def send(self, command):
        """Pass a command on. One that has gone does not hear it."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def lines(self):
        """What it prints, line by line, to the end. A torn last line, of one killed while it wrote, is not one."""
        async for line in self._process.stdout:
            if line.endswith(b"\n"):
                yield line[:-1].decode()

    def release(self):
        """Have it save and leave. One that does not is killed: what it saved a second ago is enough."""
        self.send({"do": "release"})
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self.kill)

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def gone(self):
        """Wait until it has ended. Returns (exit code, a sentence for the learner on why it ended if it should not have)."""
        code = await self._process.wait()
        if self._deadline:
            self._deadline.cancel()
        return code, cause_of_death(code, await self._last_words)


async def _tail(stream):
    """Read `stream` to its end, so that nobody who writes to it waits; returns the last of it."""
    tail = b""
    while chunk := await stream.read(64 * 1024):
        tail = (tail + chunk)[-LAST_WORDS:]
    return tail.decode(errors="replace")


def cause_of_death(code, last_words):
    """A sentence for the learner on why a process ended with exit code `code`, negative for a signal."""
    if code == -signal.SIGKILL:
        return "Its process was killed, perhaps because the machine ran out of memory."
    if code < 0:
        return f"Its process was ended by {signal.Signals(-code).name}."
    last_line = next((line for line in reversed(last_words.splitlines()) if line.strip()), f"exit code {code}")
    return f"Its process failed: {last_line}"
