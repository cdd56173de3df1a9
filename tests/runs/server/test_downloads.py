"""The columns of a run's metrics, and files that are made when they are asked for."""

import asyncio
import threading

import httpx
import pytest
from starlette.applications import Starlette

from nnlib.runs.server.downloads import MADE_AT_ONCE, _csv, download_routes
from nnlib.runs.snapshots import path_of
from nnlib.runs.take_home import FORMS, Form
from tests.runs.runs_helpers import hub_test, new_run, until

ALWAYS = "step,loss,train_accuracy,val_loss,val_accuracy"


class Run:
    """A run whose second step was evaluated."""

    def __init__(self, **more):
        evaluation = {"event": "evaluation", "step": 2, "train_accuracy": 0.5, "val_loss": 1.5, "val_accuracy": 0.25}
        self.log = [{"event": "metrics", "first": 1, "loss": [3.0, 2.0]}, evaluation | more]

    def events(self):
        return iter(self.log)


@pytest.mark.parametrize("more", [{}, {"val_accuracy_train_mode": None}])
def test_each_step_is_a_row(more):
    assert "".join(_csv(Run(**more))).split() == [ALWAYS, "1,3.0,,,", "2,2.0,0.5,1.5,0.25"]


def test_the_accuracy_in_training_mode_is_a_column_where_it_was_measured():
    text = "".join(_csv(Run(val_accuracy_train_mode=0.125)))
    assert text.split() == [f"{ALWAYS},val_accuracy_train_mode", "1,3.0,,,,", "2,2.0,0.5,1.5,0.25,0.125"]


def browser():
    transport = httpx.ASGITransport(Starlette(routes=download_routes("")))
    return httpx.AsyncClient(transport=transport, base_url="http://lab", timeout=None)


@hub_test
async def test_a_run_without_a_step_is_refused_in_a_sentence():
    run = new_run()
    async with browser() as client:
        for form in FORMS:
            answer = await client.get(f"/runs/{run.id}/export/{form}")
            assert answer.status_code == 409 and answer.text.startswith("This run has not taken a step yet")


@hub_test
async def test_a_frame_is_the_part_of_the_file_that_was_asked_for():
    run = new_run()
    path_of(run).write_bytes(bytes(range(100)))
    async with browser() as client:
        answer = await client.get(f"/runs/{run.id}/frames/10/5")
        assert answer.status_code == 200 and answer.content == bytes(range(10, 15))
        assert (await client.get(f"/runs/{run.id}/frames/98/{10**30}")).content == bytes([98, 99])
        assert (await client.get(f"/runs/{run.id}/frames/100/5")).content == b""
        assert (await client.get(f"/runs/{run.id}/frames/{10**30}/5")).status_code == 404
        assert (await client.get(f"/runs/{new_run().id}/frames/0/5")).status_code == 404


@hub_test
async def test_few_files_are_made_at_once_and_the_server_answers_meanwhile(monkeypatch):
    begun, done = threading.Semaphore(0), threading.Event()

    def slow(run):
        begun.release()
        done.wait()
        return b"content"

    monkeypatch.setitem(FORMS, "script", Form(".py", "text/plain", slow))
    run = new_run()
    async with browser() as client:
        waiting = [asyncio.create_task(client.get(f"/runs/{run.id}/export/script")) for _ in range(MADE_AT_ONCE + 1)]
        for _ in range(MADE_AT_ONCE):
            await until(lambda: begun.acquire(blocking=False))
        assert (await client.get(f"/runs/{run.id}/metrics.csv")).status_code == 200
        assert not begun.acquire(blocking=False)  # the last one waits for its turn
        done.set()
        assert [answer.content for answer in await asyncio.gather(*waiting)] == [b"content"] * (MADE_AT_ONCE + 1)
