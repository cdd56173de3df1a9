"""Checks of a server's set-up, for its operator: `python -m nnlib doctor`.

Each check looks at one thing and returns what it found. None changes anything, or needs a server that runs; those that ask one
are in outside_checks.py.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import filelock

from nnlib.data import DATASETS, describe_datasets
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.origins import Origins, frame_sites
from nnlib.support.extras import missing_extra
from nnlib.support.folders import cache_folder, data_folder, runs_folder

GB = 10**9
LEAST_FREE = 1 * GB  # bytes of the disk with the runs: a full one refuses runs
NVIDIA = Path("/proc/driver/nvidia/version")


class Finding(NamedTuple):
    """What a check has found: whether all is well, a sentence, and what to change, "" where nothing has to be."""

    ok: bool
    sentence: str
    remedy: str = ""


Check = Callable[[], Finding]


def check_settings() -> Finding:
    """The environment variables that are numbers or origins."""
    try:
        limits, _, sites = Limits.from_environment(), Origins(), frame_sites()
    except ValueError as error:
        return Finding(False, str(error), "correct this environment variable")
    frames = f" Frames of {', '.join(sites)} may show the app." if sites else ""
    return Finding(True, f"{limits.max_runs} runs at once, with {limits.memory_mb / 1000:.1f} GB of memory.{frames}")


def check_data() -> Finding:
    """The data sets that are files."""
    folder = data_folder()
    if os.environ.get("NNLIB_DATA") and not os.access(folder, os.R_OK | os.X_OK):
        return Finding(False, f"NNLIB_DATA = {folder} cannot be read.", "create this folder, and let the server's user read it")
    missing = [status for status in describe_datasets() if not status.where and DATASETS[status.name].download]
    if missing:
        names = ", ".join(status.title for status in missing)
        return Finding(
            True, f"Not in {folder} yet: {names}; the pages offer the download.", f"nnlib data fetch {missing[0].name}"
        )
    return Finding(True, f"All data sets are there, in {folder} or made by the app.")


def check_folders() -> Finding:
    """Whether the folders of runs and of converted data can be written."""
    for variable, folder in (("NNLIB_RUNS", runs_folder()), ("NNLIB_CACHE", cache_folder())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"well")
                file.flush()
        except OSError as error:
            why = f"{folder} cannot be written ({error.strerror or error})."
            return Finding(False, why, f"let the server's user write there, or name another folder in {variable}")
    return Finding(True, f"Runs are written to {runs_folder()}, converted data to {cache_folder()}.")


def check_disk() -> Finding:
    """Whether the disk with the runs has room."""
    folder = next(place for place in (runs_folder(), *runs_folder().parents) if place.exists())
    free, most = shutil.disk_usage(folder).free, _most_bytes()
    sentence = f"{free / GB:.1f} GB are free on the disk of {folder}; runs may take {most / GB:.1f} GB."
    if free < LEAST_FREE:
        return Finding(False, sentence, "make room, for example by `nnlib runs clear --older-than 90`")
    return Finding(True, sentence, "" if free > most else "lower NNLIB_RUNS_MB, or make room")


def _most_bytes():
    try:
        return Limits.from_environment().runs_mb * 10**6
    except ValueError:  # check_settings says so
        return Limits.runs_mb * 10**6


def check_locks() -> Finding:
    """Whether the file system of the runs has locks, by which two processes never work on the same run."""
    path = runs_folder() / f"doctor.{os.getpid()}.lock"
    try:
        with filelock.FileLock(path, timeout=0):
            try:
                with filelock.FileLock(path, timeout=0, is_singleton=False):
                    works = False
            except filelock.Timeout:
                works = True
    except OSError as error:
        return Finding(False, f"{path} cannot be locked ({error.strerror or error}).", "put NNLIB_RUNS on a local disk")
    finally:
        path.unlink(missing_ok=True)
    if not works:
        return Finding(False, f"Two processes can lock {path} at once.", "put NNLIB_RUNS on a local disk, or NFS with locks")
    return Finding(True, f"Files in {runs_folder()} can be locked.")


def check_database() -> Finding:
    """Whether the database of studies and classes answers and can be written, and as whom."""
    if why := missing_extra("optuna"):
        return Finding(False, why, "without it, the page Tuning and classes do not work")
    import sqlalchemy

    from nnlib.studies.errors import StudyError
    from nnlib.studies.storage import check_storage, driver_errors, file_of, reason_of, storage_url

    try:
        check_storage()
        url = storage_url()
        if url.get_backend_name() == "sqlite":
            return _check_files([file_of(storage_url(name)) for name in ("studies.db", "classes.db")])
        with driver_errors(url):
            engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        with engine.connect() as connection:
            if url.get_backend_name() == "postgresql":
                query = "SELECT current_user, has_schema_privilege(current_schema(), 'CREATE') AND NOT pg_is_in_recovery()"
            else:
                query = "SELECT current_user(), NOT @@read_only"
            user, may_write = connection.execute(sqlalchemy.text(query)).one()
    except StudyError as error:
        return Finding(False, str(error), "correct NNLIB_STORAGE")
    except sqlalchemy.exc.SQLAlchemyError as error:
        return Finding(
            False, f"{url.render_as_string()} does not answer: {reason_of(error)}", "start it, or correct NNLIB_STORAGE"
        )
    if not may_write:
        return Finding(
            False, f"{url.render_as_string()} lets {user} make no tables.", f"GRANT CREATE ON SCHEMA public TO {user}"
        )
    return Finding(True, f"{url.render_as_string()} answers, and {user} may write.")


def _check_files(files):
    """SQLite's files: those that exist can be written, the others are made when they are needed."""
    for file in dict.fromkeys(files):
        if not file.exists():
            continue
        try:
            connection = sqlite3.connect(file, timeout=5, isolation_level=None)
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            finally:
                connection.close()
        except sqlite3.Error as error:
            return Finding(
                False, f"{file} cannot be written ({error}).", "let the server's user write it, or name another database"
            )
    return Finding(True, f"SQLite, in {' and '.join(str(file) for file in dict.fromkeys(files))}.")


