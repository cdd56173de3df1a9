"""The database of the classes: opened at first use, and brought to this version of its tables."""

import threading
from functools import lru_cache
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, event

from nnlib.classroom.errors import DatabaseUnusable
from nnlib.studies.errors import StudyError
from nnlib.studies.storage import driver_errors, file_of, reason_of, storage_url

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "classroom_version"  # Optuna has a table of Alembic's default name in the same database
BUSY_SECONDS = 20  # SQLite waits so long for another process to finish writing
LOCK = 0x6E6E6C6962  # PostgreSQL's lock while one server makes the tables
DATABASES = ("sqlite", "postgresql")
NEWER = "a newer version of Backprop Lab, or another program, has made its tables. Update this server, or set NNLIB_STORAGE."

_opening = threading.Lock()


def database_url() -> sqlalchemy.URL:
    """Return the URL of the database: $NNLIB_STORAGE, or classes.db in the run folder. Raises DatabaseUnusable."""
    try:
        url = storage_url("classes.db")
    except StudyError as error:
        raise DatabaseUnusable(str(error)) from None
    if url.get_backend_name() not in DATABASES:
        raise DatabaseUnusable(f"Classes need SQLite or PostgreSQL; NNLIB_STORAGE names {url.get_backend_name()}.")
    return url


def exists(url: sqlalchemy.URL) -> bool:
    """Return whether there may be classes in this database. A SQLite file is made when the first class is opened."""
    return url.get_backend_name() != "sqlite" or file_of(url).exists()


def engine_of(url: sqlalchemy.URL) -> Engine:
    """Return the engine of a database whose tables are those of this version. Raises DatabaseUnusable."""
    with _opening:
        return _engine_of(url)


def unusable(url: sqlalchemy.URL, error: BaseException) -> DatabaseUnusable:
    """Return the error for an administrator and a learner, with the database's own reason."""
    return DatabaseUnusable(f"The classes in {url.render_as_string()} cannot be used: {reason_of(error)}")


@lru_cache(maxsize=8)
def _engine_of(url):
    try:
        if url.get_backend_name() == "sqlite":
            file_of(url).parent.mkdir(parents=True, exist_ok=True)
        with driver_errors(url):
            engine = configured(url)
        migrate(engine)
    except (StudyError, OSError, sqlalchemy.exc.SQLAlchemyError) as error:
        raise unusable(url, error) from error
    except CommandError:
        raise unusable(url, ValueError(NEWER)) from None
    return engine


def configured(url: sqlalchemy.URL) -> Engine:
    """Return an engine that stores what it commits, waits for other writers, and names no pseudonym in an error."""
    if url.get_backend_name() != "sqlite":
        return sqlalchemy.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection, record):
    """With a write-ahead log, readers do not wait for a writer. A commit is on disk before it returns."""
    connection.isolation_level = None  # Python's module would begin transactions too late: see _on_begin
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _on_begin(connection: Connection) -> None:
    """A transaction that writes takes the lock at its beginning: one that only begins to write later may fail at once."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrate(engine: Engine) -> None:
    """Make the tables, or bring them to this version. A second server that starts meanwhile waits."""
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sqlalchemy.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Return the configuration of Alembic for the tables of the classes."""
    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
