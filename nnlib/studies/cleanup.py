"""Delete the studies whose owner is gone: their rows in the database, and their lock files."""

import time
from collections.abc import Callable
from contextlib import suppress

from nnlib.studies.storage import DATABASE_ERRORS, InUse, StorageError, StudyLock, lock_file, open_storage, storage_errors

OWNER = "run"  # the attribute of a study that names its owner
SECONDS = 2.0  # to spend at most, or one study longer: a study waits to begin meanwhile


def delete_orphans(is_gone: Callable[[str], bool]) -> None:
    """Delete the studies whose owner is gone. What cannot be deleted now is left for the next time.

    Parameters
    ----------
    is_gone : function
        Called with the name of an owner: not all are known here, where other machines share the database. Studies without
        an owner are never deleted.

    Raises
    ------
    StorageError
        If the database cannot be read.
    """
    storage, end = open_storage(), time.monotonic() + SECONDS
    with storage_errors():
        studies = storage.get_all_studies()
    for study in studies:
        if time.monotonic() > end:
            return
        owner = study.user_attrs.get(OWNER)
        if owner is not None and is_gone(owner):
            with suppress(InUse, KeyError, StorageError, *DATABASE_ERRORS):  # KeyError: another process has just deleted it
                _delete(storage, study)


def _delete(storage, study):
    lock = StudyLock(study.study_name, 0)
    try:
        storage.delete_study(study._study_id)
        lock_file(study.study_name).unlink(missing_ok=True)
    finally:
        lock.release()
