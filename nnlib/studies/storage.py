"""The database of the studies, and the lock that reserves a study for one coordinator.

The database is a SQLite file in the run folder, or any database that NNLIB_STORAGE names as a URL of SQLAlchemy.
"""

import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import filelock
import optuna
import sqlalchemy
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage

from nnlib.studies.errors import StudyError
from nnlib.support.folders import can_be_folder, runs_folder
from nnlib.support.validation import shown

BUSY_SECONDS = 20  # SQLite waits so long for another process to finish writing
OPEN_SECONDS = 10.0  # to wait for another process that creates the tables
LOCK_SECONDS = 5.0  # until the database notices that a coordinator was killed
# By dialect: the query that takes a lock, which ends with the connection. It returns whether the lock was free.
SESSION_LOCKS = {
    "postgresql": "SELECT pg_try_advisory_lock(:key)",
    "mysql": "SELECT GET_LOCK(:key, 0)",
    "mariadb": "SELECT GET_LOCK(:key, 0)",
}

DATABASE_ERRORS = (sqlalchemy.exc.SQLAlchemyError, StorageInternalError)

optuna.logging.set_verbosity(optuna.logging.ERROR)


class StorageError(StudyError):
    """The database cannot be used."""


class InUse(StudyError):
    """Another process works on the study."""


def storage_url(default: str = "studies.db") -> sqlalchemy.URL:
    """Return the URL of the database: $NNLIB_STORAGE, or the file `default` in the run folder. Raises StorageError."""
    text = os.environ.get("NNLIB_STORAGE")
    return _parse(text) if text else sqlalchemy.URL.create("sqlite", database=str(runs_folder() / default))


def open_storage() -> RDBStorage:
    """Open Optuna's storage at `storage_url()`, and create missing tables. Raises StorageError."""
    return _open(storage_url())


def check_storage() -> None:
    """Check that $NNLIB_STORAGE can name a database, without a connection to it. Raises StorageError."""
    parsed = storage_url()
    with driver_errors(parsed):
        sqlalchemy.create_engine(parsed)
    if parsed.get_backend_name() == "sqlite":
        file = file_of(parsed)
        if file.is_dir() or not can_be_folder(file.parent):
            raise StorageError(f"NNLIB_STORAGE = {shown(str(parsed))}: {file} cannot be a file.")


def check_connection() -> None:
    """Check that the database can be reached now. A SQLite file that does not exist yet is well: the first study makes it.

    Raises
    ------
    StorageError
        If it cannot be reached.
    """
    parsed = storage_url()
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite and not file_of(parsed).exists():
        return
    query = "PRAGMA schema_version" if is_sqlite else "SELECT 1"  # SQLite reads its file for the one, not for the other
    engine = sqlalchemy.create_engine(parsed, poolclass=sqlalchemy.pool.NullPool)
    with storage_errors(), engine.connect() as connection:
        connection.execute(sqlalchemy.text(query))


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise the errors of the database in this block as StorageError."""
    try:
        yield
    except DATABASE_ERRORS as error:
        raise StorageError(_unusable(storage_url(), error)) from error


def _unusable(parsed, error):
    return f"The studies in {parsed.render_as_string()} cannot be used: {reason_of(error)}"


def reason_of(error: BaseException) -> str:
    """Return the first line of the database's message."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@lru_cache(maxsize=8)  # a process reuses its connections and its cache of finished trials
def _open(parsed):
    options = {}
    if parsed.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": BUSY_SECONDS}
    try:
        with storage_errors(), driver_errors(parsed), _exclusive(parsed):  # two processes must not create the tables at once
            return RDBStorage(parsed.render_as_string(hide_password=False), engine_kwargs=options)
    except (RuntimeError, OSError) as error:  # Optuna found tables of another version; no lock can be made
        raise StorageError(_unusable(parsed, error)) from error


@contextmanager
def driver_errors(parsed: sqlalchemy.URL) -> Iterator[None]:
    """Raise an ImportError in this block as StorageError: the database's driver is not installed."""
    try:
        yield
    except ImportError as error:
        raise StorageError(f"NNLIB_STORAGE: the driver for {parsed.drivername} is not installed ({error}).") from None


def _parse(url):
    try:
        parsed = sqlalchemy.engine.make_url(url)
        parsed.get_dialect()  # raises for a database that SQLAlchemy does not know
        backend = parsed.get_backend_name()
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise StorageError(
            f"NNLIB_STORAGE = {shown(url)}: must be a URL such as postgresql+psycopg://user@host/studies."
        ) from None
    if backend == "sqlite" and "?" in url and not parsed.query:  # it belongs to the name of the file
        parsed = parsed.set(database=unquote(url.partition(":///")[2]))
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StorageError(f"NNLIB_STORAGE = {shown(url)}: studies need a file, such as sqlite:////folder/studies.db.")
    if backend != "sqlite" and backend not in SESSION_LOCKS:
        raise StorageError(f"NNLIB_STORAGE = {shown(url)}: must be sqlite, {', '.join(SESSION_LOCKS)}.")
    return parsed


def file_of(parsed: sqlalchemy.URL) -> Path:
    """Return the file of a SQLite database."""
    return Path(str(parsed.database)).absolute()


@contextmanager
def _exclusive(parsed):
    if parsed.get_backend_name() != "sqlite":
        yield
        return
    file_of(parsed).parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(f"{file_of(parsed)}.lock")
    try:
        lock.acquire(timeout=OPEN_SECONDS)
    except filelock.Timeout:
        why = "Another process holds it, or its file system has no locks."
        raise StorageError(_unusable(parsed, OSError(f"{lock.lock_file} cannot be locked. {why}"))) from None
    try:
        yield
    finally:
        lock.release()


def lock_file(name: str) -> Path:
    """Return the path of the lock of the study `name`, for a SQLite database."""
    return Path(f"{file_of(storage_url())}.{name}.lock")


class StudyLock:
    """Reserves a study for one process: by a lock file beside SQLite, by a lock of the connection in other databases.

    Both locks end with the process, even if it is killed.

    Parameters
    ----------
    name : str
        The study.
    seconds : float, optional
        How long to wait for the lock.

    Raises
    ------
    InUse
        If another process holds the lock.
    StorageError
    """

    def __init__(self, name: str, seconds: float | None = None):
        seconds = LOCK_SECONDS if seconds is None else seconds
        open_storage()  # raises StorageError if there is no database
        parsed = storage_url()
        taken = InUse(f"Another process works on the study {name}: stop that one first.")
        if parsed.get_backend_name() == "sqlite":
            self._lock = filelock.FileLock(lock_file(name))
            try:
                self._lock.acquire(timeout=seconds, poll_interval=0.1)
            except filelock.Timeout:
                raise taken from None
            except (OSError, NotImplementedError) as error:  # the folder is read-only, or its file system has no locks
                raise StorageError(_unusable(parsed, error)) from error
            self.release: Callable[..., None] = self._lock.release
        else:
            engine = sqlalchemy.create_engine(parsed, poolclass=sqlalchemy.pool.NullPool)
            with storage_errors():
                self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                acquired = self._acquire_in(SESSION_LOCKS[parsed.get_backend_name()], name, seconds)
            if not acquired:
                self._connection.close()
                raise taken
            self.release = self._connection.close

    def _acquire_in(self, query, name, seconds):
        key = zlib.crc32(name.encode())  # two names with the same key are improbable, and then only wait
        end = time.monotonic() + seconds
        while not self._connection.execute(sqlalchemy.text(query), {"key": key}).scalar():
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        return True
