"""Many runs and many browsers: which runs work, wait or are released, and which events every browser gets."""

import asyncio
import errno
import gc
import json
import os
import signal
import sys
import threading

import pytest

from nnlib.experiment.settings import Experiment
from nnlib.runs.kinds import KINDS
from nnlib.runs.server import hub as hub_module
from nnlib.runs.server import live_run as live_run_module
from nnlib.runs.server import places as places_module
from nnlib.runs.server import worker_process as process_module
from nnlib.runs.server.hub import Refused
from nnlib.runs.store import RunFolder
from nnlib.studies.study_settings import StudySettings
from tests.patience import PATIENCE
from tests.runs.runs_helpers import (
    ENDLESS,
    SMALL_MLP,
    Browser,
    a_hub,
    hub_test,
    new_run,
    received_steps,
    rounds,
    rows,
    settings,
    state_of,
    until,
    work_on,
)

stand_ins = pytest.mark.usefixtures("stand_ins")  # where nothing depends on what a worker does with its network


@pytest.fixture
def starts(monkeypatch):
    """The processes that hubs start: (id of the run, threads)."""
    started, start = [], hub_module.WorkerProcess.start

    async def noting(folder, threads, workers):
        started.append((folder.id, threads))
        return await start(folder, threads, workers)

    monkeypatch.setattr(hub_module.WorkerProcess, "start", noting)
    return started


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@hub_test
async def test_a_run_is_watched_from_start_to_end_and_viewed_on_the_next_server():
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start(settings(iterations=500), "learns")
        await browser.state("finished")
        kinds = [event["event"] for event in browser.received]
        assert kinds[0] == "run" and browser.received[0]["expectation"] == "learns"
        assert {"started", "history", "frame", "evaluation", "finished"} <= set(kinds)
        assert received_steps(browser.received) == set(range(1, 501))
        with pytest.raises(Refused, match="ended"):
            browser.send("resume")
    async with a_hub() as hub:
        browser = Browser(hub)
        await browser.watch(run.id)
        await browser.state("finished")
        history = browser.newest("history")
        assert history["loss"]["step"][-1] == 500 and history["events"][-1]["event"] == "finished"
        assert browser.newest("frame")["step"] == 500


@hub_test
async def test_a_run_trains_on_from_a_snapshot_of_another_which_is_stopped():
    async with a_hub() as hub:
        browser = Browser(hub)
        earlier = await browser.start()
        await browser.step(100)
        chosen, origin = settings(iterations=200, learning_rate=0.01), {"run": earlier.id, "step": 64}
        for wrong in ({**origin, "step": 65}, {**origin, "run": "r" * 22}):
            with pytest.raises(ValueError, match="no snapshot|no longer here"):
                await hub.start(chosen, None, browser.watcher, origin=wrong)
        run = await hub.start(chosen, None, browser.watcher, origin=origin)
        await browser.state("finished")
        assert browser.newest("control")["step"] == 64
        assert "from step 64" in browser.newest("run")["label"]
        await until(lambda: earlier.state == "stopped")
        assert run.state == "finished" and received_steps(browser.received) >= set(range(1, 201))


@hub_test
async def test_only_the_browser_that_made_a_run_marks_it():
    folder = RunFolder.create(settings(), session="s")
    async with a_hub() as hub:
        await hub.mark("s", {"do": "mark", "run": folder.id, "name": "first", "pinned": True})
        await hub.mark("s", {"do": "mark", "run": folder.id, "hidden": True})
        assert folder.marks == {"name": "first", "pinned": True, "hidden": True, "removed": False}
        with pytest.raises(Refused, match="Only the browser"):
            await hub.mark("other", {"do": "mark", "run": folder.id, "name": "mine"})
        assert folder.marks["name"] == "first"


@hub_test
async def test_a_new_watcher_gets_the_history_without_a_gap():
    async with a_hub() as hub:
        first, second = Browser(hub), Browser(hub, "another")
        run = await first.start()
        await first.step(2000)
        await second.watch(run.id)
        await second.step(4000)
        first.send("stop")
        end = (await second.state("stopped"), second.newest("finished"))[1]
        for browser in (first, second):
            assert received_steps(browser.received) == set(range(1, end["step"] + 1))
        assert [event["event"] for event in second.received][:2] == ["run", "started"]


