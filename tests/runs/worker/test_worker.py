"""The worker process of a run: its events, its files and how it ends."""

import json
import math
import signal
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from nnlib.experiment.checkpoint import load_checkpoint
from nnlib.experiment.settings import Experiment
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.speed import Speed
from nnlib.runs.worker.worker import CHECKPOINT_SECONDS, FRAME_SECONDS
from tests.patience import PATIENCE
from tests.runs.runs_helpers import (
    DIE,
    Clock,
    TimedScript,
    WorkerProcess,
    finish,
    losses,
    new_run,
    rows,
    settings,
    weights,
    work_on,
)

ENDLESS = {"iterations": 1_000_000, "schedule": "constant"}
GO_ON = [("state", 1, command) for command in ({"do": "resume"}, {"do": "pace", "steps_per_second": None})]


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


CHANGE = {"do": "change", "learning_rate": 0.02, "reg": 0.001, "batch_size": 24, "W1[0,3]": 0.5, "b2[1]": -0.1}


def begin(folder):
    """A running worker, paused at the end of the first epoch, where its controls are changed, and resumed."""
    worker = WorkerProcess(folder)
    worker.send("pause")
    worker.send("epoch")
    boundary = worker.wait_for("started")["steps_per_epoch"]
    worker.wait_for_step(boundary)
    worker.send(**CHANGE)
    worker.wait_for("control")
    worker.send("resume")
    worker.wait_for_step(boundary + 1000)
    return worker


def paused(worker):
    worker.send("pause")
    worker.wait_for_state("paused")
    worker.send("step")
    worker.send("resume")
    worker.wait_for("finished")
    worker.wait()


def killed(worker):
    worker.process.kill()
    worker.wait()


def killed_between_checkpoints(worker):
    worker.send("pace", steps_per_second=3000)
    worker.wait_for_step(5000)
    killed(worker)


def terminated(worker):
    worker.process.send_signal(signal.SIGTERM)
    assert worker.wait() == 0


def released(worker):
    worker.send("release")
    assert worker.wait() == 0


def without_its_server(worker):
    worker.process.stdin.close()
    assert worker.wait() == 0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The files of an undisturbed run, without and with a change of its controls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("undisturbed")))
        found = {}
        for changed in (False, True):
            folder = new_run()
            pauses = [("state", 1, {"do": "epoch"}), ("state", 2, CHANGE), ("control", 1, {"do": "resume"})]
            work_on(folder, *(pauses if changed else ()))
            found[changed] = rows(folder), weights(folder)
        return found


@pytest.mark.parametrize("disturb", [paused, killed, killed_between_checkpoints, terminated, released, without_its_server])
def test_a_disturbed_run_ends_with_the_same_numbers(disturb, undisturbed):
    folder = new_run()
    disturb(begin(folder))
    assert folder.checkpoint.exists()
    if not folder.end():
        work_on(folder, *GO_ON)
    assert (rows(folder), weights(folder)) == undisturbed[True]


COUNT = """
import atexit, sys, threadpoolctl
atexit.register(lambda: print(threadpoolctl.threadpool_info()[0]["num_threads"], file=sys.stderr))
"""
LARGE = {"hidden": [300, 300], "batch_size": 256}


@pytest.mark.parametrize("changed, used", [({"hidden": [12]}, 1), (LARGE, 2)])
def test_only_large_steps_get_more_than_one_thread_and_a_resumed_run_gets_as_many_as_before(changed, used):
    """Two threads sum large products in another order than one, so the last bits may differ."""
    folder = new_run(**{**ENDLESS, **changed})
    for lent in ("2", "1"):
        worker = WorkerProcess(folder, code=COUNT, OPENBLAS_NUM_THREADS=lent)
        worker.wait_for_step(1)
        released(worker)
        assert load_checkpoint(folder.checkpoint)[1]["threads"] == used
        assert int(worker.error) == used


def test_a_kill_between_a_change_and_its_checkpoint_discards_the_whole_change():
    """The log is cut to the byte recorded in the checkpoint: no control event remains without its effect."""
    folder = new_run(**ENDLESS)
    die = (
        "import os, nnlib.runs.worker.worker as w\nw.Worker._change, change = "
        "lambda *a: (change(*a), os._exit(9)), w.Worker._change"
    )
    worker = WorkerProcess(folder, code=die)
    worker.send("pause")
    worker.wait_for_state("paused")
    worker.send("change", batch_size=7)
    worker.wait()
    assert [event["batch_size"] for event in folder.events() if event["event"] == "control"] == [7]
    again = WorkerProcess(folder)
    again.send("resume")
    assert again.wait_for_step(100)["batch_size"] == 32
    again.kill()
    assert not [event for event in folder.events() if event["event"] == "control"]


