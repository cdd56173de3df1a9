"""With `-n 2 --dist loadfile` the tests of a file run in one process: the servers and clusters that they share start once.

`--no-loadscope-reorder` leaves the files in their order: those of tests/e2e share a browser, too.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test may fail because the machine is busy with something else.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes; far more than the tests write


def pytest_configure():
    """Put temporary folders in memory if there is room: databases and checkpoints wait for the disk at every write.

    Python stores what it compiles: hundreds of processes that the tests start would compile the same files.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """An empty runs folder for this test, and no external database or scheduler."""
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("NNLIB_STORAGE", raising=False)
    monkeypatch.delenv("NNLIB_SCHEDULER", raising=False)
    return tmp_path / "runs"


@pytest.fixture
def store(runs):
    """The classes, in an empty runs folder."""
    from nnlib.classroom.store import open_store

    return open_store(create=True)


@pytest.fixture
def secret(store):
    """The secret of a teacher whose class is open."""
    return store.open_class("10b")


@pytest.fixture
def join(store, secret):
    """Joins the class: join("Ada") returns the member's secret."""
    return lambda pseudonym: store.join(store.lesson(secret).code, pseudonym)


@pytest.fixture(scope="session")
def cluster():
    """Two Dask workers, each a process with one thread, shared by all tests because they take seconds to start."""
    from nnlib.cluster.client import Cluster

    cluster = Cluster.here(2)
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def scheduler(cluster):
    """The address of its scheduler."""
    return cluster.client.scheduler.address


@pytest.fixture(scope="module")
def postgres():
    """The URL of a temporary server. PostgreSQL does not run as root."""
    pytest.importorskip("psycopg")
    initdb, control = shutil.which("initdb"), shutil.which("pg_ctl")
    if not (initdb and control):
        pytest.skip("there is no PostgreSQL here")
    somebody = {"user": "nobody"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if somebody:
        shutil.chown(folder, "nobody")
    data, quiet = folder / "data", {"cwd": folder, "check": True, "capture_output": True, **somebody}
    subprocess.run([initdb, "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"], **quiet)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    start = [control, "-D", data, "-o", options, "-l", folder / "log", "-w", "start"]
    subprocess.run(start, **quiet | {"capture_output": False, "stdout": subprocess.DEVNULL})
    yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    subprocess.run([control, "-D", data, "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(folder)
