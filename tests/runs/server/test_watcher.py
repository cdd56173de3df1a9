"""The events that a browser receives, however slowly it reads."""

import asyncio
import json

from nnlib.runs.server import watcher as watcher_module
from nnlib.runs.server.watcher import BACKLOG, Watcher
from tests.patience import PATIENCE
from tests.runs.runs_helpers import Browser, a_hub, received_steps, until


def line(kind, **content):
    return json.dumps({"event": kind, **content})


async def taken(watcher):
    return [json.loads(line) for line in (await asyncio.wait_for(watcher.take(), PATIENCE)).split("\n")]


def kinds(events):
    return [event["event"] for event in events]


def history_of(*lines, gate=None):
    """A history of `lines`, which is ready when `gate` opens."""

    async def read():
        if gate:
            await gate.wait()
        return lines

    return read


def test_only_the_newest_frame_is_sent_but_every_row():
    watcher = Watcher()
    for step in range(1, 101):
        watcher.push(line("metrics", first=step, loss=[0.5]))
        watcher.push(line("frame", step=step))
        watcher.push(line("state", state="running", step=step))
    events = asyncio.run(taken(watcher))
    assert [event["first"] for event in events if event["event"] == "metrics"] == list(range(1, 101))
    assert [event["step"] for event in events if event["event"] == "frame"] == [100]
    assert [event["step"] for event in events if event["event"] == "state"] == [100]


def test_the_history_comes_first_and_later_events_after_it():
    async def scene():
        watcher, gate = Watcher(), asyncio.Event()
        watcher.follow(history_of(line("run"), line("history"), gate=gate))
        first = asyncio.create_task(taken(watcher))
        await asyncio.sleep(0)
        watcher.push(line("metrics", first=7, loss=[0.5]))
        watcher.push(line("frame", step=7))
        gate.set()
        return kinds(await first), kinds(await taken(watcher))

    assert asyncio.run(scene()) == (["run", "history"], ["metrics", "frame"])


def test_the_history_of_an_unwatched_run_is_not_sent():
    async def scene():
        watcher, gate = Watcher(), asyncio.Event()
        watcher.follow(history_of(line("old"), gate=gate))
        first = asyncio.create_task(taken(watcher))
        await asyncio.sleep(0)
        watcher.push(line("metrics", first=1, loss=[0.5]))
        watcher.follow(history_of(line("new")))
        gate.set()
        return kinds(await first), watcher._durable

    assert asyncio.run(scene()) == (["new"], type(Watcher()._durable)())


def test_a_browser_without_a_run_still_receives_rejections():
    async def scene():
        watcher = Watcher()
        watcher.follow(history_of(line("run")))
        watcher.unfollow()
        watcher.push(line("refused"))
        return kinds(await taken(watcher))

    assert asyncio.run(scene()) == ["refused"]


def test_a_browser_that_waits_is_sent_what_comes_at_once():
    async def scene():
        watcher = Watcher()
        first = asyncio.create_task(taken(watcher))
        await asyncio.sleep(0)
        watcher.follow(history_of(line("run")))
        received = kinds(await first)
        second = asyncio.create_task(taken(watcher))
        await asyncio.sleep(0)
        watcher.push(line("metrics", first=1, loss=[0.5]))
        return received + kinds(await second)

    assert asyncio.run(scene()) == ["run", "metrics"]


def test_nothing_of_a_run_that_was_left_is_sent():
    async def scene():
        watcher = Watcher()
        watcher.follow(history_of(line("run")))
        await taken(watcher)
        watcher.push(line("metrics", first=1, loss=[0.5]))
        watcher.push(line("frame", step=1))
        watcher.unfollow()
        watcher.push(line("refused"))
        return kinds(await taken(watcher))

    assert asyncio.run(scene()) == ["refused"]


def test_pending_events_are_bounded_and_a_slow_watcher_gets_the_history_again():
    async def scene():
        watcher = Watcher()
        watcher.follow(history_of(line("history")))
        await taken(watcher)
        for step in range(10 * BACKLOG + 3):
            watcher.push(line("metrics", first=step, loss=[0.5]))
            assert len(watcher._durable) <= BACKLOG
        return kinds(await taken(watcher)), kinds(await taken(watcher))

    sent, rest = asyncio.run(scene())
    assert sent == ["history"]
    assert set(rest) == {"metrics"}


def test_a_story_that_takes_longer_than_the_backlog_lasts_is_sent_and_read_again():
    async def scene():
        watcher = Watcher()

        async def story():
            for step in range(BACKLOG + 1):
                watcher.push(line("metrics", first=step, loss=[0.5]))
            return [line("history")]

        watcher.follow(story)
        return [kinds(await taken(watcher)) for _ in range(3)]

    assert asyncio.run(scene()) == [["history"]] * 3


def test_pending_events_outside_runs_are_also_bounded():
    watcher = Watcher()
    for _ in range(3 * BACKLOG):
        watcher.push(line("refused"))
        assert len(watcher._durable) <= BACKLOG


def with_histories(received):
    """The received events and the events inside received histories."""
    return received + [event for history in received if history["event"] == "history" for event in history["events"]]


def test_a_slow_browser_still_receives_every_step(monkeypatch):
    """It falls behind again and again; the events it receives have no gap."""
    monkeypatch.setattr(watcher_module, "BACKLOG", 5)

    async def slow():
        async with a_hub() as hub:
            browser = Browser(hub)
            browser._reading.cancel()
            await browser.start()
            received = []
            for _ in range(4):
                await until(lambda: browser.watcher._story_due)  # too many lines wait
                received += await taken(browser.watcher)
            browser.send("stop")
            await until(lambda: browser.run.state == "stopped")
            while not (ends := [event for event in with_histories(received) if event["event"] == "finished"]):
                received += await taken(browser.watcher)
            end = ends[0]
            assert kinds(received).count("history") > 1
            assert received_steps(received) == set(range(1, end["step"] + 1))

    asyncio.run(slow())
