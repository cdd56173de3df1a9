"""The process that works on a run, on its own: what it says, what it keeps, how it goes."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from runs_helpers import WorkerProcess, finish, losses, new_run, rows

from nnlib.checkpoint import load_checkpoint
from nnlib.runs.store import RunFolder


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """What the usual run leaves when nothing disturbs it."""
    folder = new_run_in(tmp_path_factory.mktemp("whole"))
    finish(folder)
    return rows(folder)


def new_run_in(path):
    before = os.environ.get("NNLIB_RUNS")
    os.environ["NNLIB_RUNS"] = str(path)
    try:
        return new_run()
    finally:
        if before is None:
            del os.environ["NNLIB_RUNS"]
        else:
            os.environ["NNLIB_RUNS"] = before


def paused_and_resumed(worker):
    worker.wait_for_step(500)
    worker.tell("pause")
    worker.wait_for(lambda event: event.get("state") == "paused")
    worker.tell("step")
    worker.tell("resume")
    worker.wait_for(lambda event: event["event"] == "finished")
    worker.wait()


def killed(worker):
    worker.wait_for_step(4000)
    worker.kill()


def terminated(worker):
    worker.wait_for_step(500)
    worker.process.send_signal(signal.SIGTERM)
    assert worker.wait() == 0


def released(worker):
    worker.wait_for_step(500)
    worker.tell("release")
    assert worker.wait() == 0


def without_its_server(worker):
    worker.wait_for_step(500)
    worker.process.stdin.close()
    assert worker.wait() == 0


@pytest.mark.parametrize("disturbed", [paused_and_resumed, killed, terminated, released, without_its_server])
def test_a_disturbed_run_ends_with_the_same_numbers(disturbed, uninterrupted):
    folder = new_run()
    disturbed(WorkerProcess(folder))
    if not folder.end():
        finish(folder)
    assert rows(folder) == uninterrupted


def test_a_change_survives_a_kill():
    folder = new_run(iterations=1_000_000, schedule="constant")
    worker = WorkerProcess(folder)
    worker.wait_for_step(100)
    worker.tell("change", learning_rate=0.01, batch_size=16)
    control = worker.wait_for(lambda event: event["event"] == "control")
    worker.wait_for_step(control["step"] + 1)
    worker.kill()
    again = WorkerProcess(folder)
    frame = again.wait_for_step(control["step"] + 1)
    again.kill()
    assert frame["batch_size"] == 16
    assert frame["learning_rate"] == pytest.approx(0.01)
    assert [event["step"] for event in folder.events() if event["event"] == "control"] == [control["step"]]


def test_a_kill_loses_about_a_second():
    folder = new_run(iterations=1_000_000)
    worker = WorkerProcess(folder)
    last = worker.wait_for(lambda event: event["event"] == "frame" and event["seconds"] > 2)
    worker.kill()
    again = WorkerProcess(folder)
    first = again.wait_for_step(0)
    again.kill()
    assert first["seconds"] > last["seconds"] - 1.6


def test_events_are_json_that_says_first_what_it_is():
    """The relay tells events apart by how their line begins, and browsers accept no NaN."""
    folder = new_run(iterations=300, learning_rate=100.0, optimiser="sgd", reg=10.0)
    command = [sys.executable, "-m", "nnlib", "run", str(folder.path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    lines = process.stdout.read().splitlines()
    process.communicate()

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    for line in lines:
        assert line.startswith('{"event": "')
        json.loads(line, parse_constant=refuse)
    assert json.loads(lines[-1])["event"] == "diverged"


def test_step_and_epoch_run_so_far_and_pause():
    folder = new_run(iterations=1_000_000)
    worker = WorkerProcess(folder)
    worker.wait_for_step(1)
    worker.tell("pause")
    worker.wait_for(lambda event: event.get("state") == "paused")
    pausing = worker.heard[-2 if worker.heard[-1].get("state") else -1]
    step = pausing["step"]
    worker.tell("step")
    worker.wait_for_step(step + 1)
    time.sleep(0.2)
    assert len(losses(folder)) == step + 1
    per_epoch = worker.wait_for(lambda event: event["event"] == "started")["steps_per_epoch"]
    worker.tell("epoch")
    boundary = -(-(step + 2) // per_epoch) * per_epoch
    worker.wait_for_step(boundary)
    time.sleep(0.2)
    assert len(losses(folder)) == boundary
    worker.kill()


def test_a_pace_is_kept():
    worker = WorkerProcess(new_run(iterations=1_000_000))
    worker.wait_for_step(1)
    worker.tell("pace", steps_per_second=30)
    time.sleep(0.5)
    before = worker.heard[-1]
    time.sleep(1.5)
    steps = [event["step"] for event in worker.heard if event["event"] == "frame"]
    worker.kill()
    told = sum(len(event["loss"]) for event in worker.heard[worker.heard.index(before) + 1 :] if event["event"] == "metrics")
    assert 25 <= told <= 50 and len(steps) > 20


def test_nobody_looks_one_frame_a_second():
    worker = WorkerProcess(new_run(iterations=1_000_000))
    worker.wait_for_step(1)
    worker.tell("watched", value=False)
    time.sleep(1.0)
    before = len([event for event in worker.heard if event["event"] == "frame"])
    time.sleep(2.0)
    unwatched = len([event for event in worker.heard if event["event"] == "frame"]) - before
    worker.kill()
    assert 1 <= unwatched <= 3


def test_a_newcomer_to_a_paused_run_gets_a_frame():
    worker = WorkerProcess(new_run(iterations=1_000_000))
    worker.wait_for_step(1)
    worker.tell("pause")
    worker.wait_for(lambda event: event.get("state") == "paused")
    before = len(worker.heard)
    worker.tell("watched", value=True)
    worker.wait_for(lambda event: event["event"] == "frame" and event is not None and len(worker.heard) > before)
    worker.kill()


def test_a_second_worker_on_the_same_run_goes_at_once():
    folder = new_run(iterations=1_000_000)
    first = WorkerProcess(folder)
    first.wait_for_step(1)
    second = WorkerProcess(folder)
    assert second.wait() == 1
    assert "another process" in second.error
    assert first.process.poll() is None
    first.kill()


def test_a_stuck_worker_does_not_outlive_its_server():
    """Nothing looks for the end of input while NumPy computes, so a thread does."""
    folder = new_run()
    code = (
        "import time, nnlib.runs.worker as w; w.GRACE_SECONDS = 0.3;"
        'w._Worker.run = lambda self: (print(\'{"event": "stuck"}\', flush=True), time.sleep(60));'
        f"w.run_worker({str(folder.path)!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert b"stuck" in process.stdout.readline()
    process.stdin.close()
    assert process.wait(5) == 1
    process.stdout.close()


def test_what_a_learner_reads_when_the_data_is_gone():
    folder = RunFolder.create({**new_run().about["settings"], "dataset": "points", "points": "0" * 64})
    worker = WorkerProcess(folder)
    failed = worker.wait_for(lambda event: event["event"] == "failed")
    assert worker.wait() == 1
    assert "Traceback" not in failed["reason"] and failed["reason"].endswith(".")


def test_a_damaged_checkpoint_is_a_failure_with_a_reason():
    folder = new_run()
    (folder.path / "checkpoint.npz").write_bytes(b"PK\x03\x04 not a checkpoint")
    worker = WorkerProcess(folder)
    assert "checkpoint" in worker.wait_for(lambda event: event["event"] == "failed")["reason"]
    assert worker.wait() == 1


def test_an_end_that_was_saved_but_never_told_is_told():
    folder = new_run(iterations=50)
    finish(folder)
    folder.set_state("interrupted")
    before = rows(folder)
    finish(folder)
    assert rows(folder) == before


def test_the_worker_imports_only_what_it_needs():
    heavy = {"pandas", "sklearn", "torch", "streamlit", "starlette", "scipy", "matplotlib", "pyarrow", "asyncio"}
    code = "import sys, nnlib.__main__, nnlib.runs.worker; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not heavy & set(loaded)


@pytest.mark.parametrize(("changed", "used"), [({"hidden": [12]}, 1), ({"hidden": [300, 300], "batch_size": 256}, 2)])
def test_only_large_steps_get_more_than_one_thread_and_a_resumed_run_gets_as_many_as_before(monkeypatch, changed, used):
    folder = new_run(**changed, iterations=200_000)
    for lent in ("2", "1"):
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", lent)
        worker = WorkerProcess(folder)
        worker.wait_for_step(1)
        worker.tell("release")
        assert worker.wait() == 0
        _, config = load_checkpoint(folder.path / "checkpoint.npz")
        assert config["threads"] == used
