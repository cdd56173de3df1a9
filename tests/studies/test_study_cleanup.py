"""When a run is gone, its studies go from the book, and no others."""

import shutil

import pytest

from nnlib.runs.store import RunFolder
from nnlib.studies.cleanup import sweep
from nnlib.studies.storage import StudyLock
from nnlib.studies.stored_study import Book, study_names
from tests.studies.studies_helpers import record, tiny

LIKE_A_RUN = "hidden-size-on-cifar10"  # 22 letters that a person may choose


def begin(name, settings):
    """A study with one finished trial, that nobody works on."""
    lock = StudyLock(name)
    book = Book.begin(name, settings)
    trial = book.ask()
    book.keep(trial, record(trial.number, 0.5, **trial.params))
    lock.release()
    return name


@pytest.fixture
def gone(runs):
    """The names of the studies of a run whose folder has just been deleted, one of them in a race."""
    folder = RunFolder.create(tiny().to_dict(), kind="study")
    names = [begin(folder.id, tiny()), begin(f"{folder.id}-tpe", tiny(sampler="tpe"))]
    shutil.rmtree(folder.path)
    return names


def test_studies_go_with_their_run_and_those_of_others_stay(runs, gone):
    kept = begin(RunFolder.create(tiny().to_dict(), kind="study").id, tiny())
    named = [begin(name, tiny()) for name in ("mine", LIKE_A_RUN, f"{LIKE_A_RUN}-2")]
    sweep()
    assert study_names() == sorted([kept, *named])
    assert all(Book.open(name).count() == 1 for name in study_names())
    assert not [path for path in runs.iterdir() if gone[0] in path.name]
    sweep()
    assert study_names() == sorted([kept, *named])


def test_a_study_that_somebody_works_on_stays(gone):
    lock = StudyLock(gone[0])
    sweep()
    assert study_names() == gone[:1]
    lock.release()
    sweep()
    assert study_names() == []


def test_a_book_that_others_may_share_is_left_alone(runs, gone, monkeypatch):
    monkeypatch.setenv("NNLIB_STORAGE", f"sqlite:///{runs / 'studies.db'}")
    sweep()
    assert study_names() == sorted(gone)
