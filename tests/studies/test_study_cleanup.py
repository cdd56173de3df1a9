"""A study is deleted from the database only when its owner no longer exists."""

import pytest

from nnlib.studies.cleanup import delete_orphans
from nnlib.studies.storage import StudyLock
from nnlib.studies.stored_study import StoredStudy, study_names
from tests.studies.studies_helpers import record, tiny


def begin(name, settings, owner=None):
    """A study with one finished trial that is not in progress."""
    lock = StudyLock(name)
    stored = StoredStudy.begin(name, settings, owner=owner)
    trial = stored.ask()
    stored.save(trial, record(trial.number, 0.5, **trial.params))
    lock.release()
    return name


def is_gone(owner):
    return owner == "gone"


@pytest.fixture
def orphans(runs):
    """The names of two studies without an owner."""
    return [begin("gone", tiny(), "gone"), begin("gone-tpe", tiny(sampler="tpe"), "gone")]


def test_studies_are_deleted_with_their_owner_and_others_are_not(runs, orphans):
    others = [begin("still-here", tiny(), "still-here"), begin("gone-with-the-wind", tiny())]
    for _ in range(2):
        delete_orphans(is_gone)
        assert study_names() == sorted(others)
        assert all(StoredStudy.open(name).count() == 1 for name in study_names())
        assert not [path for path in runs.iterdir() if any(f".{name}.lock" in path.name for name in orphans)]


def test_a_study_in_progress_is_not_deleted(orphans):
    lock = StudyLock(orphans[0])
    delete_orphans(is_gone)
    assert study_names() == orphans[:1]
    lock.release()
    delete_orphans(is_gone)
    assert study_names() == []