@stand_ins
@hub_test
async def test_queued_runs_report_their_position():
    async with a_hub(max_runs=1) as hub:
        one, two, three = (Browser(hub, session) for session in "abc")
        for browser in (one, two, three):
            await browser.start()
        assert (await two.state("queued"))["position"] == 1
        assert (await three.state("queued"))["position"] == 2
        await one.step(1)
        one.send("stop")
        await two.state("running")
        await until(lambda: three.newest("state")["position"] == 1)
        three.send("stop")
        await three.state("stopped")


@stand_ins
@hub_test
async def test_the_runs_of_a_session_are_limited():
    async with a_hub(runs_per_session=2) as hub:
        mine = [Browser(hub, "me") for _ in range(3)]
        await mine[0].start()
        await mine[1].start()
        with pytest.raises(Refused, match="2 active runs"):
            await mine[2].start()
        await Browser(hub, "other").start()
        mine[0].send("stop")
        await mine[0].state("stopped")
        await mine[2].start()


@stand_ins
@hub_test
async def test_reopened_runs_count_towards_the_limit():
    old = [RunFolder.create(ENDLESS, None, "me") for _ in range(3)]
    for folder in old:
        folder.set_state("interrupted")
    async with a_hub(runs_per_session=2) as hub:
        mine = [Browser(hub, "me") for _ in old]
        for browser, folder in zip(mine, old):
            await browser.watch(folder.id)
        mine[0].send("resume")
        mine[1].send("resume")
        with pytest.raises(Refused, match="2 active runs"):
            mine[2].send("resume")


@hub_test
async def test_invalid_settings_are_rejected_and_create_no_run():
    async with a_hub() as hub:
        for bad in (None, [], {"hidden": [10**9]}, {"dataset": "/etc/passwd"}):
            with pytest.raises(ValueError):
                await Browser(hub).start(bad)
        assert not hub.places.runs


@hub_test
async def test_an_unwatched_run_is_released_and_ends_with_the_same_numbers_after_a_return():
    whole = new_run(iterations=2000)
    await asyncio.to_thread(work_on, whole)
    async with a_hub(release_minutes=0.1 / 60) as hub:
        browser = Browser(hub)
        run = await browser.start(settings(iterations=2000))
        browser.send("pace", steps_per_second=100)  # so that it does not end before it is released
        await browser.step(20)
        pid = run.process.pid
        browser.leave()
        await until(lambda: state_of(run) == "released" and not alive(pid) and not hub.places.runs)
        await browser.watch(run.id)
        browser.send("pace", steps_per_second=None)
        await browser.state("finished")
        assert received_steps(browser.received) == set(range(1, 2001))
    assert rows(run.folder) == rows(whole)


@stand_ins
@hub_test
async def test_a_run_continues_without_watchers():
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        step = (await browser.step(10))["step"]
        browser.leave()
        await rounds(hub)
        assert run.process and run.state == "running"
        await browser.watch(run.id)
        assert (await browser.step(step + 1000))["step"] > step


@stand_ins
@hub_test
async def test_runs_share_the_frames_of_the_cores(monkeypatch):
    monkeypatch.setattr(places_module, "cores", lambda: 2)
    sent, send = [], process_module.WorkerProcess.send
    monkeypatch.setattr(process_module.WorkerProcess, "send", lambda *given: (sent.append(given[1]), send(*given)))

    def asked():
        return [message["per_second"] for message in sent if message["do"] == "frames"]

    async with a_hub() as hub:
        browsers = [Browser(hub, session) for session in "abcd"]
        for browser in browsers:
            await browser.start()
        await until(lambda: asked().count(10) == 4)
        await rounds(hub)
        assert asked().count(10) == 4, "each is asked once"
        for browser in browsers[:2]:
            browser.send("stop")
        await until(lambda: asked()[-2:] == [20, 20])


