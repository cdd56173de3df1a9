"""A run folder for each test; for all of them one Dask scheduler with two workers, because to start it takes seconds."""

import pytest

from nnlib.cluster.client import Cluster


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("NNLIB_STORAGE", raising=False)
    monkeypatch.delenv("NNLIB_SCHEDULER", raising=False)
    return tmp_path / "runs"


@pytest.fixture(scope="session")
def cluster():
    """Two workers, each a process of one thread."""
    cluster = Cluster.here(2)
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def scheduler(cluster):
    """Its address."""
    return cluster.client.scheduler.address
