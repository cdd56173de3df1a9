"""Away with the studies of runs that are gone: their rows in the book in the run folder, and their lock files."""

import os
import time
from contextlib import suppress

import optuna

from nnlib.runs.store import run_named_in
from nnlib.studies.storage import DATABASE_ERRORS, InUse, StorageError, StudyLock, lock_file, open_storage, storage_errors
from nnlib.support.folders import runs_folder

RUN = "run"  # an attribute of each study that was begun for a run: the run's id
SWEEP_SECONDS = 2.0  # that a sweep takes at most, or one study longer: somebody waits for a study to begin


def sweep():
    """Delete the studies of runs whose folders are not there any more. In a book of its own place, $NNLIB_STORAGE, none: other
    machines, whose run folders nobody knows here, may share it.

    What cannot be deleted now is left for the next sweep. Raises StorageError.
    """
    if os.environ.get("NNLIB_STORAGE"):
        return
    storage, end = open_storage(), time.monotonic() + SWEEP_SECONDS
    with storage_errors():
        names = optuna.get_all_study_names(storage)
    for name in names:
        if time.monotonic() > end:
            return
        if _is_gone(run_named_in(name)):
            with suppress(InUse, KeyError, StorageError, *DATABASE_ERRORS):  # KeyError: another process was quicker
                _delete(storage, name)


def _is_gone(run):
    return run is not None and not (runs_folder() / run).exists()


def _delete(storage, name):
    lock = StudyLock(name, 0)
    try:
        study = storage.get_study_id_from_name(name)
        if RUN in storage.get_study_user_attrs(study):  # else a person has named it, in letters that might be a run's
            storage.delete_study(study)
            lock_file(name).unlink(missing_ok=True)
    finally:
        lock.release()