@stand_ins
@hub_test
async def test_a_queued_run_gets_the_slot_of_an_unwatched_run():
    async with a_hub(max_runs=1) as hub:
        gone, waiting = Browser(hub, "a"), Browser(hub, "b")
        left = await gone.start()
        await gone.step(10)
        await waiting.start()
        await rounds(hub)
        assert left.process and left.state == "running"  # watched, so it is not displaced
        gone.leave()
        await waiting.state("running")
        await until(lambda: state_of(left) == "released")


@hub_test
async def test_a_paused_and_released_run_shows_its_last_frame_without_a_process():
    async with a_hub(release_minutes=0.1 / 60) as hub:
        browser = Browser(hub)
        run = await browser.start()
        await browser.step(100)
        browser.send("pause")
        await browser.state("paused")
        browser.leave()
        await until(lambda: not hub.places.runs)
        run = await browser.watch(run.id)
        await browser.state("paused")
        frame = browser.newest("frame")
        assert frame["step"] >= 100 and run.process is None
        browser.send("step")
        await browser.step(frame["step"] + 1)
        await browser.state("paused")
        browser.send("change", batch_size=8)
        await until(lambda: browser.newest("frame")["batch_size"] == 8)
        assert browser.newest("frame")["step"] == frame["step"] + 1 and run.state == "paused"


@stand_ins
@hub_test
async def test_leaving_and_returning_at_once_loses_no_event():
    """Also for a run without a process, which the hub forgets when its last watcher leaves."""
    folder = RunFolder.create(ENDLESS, None, "me")
    folder.set_state("interrupted")
    async with a_hub() as hub:
        browser, other = Browser(hub, "me"), Browser(hub, "me")
        await browser.watch(folder.id)
        await browser.watch(folder.id)
        await other.watch(folder.id)
        assert browser.run is other.run
        browser.send("resume")
        await other.step(10)


@stand_ins
@hub_test
async def test_a_killed_worker_fails_its_run_and_the_others_continue():
    async with a_hub() as hub:
        victim, other = Browser(hub, "a"), Browser(hub, "b")
        run = await victim.start()
        await other.start()
        await victim.step(100)
        await other.step(100)
        os.kill(run.process.pid, signal.SIGKILL)
        assert "killed" in (await victim.state("failed"))["reason"]
        step = other.newest("frame")["step"]
        await other.step(step + 500)
        victim.send("resume")
        await victim.state("running")
        seen = len(victim.received)
        await until(lambda: any(event["event"] == "frame" and event["step"] > 100 for event in victim.received[seen:]))


@hub_test
async def test_a_worker_that_ends_with_an_error_reports_the_reason():
    async with a_hub() as hub:
        browser = Browser(hub)
        await browser.start({**settings(), "dataset": "points", "points": "0" * 64})
        reason = (await browser.state("failed"))["reason"]
        assert reason and "Traceback" not in reason


STUDY = StudySettings(trials=2, seeds=1, iterations=10)


@stand_ins
@pytest.mark.parametrize(
    "kind, chosen, end, state",
    [
        ("train", ENDLESS, {"event": "failed", "reason": "no data"}, "failed"),
        ("study", STUDY.to_dict(), {"event": "finished", "stopped": True}, "stopped"),
    ],
)
@hub_test
async def test_a_run_resumed_while_its_process_ends_goes_on(monkeypatch, tmp_path, kind, chosen, end, state):
    """A worker says how it ends, and its process ends a little later."""
    ends = f"import sys; print({json.dumps(end)!r}, flush=True); open(sys.argv[1]).read()"
    may_end = tmp_path / "may end"
    os.mkfifo(may_end)
    async with a_hub() as hub:
        browser = Browser(hub)
        with monkeypatch.context() as patch:
            patch.setattr(process_module, "command", lambda folder: [sys.executable, "-Sc", ends, str(may_end)])
            run = await browser.start(chosen, kind=kind)
            await browser.state(state)
        assert run.process
        browser.send("resume")
        may_end.write_text("")
        await browser.state("running")
        await until(lambda: run.has_begun)


