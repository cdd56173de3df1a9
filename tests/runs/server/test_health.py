"""The health check names what is failing."""

import asyncio
import json
import os
import sys
import threading
import time

import pytest

from nnlib.runs.server import health as health_module
from nnlib.runs.server.health import Health
from nnlib.runs.server.hub import Hub
from nnlib.runs.server.limits import Limits
from tests.patience import PATIENCE
from tests.runs.runs_helpers import a_hub


def checked(**limits):
    """(status code, what is failing) of a separate server."""

    async def ask():
        async with a_hub(**limits) as hub:
            answer = await Health(hub).check(None)
        return answer.status_code, json.loads(answer.body)["failing"]

    return asyncio.run(ask())


def test_a_healthy_server_reports_no_problem():
    assert checked() == (200, [])


def test_a_server_without_the_study_packages_is_healthy(monkeypatch):
    monkeypatch.setattr(health_module, "missing_extra", lambda package: "This needs optuna.")
    monkeypatch.setitem(sys.modules, "nnlib.studies.storage", None)  # importing it fails
    assert checked() == (200, [])


def test_a_hub_that_does_not_run_is_reported():
    async def failing(hub):
        return json.loads((await Health(hub).check(None)).body)["failing"]

    async def ask():
        hub = Hub(Limits(max_runs=1))
        before = await failing(hub)
        async with hub.lifespan():
            pass
        return before, await failing(hub)

    assert asyncio.run(ask()) == (["hub", "disk"], ["hub", "disk"])


def test_a_full_queue_is_reported():
    assert checked(max_queued=0) == (503, ["queue"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_runs_folder_is_reported(monkeypatch, tmp_path):
    (tmp_path / "sealed").mkdir(mode=0o500)
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "sealed"))
    assert checked() == (503, ["disk"])


def test_a_runs_folder_that_is_a_file_is_reported(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "file"))
    assert "disk" in checked()[1]


@pytest.mark.parametrize("url", ["postgresql+psycopg://user@127.0.0.1:1/studies", "nonsense"])
def test_an_unreachable_database_is_reported(monkeypatch, url):
    monkeypatch.setenv("NNLIB_STORAGE", url)
    assert checked() == (503, ["database"])


def test_a_damaged_database_is_reported(monkeypatch, tmp_path):
    (tmp_path / "studies.db").write_bytes(b"no database" * 100)
    monkeypatch.setenv("NNLIB_STORAGE", f"sqlite:///{tmp_path / 'studies.db'}")
    assert checked() == (503, ["database"])


def test_an_unresponsive_database_is_reported(monkeypatch):
    monkeypatch.setattr(health_module, "PATIENCE_SECONDS", 0.2)
    answers = threading.Event()
    monkeypatch.setattr(health_module, "_check_of_database", lambda: lambda: answers.wait(PATIENCE))
    assert "database" in checked()[1]
    answers.set()


def test_a_slow_import_is_no_failure_of_the_database(monkeypatch):
    monkeypatch.setattr(health_module, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(health_module, "_check_of_database", lambda: time.sleep(0.5) or (lambda: None))
    assert "database" not in checked()[1]
