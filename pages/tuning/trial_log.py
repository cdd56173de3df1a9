"""The trials in a run's log, read on from where the last look ended: a long study's curves are parsed once, not at every run
of the page."""

import json
from pathlib import Path
from threading import Lock

import streamlit as st

from nnlib.studies.records import TrialRecord


class TrialLog:
    """What the log at `path` has told so far, for all who look at it."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = Lock()
        self._forget()

    def _forget(self):
        self._trials, self._end = [], None
        self._read, self._last = 0, b""  # bytes read, and the last line of them

    def read(self) -> tuple[list, dict | None]:
        """[(event without its curves, TrialRecord)] of the trials so far, and the event at the end or None.

        Raises ValueError, KeyError, TypeError for trials of another version.
        """
        with self._lock:
            try:
                with open(self.path, "rb") as file:
                    self._read_on(file)
            except FileNotFoundError:
                self._forget()
            return list(self._trials), self._end

    def _read_on(self, file):
        file.seek(self._read - len(self._last))
        if file.read(len(self._last)) != self._last:  # a worker that took the run up has written its log anew
            self._forget()
            file.seek(0)
        for line in file:
            if not line.endswith(b"\n"):  # it is being written
                break
            self._take(line)
            self._read, self._last = self._read + len(line), line

    def _take(self, line):
        try:
            event = json.loads(line)
        except ValueError:  # torn by a kill
            return
        if event["event"] == "trial":
            record = TrialRecord.from_line(event)
            self._trials.append(({name: value for name, value in event.items() if name != "curves"}, record))
        elif event["event"] == "finished":
            self._end = event


@st.cache_resource(max_entries=20, show_spinner=False)
def trial_log(path: Path) -> TrialLog:
    """The one TrialLog of this file."""
    return TrialLog(path)