@hub_test
async def test_of_a_long_error_the_end_is_shown(monkeypatch):
    fails = "import sys; sys.exit('x' * 100_000 + ' no space left')"
    monkeypatch.setattr(process_module, "command", lambda folder: [sys.executable, "-Sc", fails])
    async with a_hub() as hub:
        browser = Browser(hub)
        await browser.start()
        reason = (await browser.state("failed"))["reason"]
    assert reason.startswith("Its process failed: ") and reason.endswith("x no space left") and len(reason) < 5000


@stand_ins
@hub_test
async def test_a_process_that_cannot_start_fails_its_run_and_frees_its_slot(monkeypatch):
    async def no_process(*arguments, **options):
        raise OSError(12, "Cannot allocate memory")

    async with a_hub(max_runs=1) as hub:
        with monkeypatch.context() as patch:
            patch.setattr(asyncio, "create_subprocess_exec", no_process)
            browser = Browser(hub)
            await browser.start()
            assert "Cannot allocate memory" in (await browser.state("failed"))["reason"]
        again = Browser(hub)
        await again.start()
        await again.step(1)


@hub_test
async def test_sigterm_interrupts_a_worker_and_its_run_can_be_resumed():
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        await browser.step(100)
        os.kill(run.process.pid, signal.SIGTERM)
        await browser.state("interrupted")
        browser.send("resume")
        await browser.state("running")


@stand_ins
@hub_test
async def test_every_process_ends_with_the_server():
    async with a_hub(max_runs=2) as hub:
        browsers = [Browser(hub, session) for session in "abc"]
        runs = [await browser.start() for browser in browsers]
        await until(lambda: all(run.process for run in runs[:2]))
        await browsers[0].step(10)
        pids = [run.process.pid for run in runs[:2]]
    assert not any(alive(pid) for pid in pids)
    assert [state_of(run) for run in runs] == ["released"] * 3


@stand_ins
@hub_test
async def test_a_server_that_is_about_to_end_starts_no_run():
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        hub.end()
        await browser.state("released")
        with pytest.raises(Refused, match="about to end"):
            await Browser(hub, "other").start()
        with pytest.raises(Refused, match="about to end"):
            browser.send("resume")
        assert not run.is_working


@stand_ins
@hub_test
async def test_a_process_has_no_deadline_unless_it_is_to_stop(monkeypatch):
    monkeypatch.setattr(live_run_module, "REPORT_SECONDS", 0)
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        await until(lambda: browser.newest("frame") or run.state == "failed")
        assert run.state == "running"


@stand_ins
@pytest.mark.parametrize("module, deadline", [(process_module, "PATIENCE_SECONDS"), (hub_module, "END_SECONDS")])
@hub_test
async def test_a_worker_that_does_not_exit_is_killed(monkeypatch, module, deadline):
    """It has some time to exit, and less when the server ends."""
    monkeypatch.setattr(process_module, "PATIENCE_SECONDS", 3600.0)
    monkeypatch.setattr(hub_module, "END_SECONDS", 3600.0)
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        await browser.step(10)
        pid = run.process.pid
        os.kill(pid, signal.SIGSTOP)
        monkeypatch.setattr(module, deadline, 0.5)
    assert not alive(pid) and state_of(run) == "released"


# Transitions between states


@stand_ins
@hub_test
async def test_two_tabs_that_press_start_at_once_respect_the_limit_of_runs():
    async with a_hub(runs_per_session=1) as hub:
        results = await asyncio.gather(*(Browser(hub, "me").start() for _ in range(3)), return_exceptions=True)
        assert sum(isinstance(result, Refused) for result in results) == 2
        assert len(hub.places.runs) == 1


@stand_ins
@hub_test
async def test_the_queue_is_limited():
    async with a_hub(max_runs=1, max_queued=1) as hub:
        one, two = Browser(hub, "a"), Browser(hub, "b")
        await one.start()
        await two.start()
        with pytest.raises(Refused, match="waiting already"):
            await Browser(hub, "c").start()


@stand_ins
@hub_test
async def test_one_address_takes_at_most_half_of_the_queue_whatever_its_cookies():
    async with a_hub(max_runs=1, max_queued=2) as hub:
        for cookie in ("a", "b"):
            await Browser(hub, cookie, "1.1.1.1").start()
        with pytest.raises(Refused, match="1 runs from your network"):
            await Browser(hub, "c", "1.1.1.1").start()
        await Browser(hub, "d", "2.2.2.2").start()