def check_scheduler() -> Finding:
    """Whether the Dask scheduler answers and has workers."""
    address = os.environ.get("NNLIB_SCHEDULER")
    if not address:
        return Finding(True, "No NNLIB_SCHEDULER: processes of this machine train the trials of studies.")
    if why := missing_extra("distributed"):
        return Finding(False, why, "install it, or leave NNLIB_SCHEDULER out")
    from nnlib.cluster.client import Cluster
    from nnlib.cluster.errors import SchedulerError

    try:
        cluster = Cluster.of_scheduler(address)
    except SchedulerError as error:
        return Finding(False, str(error), "start the scheduler, or correct NNLIB_SCHEDULER")
    try:
        threads, gpus = cluster.threads(), cluster.gpu_workers() or ()
    finally:
        cluster.close()
    if not threads:
        return Finding(False, f"The scheduler {address} has no workers.", f"start some: python -m dask worker {address}")
    return Finding(True, f"The scheduler {address} has workers for {threads} trials at once, {len(gpus)} of them with a GPU.")


def check_torch() -> Finding:
    """Whether PyTorch works, and finds the GPU if there is one."""
    if why := missing_extra("torch"):
        return Finding(False, why, "without it, the page Depth does not work")
    try:
        from nnlib.deep.devices import cuda_trouble, list_devices

        devices, trouble = list_devices(), cuda_trouble()
    except Exception as error:  # whatever a broken installation raises
        return Finding(False, f"torch cannot be imported ({error}).", "install the build of torch for this machine again")
    if trouble and NVIDIA.exists():
        return Finding(
            False, f"There is an NVIDIA GPU, but {trouble}.", "install the CUDA build of torch, or update the driver"
        )
    return Finding(True, f"torch {version('torch')} computes on {', '.join(device.title for device in devices)}.")


SETUP_CHECKS: dict[str, Check] = {
    "settings": check_settings,
    "data": check_data,
    "folders": check_folders,
    "disk": check_disk,
    "locks": check_locks,
    "database": check_database,
    "scheduler": check_scheduler,
    "torch": check_torch,
}
