"""A route that fails."""

import asyncio
import logging

import pytest
from starlette.routing import Route, Router

from nnlib.classroom.cookies import TEACHER
from pages.errors import NamedErrors

RUN = "r" * 22


def fails(request):
    raise RuntimeError("fault 4711")


def test_the_log_names_the_route_that_failed_the_beginning_of_the_runs_id_and_the_class(caplog, secret):
    app = NamedErrors(Router([Route("/runs/{run}/metrics.csv", fails)]))
    request = {
        "type": "http",
        "method": "GET",
        "path": f"/runs/{RUN}/metrics.csv",
        "query_string": b"key=secret",
        "headers": [(b"cookie", f"{TEACHER}={secret}".encode())],
    }
    with caplog.at_level(logging.ERROR), pytest.raises(RuntimeError):
        asyncio.run(app(request, None, None))
    assert [record.getMessage() for record in caplog.records] == ["The route '/runs/rrrrrrrr/metrics.csv' failed in class 1:"]
