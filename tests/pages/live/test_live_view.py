"""The live view's component as Python mounts it."""

import pytest

from pages.live import live_view as module


@pytest.fixture
def problem(monkeypatch):
    """A function that mounts the view and returns the problem that the browser receives."""
    received = {}
    monkeypatch.setattr(module, "_component", lambda data, **_: received.update(data))

    def mounted(own):
        module.no_place_for_runs.clear()
        module.live_view({"lab": "train", "problem": own}, *[lambda value: None] * 3)
        return received["problem"]

    yield mounted
    module.no_place_for_runs.clear()


def test_a_disk_that_cannot_be_written_is_a_reason_why_no_run_can_start(problem, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "runs"))
    assert problem(None) is None and problem("Upload a file first") == "Upload a file first"
    monkeypatch.setenv("NNLIB_RUNS", "/proc/none")
    assert problem(None) == "The server cannot store runs (No such file or directory): please inform its operator"
    assert problem("Upload a file first") == "Upload a file first"