def test_a_change_survives_a_kill():
    folder = new_run(**ENDLESS)
    worker = WorkerProcess(folder)
    worker.wait_for_step(100)
    worker.send("change", learning_rate=0.01, batch_size=16, **{"W1[0,3]": 0.0})
    control = worker.wait_for("control")
    assert control["changed"] == {"learning_rate": 0.01, "batch_size": 16, "W1[0,3]": 0.0}
    assert control["label"].endswith(" · weights set by hand")
    worker.wait_for_step(control["step"] + 1)
    worker.kill()
    again = WorkerProcess(folder)
    frame = again.wait_for_step(control["step"] + 1)
    again.kill()
    assert frame["batch_size"] == 16
    assert frame["learning_rate"] == pytest.approx(0.01)
    assert [event["step"] for event in folder.events() if event["event"] == "control"] == [control["step"]]


def test_a_kill_loses_about_one_second(clock):
    folder = new_run(**ENDLESS)
    killed = work_on(folder, script=TimedScript(clock, (2.5, DIE)))
    again = work_on(folder, script=TimedScript(clock, (0, {"do": "release"})))
    lost = killed.of("frame")[-1]["seconds"] - again.of("frame")[0]["seconds"]
    assert 0 < lost <= CHECKPOINT_SECONDS + FRAME_SECONDS


def test_an_epoch_interrupted_half_way_still_ends_in_a_pause():
    folder = new_run(**{**ENDLESS, "batch_size": 1})
    worker = WorkerProcess(folder)
    worker.send("pause")
    worker.send("pace", steps_per_second=100)
    worker.send("epoch")
    boundary = worker.wait_for("started")["steps_per_epoch"]
    assert worker.wait_for_step(3)["step"] < boundary
    released(worker)
    again = WorkerProcess(folder)
    again.send("pace", steps_per_second=None)
    again.wait_for_state("paused")
    assert len(losses(folder)) == boundary
    again.kill()


@pytest.fixture(scope="module")
def diverged(tmp_path_factory):
    """The lines printed by a diverging run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("diverged")))
        folder = new_run(iterations=300, learning_rate=100.0, optimiser="sgd", reg=10.0)
    command = [sys.executable, "-m", "nnlib", "run", str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        return process.stdout.read().splitlines()


def test_events_are_json_with_the_kind_first(diverged):
    """The relay distinguishes events by the start of their line, and browsers do not accept NaN."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    for line in diverged:
        assert line.startswith('{"event": "')
        json.loads(line, parse_constant=refuse)


def test_a_diverged_run_ends_with_an_event_that_says_what_to_try(diverged):
    end = json.loads(diverged[-1])
    assert (end["event"], end["outcome"]) == ("diverged", "diverges")
    assert end["reason"].endswith(".") and end["advice"].startswith("Try")


def test_a_step_that_diverges_ends_the_run_and_does_not_pause_it():
    folder = new_run(iterations=300, learning_rate=100.0, optimiser="sgd", reg=10.0)
    worker = WorkerProcess(folder)
    worker.send("pause")
    for _ in range(60):
        worker.send("step")
    worker.send("epoch")
    worker.send("resume")
    worker.wait_for("diverged")
    worker.wait()
    assert worker.received[-1]["event"] == "diverged"


def test_step_and_epoch_run_so_far_and_pause():
    batch = 33  # of which no number makes a whole epoch
    folder = new_run(**ENDLESS, batch_size=batch)
    worker = WorkerProcess(folder)
    worker.wait_for_step(200)
    worker.send("pause")
    worker.wait_for_state("paused")
    step = len(losses(folder))
    worker.send("step")
    worker.wait_for_step(step + 1)
    worker.send("change", reg=0.01)  # its answer comes after all steps that were made before it
    assert worker.wait_for(lambda event: event["event"] == "control" and event["reg"] == 0.01)["step"] == step + 1
    assert len(losses(folder)) == step + 1
    examples = worker.wait_for("started")["examples"]["train"]
    worker.send("epoch")
    epochs = (step + 1) * batch // examples + 1
    boundary = math.ceil(epochs * examples / batch)
    worker.wait_for_step(boundary)
    worker.send("change", reg=0.02)
    assert worker.wait_for(lambda event: event["event"] == "control" and event["reg"] == 0.02)["step"] == boundary
    assert len(losses(folder)) == boundary
    worker.kill()


