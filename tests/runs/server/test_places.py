"""Who gets a place, waits, or is released: Places alone, without processes, on a clock of the test's own."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from nnlib.runs.kinds import KINDS
from nnlib.runs.server import places as places_module
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun, Refused
from nnlib.runs.server.places import MOST_OVERTAKEN, RELOAD_SECONDS, STUDY_BYTES, WORKER_BYTES, Places
from nnlib.runs.server.watcher import Watcher
from nnlib.runs.store import RunFolder
from nnlib.studies.study_settings import StudySettings
from tests.runs.runs_helpers import settings

GB = 10**9


@pytest.fixture
def clock(monkeypatch):
    """The time that Places and runs see. `clock.now` can be set."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("time.monotonic", lambda: clock.now)
    monkeypatch.setattr(places_module, "RELOAD_SECONDS", RELOAD_SECONDS)
    return clock


def server(**limits):
    return Places(Limits(**{"max_runs": 4, "memory_mb": 16_000, "study_workers": 4, **limits}))


def add(places, session="s", address=None, watched=True, at_work=False, needed=0, kind="train", classroom=None, teaches=False):
    """A run in the queue of `places`, or at work."""
    chosen = settings() if kind == "train" else KINDS[kind].settings().to_dict()
    name = f"run {len(places.runs)}"
    about = {"kind": kind, "session": session, "settings": chosen} | ({"class": classroom} if classroom else {})
    run = LiveRun(RunFolder(Path(name)), about, "queued")
    run.needed = needed
    if watched:
        run.start_watching(Watcher(session, address, classroom=classroom, teaches=teaches))
    places.runs[name] = run
    if at_work:
        run.is_working, run.process, run.memory, run.state = True, object(), needed, "running"
    else:
        places.queue.append(run)
    return run


# The order of the queue


def test_learners_take_turns(clock):
    places = server()
    a1, a2, a3 = (add(places, "a") for _ in range(3))
    b1, b2 = (add(places, "b") for _ in range(2))
    c1 = add(places, "c")
    assert places.waiting() == [a1, b1, c1, a2, b2, a3]
    assert [places.position(run) for run in (a1, a2, a3, b1, b2, c1)] == [1, 4, 6, 2, 5, 3]


def test_a_learner_with_runs_at_work_waits_behind_those_without(clock):
    places = server()
    for _ in range(2):
        add(places, "a", at_work=True)
    add(places, "b", at_work=True)
    a, b, c, d = (add(places, session) for session in "abcd")
    assert places.waiting() == [c, d, b, a]


def test_a_browser_that_changes_its_cookies_waits_behind_other_addresses(clock):
    places = server()
    add(places, "x", "1.1.1.1", at_work=True)
    flood = [add(places, f"cookie {i}", "1.1.1.1") for i in range(5)]
    learner = add(places, "me", "2.2.2.2")
    again = add(places, "me", "2.2.2.2")
    assert places.waiting() == [learner, *flood, again]


def test_the_address_of_a_run_is_its_owners(clock):
    run = add(server(), "owner", "1.1.1.1")
    run.start_watching(Watcher("friend", "2.2.2.2"))
    run.watchers.clear()
    assert run.address == "1.1.1.1"
    reopened = LiveRun(run.folder, run.about, "interrupted")
    for session, address, expected in (
        ("friend", "2.2.2.2", "2.2.2.2"),
        ("owner", "1.1.1.1", "1.1.1.1"),
        ("friend", "2.2.2.2", "1.1.1.1"),
    ):
        reopened.start_watching(Watcher(session, address))
        assert reopened.address == expected


def test_a_class_behind_one_address_is_served_in_turn_with_others(clock):
    places = server()
    students = [add(places, f"student {i}", "1.1.1.1") for i in range(3)]
    home = [add(places, f"at home {i}", f"2.2.2.{i}") for i in range(2)]
    assert places.waiting() == [students[0], *home, *students[1:]]


def test_unwatched_runs_wait_behind_all_others(clock):
    places = server()
    left, watched, other = add(places, "a", watched=False), add(places, "a"), add(places, "b")
    assert places.waiting() == [left, other, watched]  # a reload takes a moment
    clock.now += RELOAD_SECONDS
    assert places.waiting() == [watched, other, left]


def test_the_next_run_is_taken_out_of_the_queue_while_there_are_places(clock):
    places = server(max_runs=2)
    add(places, "a", at_work=True)
    second, first = add(places, "a"), add(places, "b")
    assert places.next() is first and places.queue == [second]
    first.is_working = True
    assert places.next() is None and places.queue == [second]
    assert places.position(first) is None and places.position(second) == 1


# Memory


