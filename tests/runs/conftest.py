import pytest

from nnlib.runs.server import hub, places


@pytest.fixture(autouse=True)
def runs_of_its_own(tmp_path, monkeypatch):
    """Every test has an empty runs folder and a hub with short timeouts."""
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("NNLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hub, "TIDY_SECONDS", 0.1)
    monkeypatch.setattr(hub, "PRUNE_SECONDS", 0.1)
    monkeypatch.setattr(places, "RELOAD_SECONDS", 0.3)