def test_a_change_takes_effect_at_the_next_step():
    """A learning rate of zero stops the weights at once: paused after an epoch, changed, five steps, the same picture."""
    folder = new_run(**{**ENDLESS, "optimiser": "sgd", "reg": 0.0})
    change = ("state", 2, {"do": "change", "learning_rate": 0.0})  # states: running, paused after the epoch, then two a step
    steps = [("state", 2 * i, {"do": "step"}) for i in range(1, 6)]
    script = work_on(folder, ("state", 1, {"do": "epoch"}), change, *steps, ("state", 12, {"do": "release"}))
    per_epoch, control = script.only("started")["steps_per_epoch"], script.only("control")
    before = next(frame for frame in script.of("frame") if frame["step"] == per_epoch)
    after = script.of("frame")[-1]
    assert after["step"] == per_epoch + 5 and control["step"] == per_epoch and control["learning_rate"] == 0
    assert after["layers"] == before["layers"] and after["boundary"] == before["boundary"]
    assert script.of("frame")[0]["boundary"] != before["boundary"]


def test_a_stopped_run_writes_its_report():
    for command in ("resume", "pause"):
        folder = new_run(**ENDLESS)
        worker = WorkerProcess(folder)
        worker.send(command)
        worker.wait_for_step(0)
        worker.send("stop")
        end = worker.wait_for("finished")
        assert worker.wait() == 0
        assert end["stopped"] and 0 <= end["test_accuracy"] <= 1 and end["outcome"] in ("learns", "partly", "stuck")
        assert folder.end()["step"] == end["step"]


@pytest.mark.parametrize("pace", [1, 30, 100])
def test_the_pace_limits_the_speed(clock, pace):
    folder = new_run(**ENDLESS)
    script = work_on(folder, script=TimedScript(clock, (0, {"do": "pace", "steps_per_second": pace}), (10, {"do": "release"})))
    assert abs(len(losses(folder)) - 10 * pace) <= 1 + pace * FRAME_SECONDS
    assert len(script.of("frame")) >= min(10 * pace, 180)


def test_a_slow_pace_responds_at_once_and_is_not_changed_by_commands(clock):
    folder = new_run(**ENDLESS)
    asked = [0.1 + 0.02 * i for i in range(20)]
    changes = [(when, {"do": "change", "batch_size": 5 + i}) for i, when in enumerate(asked)]
    timeline = [(0, {"do": "pace", "steps_per_second": 1}), *changes, (2.6, {"do": "pause"}), (3.5, {"do": "release"})]
    script = work_on(folder, script=TimedScript(clock, *timeline))
    assert script.times_of("control") == pytest.approx(asked)
    assert len(losses(folder)) == 3  # at 0, 1 and 2 seconds
    assert script.times_of("state")[-1] == pytest.approx(2.6) and script.of("state")[-1]["state"] == "paused"


def test_the_speed_is_that_of_about_the_last_second(clock):
    training = SimpleNamespace(step=0)
    speed = Speed(training)

    def after(seconds, steps):
        clock.now, training.step = clock.now + seconds, training.step + steps
        speed.measure()
        return speed.steps_per_second

    assert after(0.01, 5) == pytest.approx(500)  # at once, so that there is something to show
    assert after(0.1, 0) == pytest.approx(500)  # too soon to measure again
    assert after(0.9, 96) == pytest.approx(100)
    assert after(0.5, 500) == pytest.approx(1000)
    speed.restart()
    assert speed.steps_per_second == 0


def test_an_unwatched_run_sends_one_frame_per_second(clock):
    timeline = [(2, {"do": "watched", "value": False}), (12, {"do": "watched", "value": True}), (14, {"do": "release"})]
    script = work_on(new_run(**ENDLESS), script=TimedScript(clock, *timeline))
    times = script.times_of("frame")
    assert 9 <= sum(2 < time <= 12 for time in times) <= 11
    assert sum(time <= 2 for time in times) >= 40 and sum(12 < time for time in times) >= 40