@stand_ins
@hub_test
async def test_a_run_stopped_in_the_queue_never_has_a_process(starts):
    async with a_hub(max_runs=1) as hub:
        one, two = Browser(hub, "a"), Browser(hub, "b")
        await one.start()
        run = await two.start()
        two.send("stop")
        await two.state("stopped")
        one.send("stop")
        await one.state("stopped")
        assert not hub.places.queue
    assert [started for started, _ in starts] == [one.run.id] and state_of(run) == "stopped"


@hub_test
async def test_a_run_paused_in_the_queue_leaves_it_and_shows_a_change_while_paused():
    async with a_hub(max_runs=1) as hub:
        one, two = Browser(hub, "a"), Browser(hub, "b")
        await one.start()
        run = await two.start()
        two.send("pause")
        await two.state("paused")
        one.send("stop")
        await one.state("stopped")
        assert run.process is None
        two.send("change", batch_size=7)
        await until(lambda: (two.newest("frame") or {}).get("batch_size") == 7)
        await two.state("paused")
        assert two.newest("frame")["step"] == 0


@pytest.mark.parametrize("do, state", [("stop", "stopped"), ("pause", "paused")])
def test_a_command_sent_while_a_process_starts_is_executed(do, state):
    @hub_test
    async def scene():
        async with a_hub() as hub:
            browser = Browser(hub)
            run = await browser.start()
            assert run.is_working and run.process is None
            browser.send(do)
            await browser.state(state)
            assert len(rows(run.folder)[0]) == 0

    scene()


@hub_test
async def test_a_run_can_be_stopped_before_its_data_is_loaded(monkeypatch):
    """Its process ends without a report."""
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        await browser.step(1)
        monkeypatch.setattr(run.process, "send", lambda command: os.kill(run.process.pid, signal.SIGTERM))
        browser.send("stop")
        await browser.state("stopped")


@pytest.mark.parametrize("has_process", [False, True])
@hub_test
async def test_a_run_that_has_not_begun_is_stopped_at_once(monkeypatch, has_process):
    """It has nothing to report, so that its process, which may be loading something, is not waited for."""
    busy = [sys.executable, "-Sc", "import time; time.sleep(3600)"]
    monkeypatch.setattr(process_module, "command", lambda folder: busy)
    monkeypatch.setattr(live_run_module, "REPORT_SECONDS", 3600.0)
    monkeypatch.setattr(hub_module, "STOP_SECONDS", 3600.0)
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        if has_process:
            await until(lambda: run.process)
        assert run.is_working and bool(run.process) == has_process
        browser.send("stop")
        assert (await browser.state("stopped"))["reason"] is None
        await until(lambda: not run.is_working)


@hub_test
async def test_a_run_of_an_earlier_server_that_is_stopped_in_a_pause_makes_its_report():
    folder = RunFolder.create(ENDLESS, session="s")
    await asyncio.to_thread(work_on, folder, ("frame", 3, {"do": "pause"}), ("state", 2, {"do": "release"}))
    folder.set_state("paused")
    async with a_hub() as hub:
        browser = Browser(hub)
        await browser.watch(folder.id)
        browser.send("stop")
        await browser.state("stopped")
        assert browser.newest("finished")["test_accuracy"] >= 0


@hub_test
async def test_two_tabs_show_the_same_run_and_both_can_control_it():
    async with a_hub() as hub:
        one, two = Browser(hub), Browser(hub)
        run = await one.start()
        await two.watch(run.id)
        assert one.run is two.run
        await two.step(10)
        two.send("pause")
        await one.state("paused")
        step = one.newest("frame")["step"]
        one.send("step")
        await two.step(step + 1)
        one.send("stop")
        await one.state("stopped")
        await two.state("stopped")
        assert received_steps(one.received) == received_steps(two.received) == set(range(1, one.newest("finished")["step"] + 1))


