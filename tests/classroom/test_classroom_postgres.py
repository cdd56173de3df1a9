"""Classes in PostgreSQL, if a server can be started: two app servers with one database."""

import threading

import pytest

from nnlib.classroom import database
from nnlib.classroom.errors import ClassError
from nnlib.classroom.store import open_store
from tests.classroom.test_database import differences


@pytest.fixture
def two_servers(runs, postgres, monkeypatch):
    """Two stores with connections of their own, whose tables are made at the same time."""
    monkeypatch.setenv("NNLIB_STORAGE", postgres)
    monkeypatch.setattr(database, "engine_of", database._engine_of.__wrapped__)
    monkeypatch.setattr("nnlib.classroom.store.engine_of", database._engine_of.__wrapped__)
    stores = [None, None]

    def start(number):
        stores[number] = open_store(create=True)

    at_once(start, range(2))
    yield stores
    for store in stores:
        store._engine.dispose()


def at_once(function, arguments):
    threads = [threading.Thread(target=function, args=(each,)) for each in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_servers_share_a_class(two_servers):
    one, other = two_servers
    assert differences(one._engine) == []
    secret = one.open_class("10b")
    code = other.lesson(secret).code
    tokens = [two_servers[number % 2].join(code, f"student {number}") for number in range(10)]
    poll, counted = one.open_poll(secret, "Which?", ["a", "b"]), []

    def vote(number):
        try:
            two_servers[number % 2].vote(tokens[number % 10], poll, number % 2)
            counted.append(number % 10)
        except ClassError:
            pass

    def act(number):
        vote(number) if number >= 0 else other.close_poll(secret)

    at_once(act, [*range(15), -1, *range(15, 20)])  # closed somewhere among them
    (tally,) = one.tallies(secret)
    assert tally.votes == len(set(counted)) == sum(tally.counts)
    other.record(tokens[0], "exercise", "a", "x", False, "sign")
    assert [len(each.works) for each in one.students(secret)][0] == 1
    assert one.slips(secret)[0].students == 1
    one.delete_class(secret)
    with pytest.raises(ClassError):
        other.membership(tokens[0])
