"""The run folder: what can still be read after any damage."""

import errno
import json
import os
import time

import pytest

from nnlib.deep.settings import MAX_STEPS
from nnlib.runs import store
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import new_id, valid_id
from nnlib.runs.store import RunFolder
from nnlib.runs.story import earlier_runs
from nnlib.support.folders import runs_folder
from tests.runs.runs_helpers import new_run, settings

STRANGE_IDS = ["..", "../../etc", "", "x" * 21, "x" * 23, "x" * 21 + "/", "x" * 21 + "\n", "é" * 22, None, {}, 3, ["x"]]


def write_events(folder, *events, torn=""):
    folder.log.write_text("".join(json.dumps(event) + "\n" for event in events) + torn)


def metrics(first, *loss):
    return {"event": "metrics", "first": first, "loss": list(loss)}


@pytest.mark.parametrize("run_id", STRANGE_IDS)
def test_an_invalid_id_is_never_used_as_a_path(run_id):
    assert RunFolder.find(run_id) is None


def test_a_run_is_found_by_its_id():
    folder = new_run()
    assert RunFolder.find(folder.id) == folder and RunFolder.find(new_id()) is None


def test_ids_cannot_be_guessed():
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000 and all(valid_id(run_id) for run_id in ids)
    assert not any(run_id.startswith("-") for run_id in ids)  # those of the command line are options


def test_other_folders_beside_the_runs_are_not_runs():
    """Nor are they deleted, where runs are: an operator's notes, a learner's points."""
    run = new_run()
    for name in ("points", "x" * 21):
        (runs_folder() / name).mkdir()
    (runs_folder() / new_id()).write_text("a file")
    assert store.all_runs() == [run]


def test_the_folder_of_the_runs_is_made_when_it_is_checked():
    assert not runs_folder().exists()
    store.check_writable()
    assert list(runs_folder().iterdir()) == []


def test_an_incomplete_last_line_is_ignored():
    folder = new_run()
    write_events(folder, metrics(1, 0.5, 0.4), torn='{"event": "metrics", "first": 3, "lo')
    assert [event["first"] for event in folder.events()] == [1]
    assert folder.history()["loss"]["step"] == [1, 2]


def test_only_durable_events_of_possible_steps_are_read():
    folder, last = new_run(), {"event": "metrics", "first": MAX_STEPS, "loss": [0.5]}
    write_events(folder, {"event": "frame", "step": 3}, {"event": "dream"}, metrics(MAX_STEPS + 1, 0.5), metrics(0, 0.5), last)
    assert list(folder.events()) == [last]


@pytest.mark.parametrize("content", [b'{"sta', b"", b"\0\0\0", b"\xff", b"[1]", b"3"])
@pytest.mark.parametrize("name", ["status.json", "run.json", "started.json"])
def test_a_damaged_file_is_read_as_missing(name, content):
    folder = new_run()
    (folder.path / name).write_bytes(content)
    assert folder.read(name) == {}
    assert folder.settle() is not None and store.all_runs() and earlier_runs(new_run().about, own=True)["runs"] == []


@pytest.mark.parametrize("age", [-60, 60])
def test_a_folder_that_another_process_is_making_is_listed_by_its_own_age(age):
    made, other = new_run(), new_run()
    (made.path / "run.json").unlink()
    os.utime(made.path, (time.time() - age,) * 2)
    assert [run.id for run in store.all_runs()] == [run.id for run in ([other, made] if age > 0 else [made, other])]


def past(session, steps, age=0, classroom=None, **changed):
    """A run made `age` seconds ago."""
    folder = RunFolder.create(settings(**changed), None, session, classroom=classroom)
    made = time.time() - age
    folder.write("run.json", {**folder.about, "created": made})
    os.utime(folder.path / "run.json", (made, made))
    write_events(folder, metrics(1, *[0.5] * steps))
    return folder