@pytest.mark.parametrize("do, state", [(None, "running"), ("stop", "stopped"), ("pause", "paused")])
@stand_ins
def test_a_watcher_who_returns_during_a_release_finds_the_run_active_and_in_control(do, state):
    @hub_test
    async def scene():
        async with a_hub() as hub:
            browser = Browser(hub)
            run = await browser.start()
            await browser.step(100)
            first = run.process
            browser.leave()
            hub._release(run)
            await browser.watch(run.id)
            if do:
                browser.send(do)
            await until(lambda: run.process is not first)
            await browser.state(state)
            if state == "running":
                await until(lambda: run.process)
                seen = len(browser.received)
                await until(lambda: any(event["event"] == "frame" for event in browser.received[seen:]))

    scene()


@hub_test
async def test_a_paused_run_without_a_process_is_stopped_with_a_report():
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        await browser.step(100)
        browser.send("pause")
        await browser.state("paused")
        hub._release(run)
        await until(lambda: run.process is None)
        assert run.state == "paused"
        browser.send("stop")
        await browser.state("stopped")
        assert browser.newest("finished")["test_accuracy"] >= 0


@hub_test
async def test_the_number_of_pending_commands_is_limited():
    folder = RunFolder.create(ENDLESS, None, "me")
    folder.set_state("interrupted")
    async with a_hub() as hub:
        browser = Browser(hub, "me")
        await browser.watch(folder.id)
        with pytest.raises(Refused):
            for _ in range(1000):
                browser.send("change", reg=0.1)


@hub_test
async def test_a_server_that_ends_while_a_process_starts_ends_that_process():
    async with a_hub() as hub:
        run = await Browser(hub, "me").start()
        assert run.is_working and run.process is None
    assert run.process is None and not run.folder.is_worked_on()
    assert state_of(run) == "released"


@stand_ins
@hub_test
async def test_a_process_that_does_not_exit_still_frees_its_slot(monkeypatch):
    monkeypatch.setattr(process_module, "PATIENCE_SECONDS", 0.3)
    async with a_hub(max_runs=1) as hub:
        stuck, waiting = Browser(hub, "a"), Browser(hub, "b")
        run = await stuck.start()
        await stuck.step(10)
        os.kill(run.process.pid, signal.SIGSTOP)
        stuck.leave()
        await waiting.start()
        await waiting.step(10)
        await until(lambda: state_of(run) == "released")


@hub_test
async def test_a_run_is_stopped_inside_a_step_that_does_not_end(monkeypatch):
    """What was finished is stored. A process that only makes its report has more time for it."""
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start()
        await browser.step(100)
        os.kill(run.process.pid, signal.SIGSTOP)  # as if a step took very long
        monkeypatch.setattr(hub_module, "STOP_SECONDS", 0.2)
        browser.send("stop")
        assert "without a report" in (await browser.state("stopped"))["reason"]
        assert len(rows(run.folder)[0]) >= 100 and not run.is_working
        slow = Browser(hub)
        await slow.start()
        await slow.step(1)
        deadlines = []
        monkeypatch.setattr(slow.run.process, "end_within", deadlines.append)
        slow.send("stop")
        slow.send("stop")  # pressed twice: the report keeps its time
        await slow.state("stopped")
        assert deadlines == [0.2, hub_module.REPORT_SECONDS] and slow.newest("finished")["stopped"]


@stand_ins
@hub_test
async def test_a_run_that_does_not_fit_into_memory_waits_with_the_reason():
    needed = KINDS["train"].memory(Experiment.from_dict(ENDLESS))
    async with a_hub(memory_mb=round(1.5 * needed / 10**6)) as hub:
        one, two = Browser(hub, "a"), Browser(hub, "b")
        await one.start()
        await one.step(1)
        await two.start()
        assert "waits for memory" in (await two.state("queued"))["reason"]
        one.send("stop")
        await two.step(1)
    async with a_hub(memory_mb=1) as hub:
        with pytest.raises(Refused, match="choose fewer or narrower layers"):
            await Browser(hub).start()
        with pytest.raises(Refused, match="choose fewer or narrower layers"):
            await Browser(hub).watch(two.run.id)


