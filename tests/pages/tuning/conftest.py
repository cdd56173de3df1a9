import pytest

from pages.tuning import live


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """No data but the digits, no runs, and workers of this machine."""
    for name in ("NNLIB_DATA", "NNLIB_RUNS", "NNLIB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("NNLIB_SCHEDULER", raising=False)


@pytest.fixture
def view_data(monkeypatch):
    """The last data passed to the live view, and its callbacks."""
    received = {}
    monkeypatch.setattr(live, "live_view", lambda data, **callbacks: received.update(data, **callbacks))
    return received