def test_earlier_runs_are_the_last_four_with_steps_in_the_session_on_the_same_data():
    good = [past("me", 60, age=90 - i, learning_rate=0.01 * (i + 1)) for i in range(5)]
    for i in range(5):
        past("me", 10, age=80 - i)
    past("other", 60, age=70)
    past("me", 60, dataset="circles", age=69)
    now = past("me", 60, age=60)
    past("me", 60, age=50)  # later than the current run
    found = earlier_runs(now.about, own=False)["runs"]
    assert [each["label"].split(" · ")[1] for each in found] == ["lr 0.05", "lr 0.04", "lr 0.03", "lr 0.02"]
    assert not any(folder.id in json.dumps(found) for folder in good), "the link to one run must not open the others"
    good[0].write("marks.json", {"pinned": True, "name": "mine"})
    good[4].write("marks.json", {"removed": True, "name": 5})
    event = earlier_runs(now.about, own=True)
    assert [each["run"] for each in event["runs"]] == [good[i].id for i in (3, 2, 1, 0)]
    assert [each["number"] for each in event["runs"]] == [4, 3, 2, 1] and event["this"]["number"] == 11
    assert [each["name"] or each["automatic"] for each in event["runs"]] == [
        *(f"learning rate 0.0{i}" for i in (4, 3, 2)),
        "mine",
    ]


def test_a_run_without_a_session_has_no_earlier_runs():
    past(None, 60, age=5)
    assert earlier_runs(past(None, 60).about, own=False)["runs"] == []


def test_the_oldest_runs_are_pruned_except_active_or_watched_ones():
    folders = [past("me", 1, age=90 - i) for i in range(7)]
    for folder in folders[1:]:
        folder.set_state("finished")
    with folders[2].lock():
        prune({folders[3].id}, runs=5)
    left = {run.id for run in store.all_runs()}
    assert left == {folders[i].id for i in (0, 2, 3, 5, 6)}  # 0 is queued, 2 is active, 3 is watched


def test_a_class_does_not_prune_the_runs_of_others():
    large = [past(f"student {i}", 1, age=30 - i, classroom=1) for i in range(3)]
    small = [past("in another class", 1, age=90, classroom=2), past("in none", 1, age=99)]
    for folder in (*large, *small):
        folder.set_state("finished")
    prune(runs=2)
    assert set(store.all_runs()) == {*large[1:], *small}
    prune(size=sum(run.size for run in store.all_runs()) - 1)
    left = set(store.all_runs())
    assert left > set(small) and len(left) == 3


def prune(in_use=(), runs=10**6, size=10**12, seconds=10**9):
    store.prune(runs, size, seconds, in_use)


def ended(session, age, size):
    """A run that ended, `age` seconds ago, with files of `size` bytes beyond its JSON."""
    folder = past(session, 1, age=age)
    folder.set_state("finished")
    os.utime(folder.path / "status.json", (time.time() - age,) * 2)
    (folder.path / "network.pt").write_bytes(bytes(size))
    return folder


def test_the_learner_with_the_most_bytes_loses_the_oldest_runs():
    """Others lose nothing, although their runs are older and more."""
    others = [ended("other", 90 - i, 1000) for i in range(3)]
    large = [ended("me", 50 - i, 20_000) for i in range(3)]
    prune(size=50_000)
    assert {run.id for run in store.all_runs()} == {run.id for run in [*others, *large[1:]]}
    prune(size=0)
    assert store.all_runs() == []


def test_the_learner_with_the_most_runs_loses_the_oldest():
    other, mine = ended("other", 90, 1), [ended("me", 50 - i, 1) for i in range(3)]
    prune(runs=3)
    assert {run.id for run in store.all_runs()} == {run.id for run in [other, *mine[1:]]}


def test_runs_that_did_not_change_for_too_long_are_deleted():
    old, changed, new = ended("a", 100, 1), ended("b", 90, 1), ended("c", 10, 1)
    changed.set_state("released")
    prune(seconds=50)
    assert {run.id for run in store.all_runs()} == {changed.id, new.id} and not old.path.exists()


def test_a_run_that_another_process_is_making_is_as_old_as_its_folder():
    folder = runs_folder() / new_id()
    folder.mkdir(parents=True)
    prune(seconds=50)
    assert folder.exists()
    os.utime(folder, (time.time() - 60,) * 2)  # that process has died
    prune(seconds=50)
    assert not folder.exists()


def test_of_an_ended_run_nothing_is_left_that_only_a_resumed_run_would_read():
    """Of PyTorch networks, that is the checkpoint: three times the size of the network, which stays."""
    deep = RunFolder.create(KINDS["depth"].settings().to_dict(), None, "me", "depth")
    for name in ("checkpoint.pt", "checkpoint.pt.0123.tmp", "network.pt", "events.jsonl"):
        (deep.path / name).write_bytes(b"x")
    with deep.lock():
        deep.clean_up(ended=True)
    assert deep.checkpoint.exists()  # a process works on it
    deep.clean_up(ended=False)
    assert deep.checkpoint.exists() and not list(deep.path.glob("*.tmp"))
    deep.clean_up(ended=True)
    assert {path.name for path in deep.path.iterdir()} - {"worker.lock"} == {
        "run.json", "status.json", "network.pt", "events.jsonl",
    }  # fmt: skip