def test_runs_get_a_place_only_where_they_fit(clock):
    places = server(memory_mb=10_000)
    large = add(places, "a", needed=8 * GB, at_work=True)
    waiting, small = add(places, "b", needed=3 * GB), add(places, "c", needed=2 * GB)
    assert places.next() is small and small.memory == 2 * GB
    small.is_working = True
    assert places.next() is None
    assert places.why_waiting(waiting) == "It waits for memory: it needs about 3.0 GB, and 0.0 GB are free."
    large.is_working = False
    assert places.why_waiting(waiting) is None and places.next() is waiting


def test_smaller_runs_overtake_one_that_waits_for_memory_only_so_often(clock):
    places = server(max_runs=100, memory_mb=10_000)
    at_work = add(places, "a", needed=8 * GB, at_work=True)
    large = add(places, "b", needed=9 * GB)
    for i in range(MOST_OVERTAKEN):
        small = add(places, f"small {i}", needed=GB)
        assert places.next() is small
    other = add(places, "other", needed=GB)
    assert places.next() is None
    at_work.is_working = False
    assert places.next() is large and large.overtaken == 0
    large.is_working = True
    assert places.next() is other


def test_the_reason_is_memory_only_where_there_is_a_place(clock):
    places = server(max_runs=1, memory_mb=1000)
    add(places, needed=GB, at_work=True)
    assert places.why_waiting(add(places, needed=GB)) is None


def test_a_run_that_fits_exactly_does_not_wait_for_memory(clock):
    places = server(memory_mb=3000)
    add(places, needed=2 * GB, at_work=True)
    run = add(places, "b", needed=GB)
    assert places.why_waiting(run) is None and places.next() is run


def test_a_study_whose_workers_hardly_fit_gets_one(clock):
    places = server(memory_mb=100)
    assert places.workers(add(places, kind="study", needed=GB)) == 1


def test_a_run_that_can_never_fit_is_refused(clock, monkeypatch):
    monkeypatch.delenv("NNLIB_SCHEDULER", raising=False)
    places = server(memory_mb=2000)
    places.check_memory("train", 2 * GB)
    with pytest.raises(Refused, match=r"about 2.1 GB .* 2.0 GB: choose fewer or narrower layers, or a smaller batch"):
        places.check_memory("train", 2 * GB + 60_000_000)
    with pytest.raises(Refused):
        places.check_memory("study", 2 * GB)
    monkeypatch.setenv("NNLIB_SCHEDULER", "tcp://lab:8786")
    places.check_memory("study", 2 * GB)  # its networks are elsewhere


def test_a_study_gets_as_many_workers_as_fit(clock, monkeypatch):
    monkeypatch.setattr(places_module, "cores", lambda: 8)
    monkeypatch.delenv("NNLIB_SCHEDULER", raising=False)
    places = server(memory_mb=1000, study_workers=8)
    study = add(places, kind="study", needed=200_000_000)
    assert places.workers(study) == (GB - STUDY_BYTES) // (200_000_000 + WORKER_BYTES) == 3
    assert places.next() is study and study.memory == STUDY_BYTES + 3 * (200_000_000 + WORKER_BYTES)
    places.queue.append(study)
    monkeypatch.setenv("NNLIB_SCHEDULER", "tcp://lab:8786")
    assert places.next() is study and study.memory == STUDY_BYTES  # its workers are elsewhere


def test_of_a_study_the_largest_network_counts():
    small = StudySettings.from_dict({"hidden_values": [8, 16], "trials": 2})
    large = StudySettings.from_dict({"hidden_values": [8, 1024], "trials": 2})
    assert KINDS["study"].memory(large) > KINDS["study"].memory(small) > 0
    assert LiveRun(RunFolder(Path("x")), {"kind": "study", "settings": large.to_dict()}, "queued").needed == KINDS[
        "study"
    ].memory(large)


def test_settings_that_are_not_allowed_need_no_memory():
    assert LiveRun(RunFolder(Path("x")), {"kind": "train", "settings": {"hidden": [10**9]}}, "queued").needed == 0


# Limits


def test_a_session_at_its_limit_loses_what_it_has_not_watched_for_longest(clock):
    places = server(runs_per_session=3)
    watched = add(places, at_work=True)
    newer, older = add(places, watched=False, at_work=True), add(places, watched=False)
    add(places, "other")
    newer.last_watched, older.last_watched = clock.now - 1, clock.now - 2
    assert places.surplus("s", None) == [older]
    assert places.surplus("other", None) == []
    newer.watchers.add(Watcher())
    older.watchers.add(Watcher())
    with pytest.raises(Refused, match="3 active runs"):
        places.surplus("s", None)
    watched.is_stopping = True  # about to end
    assert places.surplus("s", None) == []
    places.withdraw(add(places))  # looked at, without a process
    assert places.surplus("s", None) == []


