"""The same studies in PostgreSQL, if a server can be started."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from nnlib.studies.coordinator import Coordinator, TrialDone
from nnlib.studies.storage import InUse, StudyLock
from nnlib.studies.stored_study import StoredStudy
from tests.studies.studies_helpers import execute, results, tiny


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


def test_a_study_in_postgresql_is_executed_locked_and_resumed(postgres, scheduler, monkeypatch):
    settings = tiny("grid", sampler="random")
    in_sqlite = results(execute("a", settings, scheduler))
    monkeypatch.setenv("NNLIB_STORAGE", postgres)
    with Coordinator("a", settings, scheduler) as coordinator:
        before = [event.record for event in coordinator.events(steps=2) if isinstance(event, TrialDone)]
        with pytest.raises(InUse):
            StudyLock("a", 0)
        StudyLock("b", 0).release()
    StudyLock("a").release()  # the database takes a moment to notice that the connection is closed
    after = execute("a", settings, scheduler, resume=True)
    assert len(before) + len(after) == 6
    assert results(StoredStudy.open("a").finished()) == in_sqlite