@stand_ins
@hub_test
async def test_an_abandoned_queued_run_gets_no_process_while_others_wait(starts):
    async with a_hub(max_runs=1, release_minutes=0.5 / 60) as hub:
        one, gone, waiting = (Browser(hub, session) for session in "abc")
        await one.start()
        left = await gone.start()
        gone.leave()
        await until(lambda: state_of(left) == "released")
        await waiting.start()
        one.send("stop")
        await waiting.step(1)
        waiting.send("stop")
        await until(lambda: not waiting.run.is_working)
    assert [run for run, _ in starts] == [one.run.id, waiting.run.id]


@hub_test
async def test_out_of_descriptors_a_run_fails_with_the_reason_and_the_log_has_one_line(monkeypatch, caplog):
    async def none_left(*arguments, **options):
        raise OSError(errno.EMFILE, "Too many open files")

    async with a_hub() as hub:
        monkeypatch.setattr(asyncio, "create_subprocess_exec", none_left)
        browser = Browser(hub)
        await browser.start()
        assert "Too many open files" in (await browser.state("failed"))["reason"]
        for _ in range(100):  # as the event loop does for each connection that it cannot accept
            error = {
                "message": "socket.accept() out of system resource",
                "exception": OSError(errno.EMFILE, "Too many open files"),
            }
            asyncio.get_running_loop().call_exception_handler(error)
    assert caplog.messages.count("No more files or connections can be opened (Too many open files): new ones wait.") == 1
    assert "failed: Its process could not be started" in caplog.text


# The disk


@stand_ins
@hub_test
async def test_a_slow_disk_does_not_block_other_runs(monkeypatch):
    """While nothing can be written, events of the other runs arrive as before."""
    written, write = threading.Event(), RunFolder.write
    async with a_hub() as hub:
        one, two = Browser(hub), Browser(hub)
        await one.start()
        await one.step(1)
        monkeypatch.setattr(RunFolder, "write", lambda *arguments: (written.wait(PATIENCE), write(*arguments)))
        starting = asyncio.create_task(two.start())
        await one.step(one.newest("frame")["step"] + 1000)
        assert not starting.done()
        written.set()
        await starting
        await two.step(1)


@stand_ins
@hub_test
async def test_a_long_history_does_not_block_other_runs(monkeypatch):
    """While it is read, events of the other runs arrive as before."""
    may_end, story = threading.Event(), hub_module.story
    async with a_hub() as hub:
        one, two = Browser(hub), Browser(hub)
        await one.start()
        await one.step(1)
        monkeypatch.setattr(hub_module, "story", lambda *arguments: (may_end.wait(PATIENCE), story(*arguments))[1])
        await two.watch(one.run.id)
        await one.step(one.newest("frame")["step"] + 1000)
        assert two.received == []
        may_end.set()
        await two.step(1)


@stand_ins
@hub_test
async def test_a_full_disk_rejects_a_new_run_and_stops_no_other(monkeypatch):
    async with a_hub() as hub:
        browser = Browser(hub)
        await browser.start()
        await browser.step(10)
        with monkeypatch.context() as patch:
            patch.setattr(RunFolder, "write", no_room)
            with pytest.raises(Refused, match="No space left"):
                await Browser(hub, "me").start()
            browser.send("pause")
            await browser.state("paused")
        browser.send("resume")
        await browser.state("running")
    assert state_of(browser.run) == "released"


def no_room(*_):
    raise OSError(28, "No space left on device")


@hub_test
async def test_a_state_that_did_not_fit_on_the_disk_is_written_when_there_is_room(monkeypatch, caplog):
    """Until then the operator reads one line, not a traceback for each attempt."""
    errors = []
    async with a_hub() as hub:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: errors.append(context))
        browser = Browser(hub)
        run = await browser.start(settings(iterations=200))
        with monkeypatch.context() as patch:
            patch.setattr(RunFolder, "set_state", no_room)
            await browser.state("finished")
            await until(lambda: run.id in hub._unwritten and not run.is_working)
            await rounds(hub)
            assert state_of(run) != "finished"
        await until(lambda: state_of(run) == "finished" and not hub._unwritten)
    gc.collect()
    assert errors == [] and caplog.text.count("No space left on device") == 1


