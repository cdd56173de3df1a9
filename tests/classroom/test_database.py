"""The database of the classes: its tables, who may make them, and databases that cannot be used."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from nnlib.classroom.database import VERSION_TABLE, engine_of
from nnlib.classroom.errors import DatabaseUnusable
from nnlib.classroom.models import Base
from nnlib.classroom.routes import ClassRoutes
from nnlib.classroom.store import open_store
from nnlib.studies.storage import open_storage


def differences(engine):
    """What the migrations have made otherwise than the models say."""
    options = {
        "version_table": VERSION_TABLE,
        "include_name": lambda name, kind, parents: kind != "table" or name[:9] == "classroom",
    }
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)


def test_the_migrations_make_the_tables_of_the_models(store):
    assert differences(store._engine) == []


def test_studies_and_classes_share_a_database(runs, monkeypatch):
    monkeypatch.setenv("NNLIB_STORAGE", f"sqlite:///{runs}/all.db")
    secret = open_store(create=True).open_class("10b")
    open_storage().get_all_studies()
    engine_of.__globals__["_engine_of"].cache_clear()
    assert open_store().lesson(secret).name == "10b"


def _open_many(barrier, number):
    barrier.wait()
    open_store(create=True).open_class(f"class {number}")


def test_servers_that_start_at_once_make_the_tables_once(runs):
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])  # what takes long to import is imported once
    barrier = processes.Barrier(3)
    servers = [processes.Process(target=_open_many, args=(barrier, number)) for number in range(3)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert [server.exitcode for server in servers] == [0, 0, 0]
    with sqlite3.connect(runs / "classes.db") as connection:
        assert connection.execute("SELECT count(*) FROM classroom").fetchone() == (3,)


CLASS_THAT_IS_KILLED = """
import itertools
from nnlib.classroom.store import open_store
store = open_store(create=True)
secret = store.open_class("10b")
ada = store.join(store.lesson(secret).code, "Ada")
print(secret, ada, flush=True)
for number in itertools.count(1):
    store.record(ada, "exercise", "a", str(number), True)
    print(number, flush=True)
"""


def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(runs):
    server = subprocess.Popen([sys.executable, "-c", CLASS_THAT_IS_KILLED], stdout=subprocess.PIPE, text=True)
    _, ada = server.stdout.readline().split()
    acknowledged = [server.stdout.readline() for _ in range(20)]
    os.kill(server.pid, signal.SIGKILL)
    acknowledged += server.communicate()[0].splitlines()
    stored = [each.answer for each in open_store().attempts(ada)]
    assert stored[: len(acknowledged)] == [line.strip() for line in acknowledged]
    assert len(stored) - len(acknowledged) in (0, 1)


def unusable(monkeypatch, url):
    monkeypatch.setenv("NNLIB_STORAGE", url)
    with pytest.raises(DatabaseUnusable) as error:
        open_store(create=True).open_class("10b")
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(runs, monkeypatch):
    runs.mkdir()
    monkeypatch.setenv("NNLIB_STORAGE", f"sqlite:///{runs}/newer.db")
    with open_store(create=True)._writing.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    engine_of.__globals__["_engine_of"].cache_clear()
    assert "newer version" in unusable(monkeypatch, f"sqlite:///{runs}/newer.db")


def test_a_database_of_another_program_is_refused_and_left_alone(runs, monkeypatch):
    runs.mkdir()
    with sqlite3.connect(runs / "other.db") as connection:
        connection.execute("CREATE TABLE classroom (mine TEXT)")
    assert "already exists" in unusable(monkeypatch, f"sqlite:///{runs}/other.db")
    with sqlite3.connect(runs / "other.db") as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("classroom",)]


def test_what_is_no_database_is_named(runs, monkeypatch):
    runs.mkdir()
    (runs / "text.db").write_text("not a database " * 100)
    assert "not a database" in unusable(monkeypatch, f"sqlite:///{runs}/text.db")
    assert "password" not in unusable(monkeypatch, "postgresql+psycopg://user:password@127.0.0.1:1/x")
    assert "SQLite or PostgreSQL" in unusable(monkeypatch, "mysql+pymysql://user@host/x")


def test_the_term_is_a_whole_number_of_days(monkeypatch):
    monkeypatch.setenv("NNLIB_CLASS_DAYS", "soon")
    with pytest.raises(ValueError, match="NNLIB_CLASS_DAYS"):
        ClassRoutes("", lambda request: None, lambda request: 0, lambda *given: None)
