"""A worker's process, as the server sees it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nnlib
from nnlib.runs.protocol import Command
from nnlib.runs.store import RunFolder
from nnlib.studies.local_workers import STUDY_WORKERS

LINE_BYTES = 64 * 1024**2  # the longest line a worker may print
ERROR_BYTES = 4000  # of the end of its error output that are stored
PATIENCE_SECONDS = 10.0  # for a worker to save and exit before it is killed
STOP_SECONDS = 4.0  # to notice that it is to stop: a single step may be long
REPORT_SECONDS = 60.0  # to make the report of a run that is stopped
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def command(folder: RunFolder) -> list[str]:
    """Return the command that works on the run in `folder`."""
    return [sys.executable, "-m", "nnlib", "run", str(folder.path)]


def environment(threads: int) -> dict[str, str]:
    """Return its environment variables, for a process that may use `threads` BLAS threads."""
    root = str(Path(nnlib.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads)), "PYTHONPATH": path}


class WorkerProcess:
    """One `python -m nnlib run FOLDER`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._errors = asyncio.create_task(_tail(process.stderr))
        self._deadline: asyncio.TimerHandle | None = None
        self.pid = process.pid

    @classmethod
    async def start(cls, folder: RunFolder, threads: int, workers: int) -> "WorkerProcess":
        """Start to work on the run in `folder`. Raises OSError.

        Parameters
        ----------
        folder : RunFolder
        threads : BLAS threads that a run which begins may use
        workers : processes that a study may start
        """
        options: dict[str, Any] = {"stdin": PIPE, "stdout": PIPE, "stderr": PIPE, "limit": LINE_BYTES}
        return cls(await asyncio.create_subprocess_exec(
            *command(folder),
            **options,
            env={**environment(threads), STUDY_WORKERS: str(workers)},
            start_new_session=True,  # Ctrl-C in the server's terminal is for the server, which releases its runs in order
        ))  # fmt: skip

    def send(self, message: Command) -> None:
        """Pass a command on. A process that has ended ignores it."""
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def lines(self) -> AsyncIterator[str]:
        """Yield what it prints, line by line, to the end, without an incomplete last line that a kill has left."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if line.endswith(b"\n"):
                yield line[:-1].decode()

    def release(self) -> None:
        """Ask it to save and exit. If it does not, it is killed; at most about a second of training is lost."""
        self.send({"do": "release"})
        self.end_within(PATIENCE_SECONDS)

    def end_within(self, seconds: float) -> None:
        """Kill it unless it has ended after so many seconds. A later call replaces this one."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.kill)

    def kill(self) -> None:
        """Kill it, and the processes that it has started."""
        with contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:
                os.killpg(self.pid, signal.SIGKILL)

    async def gone(self) -> tuple[int, str]:
        """Wait until it has ended. Returns its exit code, and a sentence on why it ended in case it should not have."""
        code = await self._process.wait()
        if self._deadline:
            self._deadline.cancel()
        return code, cause_of_death(code, await self._errors)


async def _tail(stream):
    """Read `stream` to its end, so that its writer never waits; return the last of it."""
    tail = b""
    while chunk := await stream.read(64 * 1024):
        tail = (tail + chunk)[-ERROR_BYTES:]
    return tail.decode(errors="replace")


def cause_of_death(code: int, errors: str) -> str:
    """Return a sentence for the learner on why a process ended.

    Parameters
    ----------
    code : its exit code, negative for a signal
    errors : the end of its error output
    """
    if code == -signal.SIGKILL:
        return "Its process was killed, perhaps because the machine ran out of memory."
    if code < 0:
        return f"Its process was ended by {signal.Signals(-code).name}."
    last_line = next((line for line in reversed(errors.splitlines()) if line.strip()), f"exit code {code}")
    return f"Its process failed: {last_line}"
