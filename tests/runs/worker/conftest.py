import os

import pytest

from nnlib.runs.worker import worker as worker_module
from tests.runs.runs_helpers import Script


@pytest.fixture
def failure(monkeypatch, capsys):
    """Executes the program of a worker in this process, and returns the reason that it reports: a sentence for a learner."""

    def fail(folder):
        script = Script()
        monkeypatch.setattr(worker_module, "Commands", lambda: script)
        monkeypatch.setattr(worker_module, "Emitter", lambda: script)
        assert worker_module.run_worker(folder.path) == 1
        assert "Traceback" in capsys.readouterr().err
        reason = script.only("failed")["reason"]
        assert "Traceback" not in reason and str(os.sep + "runs" + os.sep) not in reason and reason[-1] in ".)"
        return reason

    return fail