def test_the_checkpoint_that_can_be_downloaded_stays():
    folder = new_run()
    folder.checkpoint.write_bytes(b"x")
    folder.clean_up(ended=True)
    assert folder.checkpoint.exists()


def test_a_server_that_starts_cleans_up_what_another_left():
    stopped, failed = (RunFolder.create(KINDS["depth"].settings().to_dict(), None, "me", "depth") for _ in range(2))
    stopped.set_state("stopped")
    failed.set_state("failed")
    for folder in (stopped, failed):
        folder.checkpoint.write_bytes(b"x")
    store.settle_all()
    assert failed.checkpoint.exists() and not stopped.checkpoint.exists()


def test_a_run_that_cannot_be_made_leaves_no_folder(monkeypatch):
    write = RunFolder.write

    def only_the_state(folder, name, content):
        if name == "run.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(folder, name, content)

    monkeypatch.setattr(RunFolder, "write", only_the_state)
    with pytest.raises(OSError):
        new_run()
    assert list(runs_folder().iterdir()) == []


def test_runs_are_read_where_nothing_can_be_written(monkeypatch):
    folder = past("me", 1)
    folder.set_state("running")
    monkeypatch.setattr(store, "write_atomically", read_only)
    monkeypatch.setattr(RunFolder, "lock", read_only)
    store.settle_all()
    assert folder.settle() == ("interrupted", store.INTERRUPTED)
    prune(runs=0)
    assert len(store.all_runs()) == 1  # active, as far as the disk says


def test_a_lock_that_cannot_be_opened_is_not_called_a_process(monkeypatch):
    folder, finished = past("me", 1), past("me", 1)
    folder.set_state("running")
    finished.set_state("finished")
    monkeypatch.setattr(RunFolder, "lock", not_allowed)
    assert folder.settle() == ("interrupted", store.LOCKED.format("Permission denied"))
    prune(runs=0)
    assert len(store.all_runs()) == 2  # a process of another user may work on them


def not_allowed(*_):
    raise OSError(errno.EACCES, "Permission denied")


def read_only(*_):
    raise OSError(errno.EROFS, "Read-only file system")


def test_without_a_folder_there_are_no_runs(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "file" / "runs"))
    store.settle_all()
    assert store.all_runs() == []


def test_runs_of_a_dead_server_are_recognised():
    running, paused, ended, diverged, busy = (new_run() for _ in range(5))
    for folder in (running, ended, diverged, busy):
        folder.set_state("running")
    paused.set_state("paused")
    write_events(ended, metrics(1, 0.5), {"event": "finished", "step": 1, "stopped": True}, torn='{"e')
    write_events(diverged, {"event": "diverged", "step": 1, "reason": "too far"})
    with busy.lock():
        store.settle_all()
        assert busy.settle()[0] == "interrupted"  # here; the state on disk is written by the other server
    assert [run.status[0] for run in (running, paused, ended, diverged)] == ["interrupted", "paused", "stopped", "diverged"]
    assert busy.status[0] == "running"
    assert busy.settle()[0] == busy.status[0] == "interrupted"


def test_partial_checkpoints_of_a_killed_worker_are_deleted():
    folder = new_run()
    (folder.path / "checkpoint.npz.0123.tmp").write_bytes(b"PK")
    (folder.path / "status.json.0123.tmp").write_bytes(b"{")  # from the server, which may still be writing it
    folder.clean_up(ended=False)
    assert [path.name for path in folder.path.glob("*.tmp")] == ["status.json.0123.tmp"]


def test_the_history_of_a_million_steps_is_thinned():
    folder = new_run()
    row = ", ".join(["0.123456789012345"] * 500)
    with open(folder.log, "w") as log:
        for first in range(1, 1_000_001, 500):
            log.write(f'{{"event": "metrics", "first": {first}, "loss": [{row}]}}\n')
    loss = folder.history()["loss"]
    assert len(loss["step"]) == 2000 and loss["step"][-1] == 1_000_000