def test_two_classes_behind_one_address_take_turns(clock):
    places = server()
    first, *others = (add(places, f"student {i}", "1.1.1.1", classroom=1) for i in range(3))
    other = add(places, "student", "1.1.1.1", classroom=2)
    assert places.waiting() == [first, other, *others]


def test_a_run_of_a_teacher_needs_no_place_and_the_next_one_comes_first(clock):
    places = server(max_runs=1)
    add(places, "student", classroom=1, at_work=True)
    waiting = add(places, "another student", classroom=1)
    first, second = (add(places, "teacher", classroom=1, teaches=True) for _ in range(2))
    assert places.next() is first
    first.is_working = True
    assert places.next() is None
    assert places.waiting() == [second, waiting]


def test_one_class_has_at_most_half_of_the_queue(clock):
    places = server(max_queued=4)
    for i in range(2):
        add(places, f"student {i}", f"1.1.1.{i}", classroom=1)
    with pytest.raises(Refused, match="2 runs of your class"):
        places.surplus("student 3", 1)
    assert places.surplus("student of another class", 2) == []


def test_a_full_queue_gives_the_place_of_an_abandoned_run_to_a_new_one(clock):
    places = server(max_queued=3)
    newer, older = add(places, "a", watched=False), add(places, "b", watched=False)
    add(places, "c")
    with pytest.raises(Refused, match="3 runs are waiting already"):
        places.surplus("d", None)
    clock.now += RELOAD_SECONDS
    older.last_watched -= 1
    assert places.surplus("d", None) == [older]
    places.withdraw(older)
    assert places.surplus("d", None) == [] and newer in places.queue


def test_one_address_has_at_most_half_of_the_queue(clock):
    places = server(max_queued=4)
    for i in range(2):
        add(places, f"cookie {i}", "1.1.1.1")
    with pytest.raises(Refused, match="2 runs from your network"):
        places.surplus("another cookie", "1.1.1.1")
    assert places.surplus("me", "2.2.2.2") == places.surplus("me", None) == []


# What nobody watches


def test_an_unwatched_run_makes_room_for_one_that_is_watched_after_the_time_of_a_reload(clock):
    places = server(max_runs=2)
    left, right = (add(places, session, watched=False, at_work=True) for session in "ab")
    left.last_watched -= 0.5
    assert places.unwatched() == []
    waiting = add(places, "c")
    assert places.unwatched() == []
    clock.now += RELOAD_SECONDS - 0.5
    assert places.unwatched() == [left]  # one for one
    left.is_releasing = True
    clock.now += 0.5
    assert places.unwatched() == []
    add(places, "d")
    assert places.unwatched() == [right]
    waiting.watchers.clear()
    waiting.last_watched -= 60
    assert places.unwatched() == []  # for a run that nobody watches, none makes room


def test_after_some_minutes_unwatched_runs_are_released_from_the_queue_too(clock):
    places = server(release_minutes=2)
    at_work, queued = add(places, watched=False, at_work=True), add(places, "b", watched=False)
    starting, watched = add(places, "c", watched=False, at_work=True), add(places, "d", at_work=True)
    starting.process, watched.last_watched = None, 0.0
    clock.now += 119
    assert places.unwatched() == []
    clock.now += 1
    assert set(places.unwatched()) == {at_work, queued}


# Shares of the cores


def test_what_computes_shares_the_cores(clock, monkeypatch):
    monkeypatch.setattr(places_module, "cores", lambda: 9)
    places = server(study_workers=9)
    assert (places.threads(), places.study_workers()) == (8, 9)
    study = add(places, kind="study", at_work=True)
    add(places, at_work=True)
    assert (places.threads(), places.study_workers(), places.study_workers(study.folder.id)) == (4, 4, 9)
    for end in ("is_releasing", "is_stopping"):
        setattr(study, end, True)
        assert (places.threads(), places.study_workers()) == (8, 9)
        setattr(study, end, False)
    study.is_stopping = True
    for _ in range(20):
        add(places, kind="study", at_work=True)
    assert (places.threads(), places.study_workers()) == (1, 1)


def test_what_computes_shares_the_frames(clock, monkeypatch):
    monkeypatch.setattr(places_module, "cores", lambda: 2)
    places = server(max_runs=100)
    rates = []
    for _ in range(50):
        rates.append(places.frames_per_second())
        add(places, at_work=True).state = "running"
    assert rates[:6] == pytest.approx([20, 20, 20, 40 / 3, 10, 8])
    assert rates[-1] == 4, "the smallest that a worker takes"


def test_an_idle_run_is_forgotten(clock):
    places = server()
    queued, working = add(places, watched=False), add(places, watched=False, at_work=True)
    watched, idle = add(places), add(places, watched=False)
    places.withdraw(watched)
    places.withdraw(idle)
    for run in (queued, working, watched, idle):
        places.forget_if_idle(run)
    assert list(places.runs.values()) == [queued, working, watched]
