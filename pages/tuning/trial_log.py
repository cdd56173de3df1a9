"""The trials in the log of a run. Each line is parsed once: reading continues where it ended at the last run of the page."""

from pathlib import Path
from threading import Lock

import streamlit as st

from nnlib.runs.stored_json import parse_event
from nnlib.studies.records import LONG, TrialRecord


class TrialLog:
    """The events in the log at `path` so far, shared by all sessions."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = Lock()
        self._reset()

    def _reset(self):
        self._trials, self._end = [], None
        self._read, self._last = 0, b""  # how many bytes are read, and the last line

    def read(self) -> tuple[list, dict | None]:
        """Return [(event without its LONG fields, TrialRecord)] of the trials so far, and the last event of the run or None.

        Raises ValueError, KeyError, TypeError for trials of another version.
        """
        with self._lock:
            try:
                with open(self.path, "rb") as file:
                    self._read_on(file)
            except FileNotFoundError:
                self._reset()
            return list(self._trials), self._end

    def _read_on(self, file):
        file.seek(self._read - len(self._last))
        if file.read(len(self._last)) != self._last:  # a worker that resumed the run has rewritten its log
            self._reset()
            file.seek(0)
        for line in file:
            if not line.endswith(b"\n"):  # the line is not complete yet
                break
            self._take(line)
            self._read, self._last = self._read + len(line), line

    def _take(self, line):
        event = parse_event(line)
        if event is None:  # a process was killed while it wrote the line
            return
        if event["event"] == "trial":
            record = TrialRecord.from_line(event)
            self._trials.append(({name: value for name, value in event.items() if name not in LONG}, record))
        elif event["event"] == "finished":
            self._end = event


@st.cache_resource(max_entries=20, show_spinner=False)
def trial_log(path: Path) -> TrialLog:
    """The one TrialLog of this file."""
    return TrialLog(path)
