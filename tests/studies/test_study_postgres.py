"""The same studies in PostgreSQL, if a server can be started."""

import pytest

from nnlib.studies.coordinator import Coordinator, TrialDone
from nnlib.studies.storage import InUse, StudyLock
from nnlib.studies.stored_study import StoredStudy
from tests.studies.studies_helpers import execute, results, tiny


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