@pytest.mark.parametrize("pace", [None, 200])
def test_a_run_sends_the_frames_that_the_server_asks_for(clock, pace):
    timeline = [(0, {"do": "pace", "steps_per_second": pace}), (2, {"do": "frames", "per_second": 10})]
    timeline += [(12, {"do": "frames", "per_second": 20}), (14, {"do": "release"})]
    script = work_on(new_run(**ENDLESS), script=TimedScript(clock, *timeline))
    times = script.times_of("frame")
    snapshots = sum(2.1 < time <= 12 for time in script.times_of("snapshot"))
    assert 95 <= sum(2.1 < time <= 12 for time in times) <= 100 + snapshots
    assert sum(12 < time for time in times) >= 35


def test_a_new_watcher_of_a_paused_run_gets_a_frame():
    worker = WorkerProcess(new_run(**ENDLESS))
    worker.wait_for_step(1)
    worker.send("pause")
    worker.wait_for_state("paused")
    before = len(worker.received)
    worker.send("watched", value=True)
    worker.wait_for(lambda event: event["event"] == "frame" and len(worker.received) > before)
    worker.kill()


def test_invalid_commands_are_ignored():
    worker = WorkerProcess(new_run(**ENDLESS))
    for line in ("", "{", "null", "[]", '"pause"', '{"do": []}', '{"do": "fly"}', '{"do": "change", "learning_rate": "x"}',
                 '{"do": "change", "batch_size": -1}', '{"do": "pace"}', "[" * 100_000):  # fmt: skip
        worker.process.stdin.write(line + "\n")
    worker.process.stdin.flush()
    worker.process.stdin.buffer.write(b"\xff\xfe\n")
    worker.send("stop")
    assert worker.wait_for("finished")["stopped"]
    assert worker.wait() == 0


def test_output_of_libraries_is_not_an_event():
    folder = new_run(iterations=20)
    worker = WorkerProcess(
        folder, code="import nnlib.runs.worker.network_job as k\nk.final_report = lambda *_: print('hello') or {}"
    )
    worker.wait_for("finished")
    assert worker.wait() == 0
    assert "hello" in worker.error


# Failures


def failed(worker):
    """The reason that the process of a worker reports."""
    reason = worker.wait_for("failed")["reason"]
    assert worker.wait() == 1
    return reason


def test_a_second_worker_on_the_same_run_exits_with_an_error():
    folder = new_run(**ENDLESS)
    first = WorkerProcess(folder)
    first.wait_for_step(1)
    second = WorkerProcess(folder, code="import nnlib.runs.worker.worker as w\nw.LOCK_SECONDS = 0.2")
    assert "Another process" in failed(second)
    step = len(losses(folder))
    first.wait_for_step(step + 1)
    first.kill()
    losses(folder)


def test_a_worker_waits_for_the_previous_one_to_release_the_run():
    folder = new_run(iterations=50)
    says = "import nnlib.runs.store as s, sys\nreal = s.RunFolder.lock\n"
    says += "s.RunFolder.lock = lambda *a: (print('waits', file=sys.stderr, flush=True), real(*a))[1]"
    with folder.lock():
        worker = WorkerProcess(folder, code=says)
        assert worker.process.stderr.readline() == "waits\n"
        assert worker.process.poll() is None and not worker.received
    worker.wait_for("finished")
    assert worker.wait() == 0


STUCK = (
    "import time, nnlib.runs.worker.pipes as p, nnlib.runs.worker.network_job as k, nnlib.runs.worker.worker as w\n"
    "p.GRACE_SECONDS = 0.3\n"
)


@pytest.mark.parametrize("where", ["w.Worker._train_a_little", "k.load_checkpoint"], ids=["a step", "a checkpoint"])
def test_a_busy_worker_ends_with_its_server(where):
    """A thread watches for the end of input, because nothing else can while NumPy computes."""
    folder = new_run(**ENDLESS)
    if "checkpoint" in where:
        folder.checkpoint.write_bytes(b"")
    worker = WorkerProcess(
        folder, code=f"{STUCK}{where} = lambda *_: (w.sys.stderr.write('stuck'), w.sys.stderr.flush(), time.sleep(3600))"
    )
    assert worker.process.stderr.read(5) == "stuck"
    worker.process.stdin.close()
    assert worker.process.wait(PATIENCE) == 1


CONVERTING = """
import time
from nnlib.experiment.settings import Experiment
real = Experiment.load
def load(self, progress):
    for done in range(STEPS):
        progress("Converting", done, STEPS)
        time.sleep(0.01)
    return real(self)
Experiment.load = load
"""


