"""What a browser is told, however slowly it listens."""

import asyncio
import json

from nnlib.runs.server import watcher as watcher_module
from nnlib.runs.server.watcher import BACKLOG, Watcher
from tests.runs.runs_helpers import Browser, a_hub, told_steps, until


def line(kind, **content):
    return json.dumps({"event": kind, **content})


async def taken(watcher):
    return [json.loads(line) for line in (await asyncio.wait_for(watcher.take(), 1)).split("\n")]


def kinds(events):
    return [event["event"] for event in events]


def story(*lines, gate=None):
    """A story of `lines`, which takes until `gate` is opened."""

    async def tell():
        if gate:
            await gate.wait()
        return lines

    return tell


def test_of_frames_only_the_newest_of_rows_every_one():
    watcher = Watcher()
    for step in range(1, 101):
        watcher.push(line("metrics", first=step, loss=[0.5]))
        watcher.push(line("frame", step=step))
        watcher.push(line("state", state="running", step=step))
    events = asyncio.run(taken(watcher))
    assert [event["first"] for event in events if event["event"] == "metrics"] == list(range(1, 101))
    assert [event["step"] for event in events if event["event"] == "frame"] == [100]
    assert [event["step"] for event in events if event["event"] == "state"] == [100]


def test_the_story_comes_first_and_what_happens_meanwhile_after_it():
    async def scene():
        watcher, gate = Watcher(), asyncio.Event()
        watcher.follow(story(line("run"), line("history"), gate=gate))
        first = asyncio.create_task(taken(watcher))
        await asyncio.sleep(0)
        watcher.push(line("metrics", first=7, loss=[0.5]))
        watcher.push(line("frame", step=7))
        gate.set()
        return kinds(await first), kinds(await taken(watcher))

    assert asyncio.run(scene()) == (["run", "history"], ["metrics", "frame"])


def test_the_story_of_a_run_that_is_no_longer_looked_at_is_not_told():
    async def scene():
        watcher, gate = Watcher(), asyncio.Event()
        watcher.follow(story(line("old"), gate=gate))
        first = asyncio.create_task(taken(watcher))
        await asyncio.sleep(0)
        watcher.push(line("metrics", first=1, loss=[0.5]))
        watcher.follow(story(line("new")))
        gate.set()
        return kinds(await first), watcher._durable

    assert asyncio.run(scene()) == (["new"], type(Watcher()._durable)())


def test_who_looks_at_nothing_is_still_told_what_was_refused():
    async def scene():
        watcher = Watcher()
        watcher.follow(story(line("run")))
        watcher.unfollow()
        watcher.push(line("refused"))
        return kinds(await taken(watcher))

    assert asyncio.run(scene()) == ["refused"]


def test_what_waits_is_bounded_and_who_fell_behind_is_told_the_story_anew():
    async def scene():
        watcher = Watcher()
        watcher.follow(story(line("history")))
        await taken(watcher)
        for step in range(10 * BACKLOG + 3):
            watcher.push(line("metrics", first=step, loss=[0.5]))
            assert len(watcher._durable) <= BACKLOG
        return kinds(await taken(watcher)), kinds(await taken(watcher))

    told, rest = asyncio.run(scene())
    assert told == ["history"]
    assert set(rest) == {"metrics"}


def test_what_waits_for_nobody_in_particular_is_bounded_too():
    watcher = Watcher()
    for _ in range(3 * BACKLOG):
        watcher.push(line("refused"))
        assert len(watcher._durable) <= BACKLOG


def with_histories(heard):
    """What was told, and what the histories among it hold."""
    return heard + [event for history in heard if history["event"] == "history" for event in history["events"]]


def test_a_slow_browser_still_learns_every_step(monkeypatch):
    """It falls behind again and again; what it is told in the end has no gap."""
    monkeypatch.setattr(watcher_module, "BACKLOG", 5)

    async def slow():
        async with a_hub() as hub:
            browser = Browser(hub)
            browser._reading.cancel()
            await browser.start()
            heard = []
            for _ in range(4):
                await asyncio.sleep(0.4)
                heard += await taken(browser.watcher)
            browser.tell("stop")
            await until(lambda: browser.run.state == "stopped")
            while not (ends := [event for event in with_histories(heard) if event["event"] == "finished"]):
                heard += await taken(browser.watcher)
            end = ends[0]
            assert kinds(heard).count("history") > 1
            assert told_steps(heard) == set(range(1, end["step"] + 1))

    asyncio.run(slow())
