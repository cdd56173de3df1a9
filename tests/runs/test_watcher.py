"""What a browser is told, however slowly it listens."""

import asyncio
import json

from runs_helpers import Browser, a_hub, told_steps, until

from nnlib.runs.watcher import BACKLOG, Watcher


def line(kind, **content):
    return json.dumps({"event": kind, **content})


def taken(watcher):
    return [json.loads(line) for line in asyncio.run(asyncio.wait_for(watcher.take(), 1)).split("\n")]


def test_of_frames_only_the_newest_of_rows_every_one():
    watcher = Watcher()
    for step in range(1, 101):
        watcher.push(line("metrics", first=step, loss=[0.5]))
        watcher.push(line("frame", step=step))
    events = taken(watcher)
    assert [event["first"] for event in events if event["event"] == "metrics"] == list(range(1, 101))
    assert [event["step"] for event in events if event["event"] == "frame"] == [100]


def test_what_a_browser_must_know_first_comes_first():
    watcher = Watcher()
    watcher.hold()
    watcher.push(line("metrics", first=7, loss=[0.5]))
    watcher.push(line("frame", step=7))
    watcher.tell_first([line("run"), line("history")])
    assert [event["event"] for event in taken(watcher)] == ["run", "history", "metrics", "frame"]


def test_what_waits_for_a_browser_that_stands_still_is_bounded():
    watcher = Watcher()
    for step in range(10 * BACKLOG):
        watcher.push(line("metrics", first=step, loss=[0.5]))
        watcher.push(line("state", state="running"))
    assert watcher.fell_behind
    assert len(taken(watcher)) <= BACKLOG + 1


def test_a_slow_browser_still_learns_every_step(monkeypatch):
    """It falls behind again and again; what it is told in the end has no gap."""
    monkeypatch.setattr("nnlib.runs.watcher.BACKLOG", 5)

    async def slow():
        async with a_hub() as hub:
            browser = Browser(hub)
            browser._reading.cancel()
            await browser.start()
            watcher, heard, fell = browser.watcher, [], 0
            for _ in range(6):
                await asyncio.sleep(0.5)
                if watcher.fell_behind:
                    fell += 1
                    await hub.tell_story(browser.run, watcher)
                heard += [json.loads(line) for line in (await watcher.take()).split("\n")]
            browser.tell("stop")
            await until(lambda: browser.run.state == "stopped")
            if watcher.fell_behind:
                await hub.tell_story(browser.run, watcher)
            heard += [json.loads(line) for line in (await watcher.take()).split("\n")]
            assert fell
            ends = [event for event in heard if event["event"] == "finished"]
            ends += [e for event in heard if event["event"] == "history" for e in event["events"] if e["event"] == "finished"]
            assert told_steps(heard) == set(range(1, ends[0]["step"] + 1))

    asyncio.run(slow())