@pytest.mark.parametrize("how", ["release", "stop", "end of input", "SIGTERM"])
def test_a_worker_can_exit_during_data_conversion(how):
    worker = WorkerProcess(new_run(**ENDLESS), code=CONVERTING.replace("STEPS", "1_000_000"))
    assert worker.wait_for("preparing")["total"] == 1_000_000
    if how == "SIGTERM":
        worker.process.terminate()
    elif how == "end of input":
        worker.process.stdin.close()
    else:
        worker.send(how)
    assert worker.wait() == 0


def test_commands_during_data_conversion_wait():
    worker = WorkerProcess(new_run(**ENDLESS), code=CONVERTING.replace("STEPS", "50"))
    worker.wait_for("preparing")
    worker.send("pause")
    worker.send("change", batch_size=9)
    assert worker.wait_for("control")["step"] == 0
    worker.send("stop")
    assert worker.wait_for("finished")["step"] == 0
    worker.wait()


@pytest.mark.parametrize("gone", [{"dataset": "points", "points": "0" * 64}, {"dataset": "cifar10"}])
def test_missing_data_fails_the_run_and_says_what_to_do(gone, failure, tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "nothing"))
    failure(RunFolder.create({**settings(), **gone}))


def test_settings_no_longer_allowed_fail_the_run(failure):
    assert "hidden" in failure(RunFolder.create({**settings(), "hidden": [10**6]}))


def test_too_little_memory_fails_the_run_and_says_what_to_try(failure, monkeypatch):
    monkeypatch.setattr(Experiment, "load", Mock(side_effect=MemoryError))
    assert "fewer units" in failure(new_run())


def test_a_bug_fails_the_run_and_its_traceback_goes_to_the_operator():
    worker = WorkerProcess(new_run(), code="import nnlib.runs.worker.network_job as k\nk.static_pictures = lambda data: 1 / 0")
    assert "ZeroDivisionError" in failed(worker)
    assert "Traceback" in worker.error


@pytest.mark.parametrize("fraction", [0.0, 0.5])
def test_a_damaged_checkpoint_fails_the_run_says_what_to_do_and_preserves_the_log(fraction, failure):
    folder = new_run(iterations=50)
    work_on(folder)
    whole, log = folder.checkpoint.read_bytes(), folder.log.read_bytes()
    folder.checkpoint.write_bytes(whole[: int(fraction * len(whole))])
    assert "start its experiment again" in failure(folder)
    assert folder.log.read_bytes() == log


def test_the_checkpoint_of_another_network_fails_the_run(failure):
    folder, other = new_run(iterations=10), new_run(iterations=10, hidden=[13])
    work_on(other)
    folder.checkpoint.write_bytes(other.checkpoint.read_bytes())
    assert "does not fit" in failure(folder)


@pytest.mark.parametrize("what", ["k.save_checkpoint", "w.Emitter.durable"])
def test_a_full_disk_fails_the_run_with_a_reason_and_free_space_lets_it_resume(what, undisturbed):
    full = f"""
import errno, itertools, nnlib.runs.worker.network_job as k, nnlib.runs.worker.worker as w
real, calls = {what}, itertools.count()
def write(*arguments):
    if next(calls) > 1: raise OSError(errno.ENOSPC, "No space left on device")
    return real(*arguments)
{what} = write
"""
    folder = new_run()
    worker = WorkerProcess(folder, code=full)
    worker.send("pause")
    worker.wait_for_state("paused")
    worker.send("step")
    worker.send("resume")
    reason = failed(worker)
    assert "No space left on device" in reason and "free space" in reason
    work_on(folder, *GO_ON)
    assert (rows(folder), weights(folder)) == undisturbed[False]


def test_an_end_that_was_not_delivered_is_sent_again():
    folder = new_run(iterations=50)
    work_on(folder)
    before = rows(folder)
    finish(folder)
    assert rows(folder) == before


def test_a_missing_run_is_rejected(tmp_path):
    worker = subprocess.run([sys.executable, "-m", "nnlib", "run", str(tmp_path / "nothing")], capture_output=True, text=True)
    assert worker.returncode == 2 and worker.stderr.count("\n") == 1 and not (tmp_path / "nothing").exists()


def test_the_worker_imports_only_what_it_needs():
    heavy = {"pandas", "sklearn", "torch", "streamlit", "starlette", "scipy", "matplotlib", "pyarrow", "asyncio"}
    code = "import sys, nnlib.__main__, nnlib.runs.worker.worker; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not heavy & set(loaded)
