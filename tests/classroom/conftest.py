"""Fixtures for classes in a database of their own."""

import pytest

from nnlib.classroom.store import open_store


@pytest.fixture
def store(runs):
    """A store in an empty runs folder."""
    return open_store(create=True)


@pytest.fixture
def secret(store):
    """The secret of a teacher whose class is open."""
    return store.open_class("10b")


@pytest.fixture
def join(store, secret):
    """Joins the class: join("Ada") returns the member's secret."""
    return lambda pseudonym: store.join(store.lesson(secret).code, pseudonym)