@stand_ins
@hub_test
async def test_a_state_that_was_not_written_is_known_when_the_run_is_opened_again(monkeypatch):
    """Else the state on disk, an older one, would go on, and the one that was not written would later replace a newer one."""
    async with a_hub(release_minutes=0.1 / 60) as hub:
        browser = Browser(hub)
        run = await browser.start()
        await browser.step(10)
        with monkeypatch.context() as patch:
            patch.setattr(RunFolder, "set_state", no_room)
            browser.send("pause")
            await browser.state("paused")
            browser.leave()
            await until(lambda: not hub.places.runs)
            assert state_of(run) == "running"
            await browser.watch(run.id)
            await browser.state("paused")
        browser.send("resume")
        await browser.state("running")
        await until(lambda: state_of(run) == "running" and not hub._unwritten)


@hub_test
async def test_without_a_disk_the_server_starts_and_refuses_runs(monkeypatch, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "file" / "runs"))
    async with a_hub() as hub:
        with pytest.raises(Refused, match="cannot store a new run .*: please inform its operator"):
            await Browser(hub).start()
    assert "lessons work" in caplog.text


@hub_test
async def test_a_deep_run_stopped_without_a_process_leaves_no_checkpoint():
    folder = RunFolder.create(KINDS["depth"].settings.from_dict(SMALL_MLP).to_dict(), None, "me", "depth")
    folder.set_state("interrupted")
    folder.checkpoint.write_bytes(b"x")
    async with a_hub() as hub:
        browser = Browser(hub, "me")
        await browser.watch(folder.id)
        browser.send("stop")
        await browser.state("stopped")
        await until(lambda: not folder.checkpoint.exists())


@hub_test
async def test_an_ended_deep_run_leaves_no_checkpoint(monkeypatch):
    """It can neither be resumed nor downloaded, and it is large. The last one is saved after the end is reported."""
    end = json.dumps({"event": "finished", "stopped": False})
    saves = f"import sys; print({end!r}, flush=True); open(sys.argv[1], 'w').close()"
    monkeypatch.setattr(process_module, "command", lambda folder: [sys.executable, "-Sc", saves, str(folder.checkpoint)])
    async with a_hub() as hub:
        browser = Browser(hub)
        run = await browser.start(SMALL_MLP, kind="depth")
        await browser.state("finished")
        await until(lambda: not run.is_working and not run.folder.checkpoint.exists())


@stand_ins
@hub_test
async def test_a_watched_run_is_not_pruned():
    async with a_hub(runs_kept=1) as hub:
        browsers = [Browser(hub) for _ in range(3)]
        for browser in browsers:
            await browser.start()
            browser.send("stop")
            await browser.state("stopped")
        await rounds(hub)
        first, second, third = (browser.run.id for browser in browsers)
        assert all(map(RunFolder.find, (first, second, third)))
        for browser in browsers[:2]:
            browser.leave()
        await until(lambda: not RunFolder.find(first) and not RunFolder.find(second))
        assert RunFolder.find(third)


@hub_test
async def test_a_run_left_active_by_another_server_is_interrupted_on_opening():
    async with a_hub() as hub:
        folder = RunFolder.create(ENDLESS, None, "me")
        folder.set_state("running")
        browser = Browser(hub, "me")
        with folder.lock():
            await browser.watch(folder.id)
            assert "few seconds" in (await browser.state("interrupted"))["reason"]
            assert folder.status[0] == "running"
            browser.send("resume")
            await browser.state("running")
        await browser.step(10)


@stand_ins
@hub_test
async def test_the_cores_are_divided_when_runs_start(monkeypatch, starts):
    monkeypatch.setattr(places_module, "cores", lambda: 9)
    async with a_hub() as hub:
        browsers = [Browser(hub, session) for session in "abc"]
        for browser in browsers:
            await browser.start()
            await browser.step(1)
        browsers[0].send("pause")
        await browsers[0].state("paused")
        await Browser(hub, "d").start()
        await until(lambda: len(starts) == 4)
    assert [threads for _, threads in starts] == [8, 4, 2, 2]  # the paused one does not count
