"""A Streamlit server of the app, as `streamlit run app.py` starts it, with runs in a folder of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

from tests.patience import PATIENCE
from tests.ports import free_port


def until(holds, what):
    """Wait for `holds()` to be true; what it returns. AssertionError that names `what` after PATIENCE."""
    limit = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < limit, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.05)
    return found


class Server:
    """
    root         the repository
    folder       where its log lies, and its runs in `runs`
    environment  variables it is started with, beside those of this process
    """

    def __init__(self, root, folder, **environment):
        self.root = root
        self.runs = Path(folder) / "runs"
        self.log_file = Path(folder) / "server.log"
        self.environment = environment
        self.process = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def start(self):
        """Start it, on the same port each time, and wait until it answers."""
        environment = {**os.environ, "NNLIB_RUNS": str(self.runs), **self.environment}
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(self.port)]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        until(self._answers, "the server answers")

    def _answers(self):
        assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.log}"
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self):
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """End it as Ctrl-C would, and see that it goes by itself, takes its workers along, and has met no unexpected error."""
        try:
            if self.process and self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
                self.process.wait(PATIENCE)
            until(lambda: not self.workers(), "no worker process is left")
        finally:
            for worker in self.workers():
                with contextlib.suppress(psutil.NoSuchProcess):
                    worker.kill()
            if self.process and self.process.poll() is None:
                self.kill()
        assert "Traceback" not in self.log, f"the server met an error:\n{self.log}"

    def workers(self, run=""):
        """The processes that work on a run, or on any: those whose arguments name its folder."""
        found = []
        for process in psutil.process_iter():
            try:
                if any(argument.startswith(str(self.runs / run)) for argument in process.cmdline()):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
                continue
        return found

    def all_runs(self):
        """The ids of all runs on disk."""
        return {path.parent.name for path in self.runs.glob("*/run.json")}

    def read(self, run, name):
        """The JSON object in a file of a run's folder."""
        return json.loads((self.runs / run / name).read_text())

    def events(self, run, kind):
        """The events of one kind that a run has written."""
        lines = (self.runs / run / "events.jsonl").read_text().splitlines()
        return [event for event in map(_parsed, lines) if event and event["event"] == kind]


def _parsed(line):
    try:
        return json.loads(line)
    except json.JSONDecodeError:  # still being written
        return None


def serving(root, folder, **environment):
    """A Server while it serves, for a fixture. The parameters are those of a Server."""
    server = Server(root, folder, **environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()
