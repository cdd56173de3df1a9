import sys
from pathlib import Path

import pytest

from nnlib.runs.server import worker_process


@pytest.fixture
def stand_ins(monkeypatch):
    """Runs are given stand_in.py for a worker."""
    program = str(Path(__file__).with_name("stand_in.py"))
    monkeypatch.setattr(worker_process, "command", lambda folder: [sys.executable, "-S", program])
