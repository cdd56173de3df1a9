"""Studies executed by Dask: the same for any workers, resumed or not, with no trial lost or repeated."""

import os
import signal
import socket
import sys
import time
from functools import cache

import dask
import pytest
from threadpoolctl import threadpool_limits

from nnlib.cluster.client import Cluster
from nnlib.cluster.errors import SchedulerError
from nnlib.studies.coordinator import Coordinator, Progress, TrialDone, TrialStarted
from nnlib.studies.errors import StudyFailed
from nnlib.studies.records import PRUNED
from nnlib.studies.storage import InUse, StudyLock
from nnlib.studies.stored_study import StoredStudy
from nnlib.studies.trial import train_point
from nnlib.training import Finished, Frame
from tests.patience import PATIENCE
from tests.studies.studies_helpers import execute, results, tiny


@pytest.fixture(scope="module")
def without_dask():
    """Results of studies without Dask: (settings) → number → what `results` gives. Each study is trained once."""

    @cache
    def train(settings):
        stored = StoredStudy.begin("alone", settings)
        found = {}
        with threadpool_limits(1, user_api="blas"):
            while (trial := stored.ask()) is not None:
                trained = train_point(settings, trial.params)
                found[trial.number] = tuple(
                    [trial.params, *(tuple(trained[name]) for name in ("val_accuracies", "test_accuracies", "curves"))]
                )
        return found

    return train


@pytest.mark.parametrize("sampler", ["grid", "random"])
def test_two_workers_find_the_same_as_one_process(scheduler, without_dask, sampler):
    settings = tiny("grid", sampler=sampler, trials=7)
    records = execute("a", settings, scheduler)
    assert results(records) == without_dask(settings)
    assert results(StoredStudy.open("a").finished()) == results(records)
    assert all(record.val_accuracy == sum(record.val_accuracies) / 2 for record in records)  # of two networks
    assert any(record.val_accuracies[0] != record.val_accuracies[1] for record in records)


def test_events_cover_the_whole_run(scheduler):
    settings = tiny(iterations=4000, trials=3, seeds=1)
    with Coordinator("a", settings, scheduler) as coordinator:
        assert (coordinator.step, coordinator.iterations, coordinator.ended) == (0, 3, False)
        events = list(coordinator.events(seconds=0.1))
        assert coordinator.ended and coordinator.step == 3
    assert [event.number for event in events if isinstance(event, TrialStarted)] == [0, 1, 2]
    assert sorted(event.record.number for event in events if isinstance(event, TrialDone)) == [0, 1, 2]
    assert events[-1] == Finished(3, stopped=False)
    seen = [event for event in events if isinstance(event, Progress)]
    assert isinstance(seen[0], Frame) and max(event.workers for event in seen) == 2
    assert max(len(event.running) for event in seen) == 2  # never more than there are workers
    assert any(0 < running["step"] <= 4000 for event in seen for running in event.running)
    assert seen[-1].seconds_left is not None


def test_events_can_be_read_in_small_parts(scheduler):
    with Coordinator("a", tiny(), scheduler) as coordinator:
        for done in (1, 2, 3):
            for _ in coordinator.events(steps=1):
                pass
            assert coordinator.step == done and not coordinator.ended
        for _ in coordinator.events():
            pass
        assert coordinator.ended
    assert StoredStudy.open("a").count() == 6
    assert execute("a", tiny(), scheduler, resume=True) == []  # finished trials are not repeated


def test_trials_in_flight_are_resumed_in_their_order(scheduler):
    settings = tiny(trials=4)
    with Coordinator("a", settings, scheduler) as coordinator:
        events = coordinator.events()
        assert [next(events).number, next(events).number] == [0, 1]
    with Coordinator("a", settings, scheduler, resume=True) as coordinator:
        started = [event for event in coordinator.events() if isinstance(event, TrialStarted)]
    assert [(event.number, event.again) for event in started] == [(0, True), (1, True), (2, False), (3, False)]


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_a_study_continues_where_it_stopped(scheduler, without_dask, sampler):
    settings = tiny("grid", sampler=sampler, trials=7)
    with Coordinator("a", settings, scheduler) as coordinator:
        before = [event.record for event in coordinator.events(steps=3) if isinstance(event, TrialDone)]
    left = {trial.number: trial.params for trial in StoredStudy.open("a").in_flight()}
    with Coordinator("a", settings, scheduler, resume=True) as coordinator:
        events = list(coordinator.events())
    after = [event.record for event in events if isinstance(event, TrialDone)]
    assert {event.number: event.params for event in events if isinstance(event, TrialStarted) and event.again} == left
    assert sorted(record.number for record in before + after) == list(range(7))
    recorded = results(StoredStudy.open("a").finished())
    assert recorded == results(before + after)
    assert len({tuple(params.items()) for params, *_ in recorded.values()}) == 7
    if sampler != "tpe":  # whose points depend on which trials were finished before
        assert recorded == without_dask(settings)


def test_stop_keeps_finished_trials_and_frees_the_workers(cluster, scheduler):
    settings = tiny(iterations=400_000, trials=3, seeds=1)
    with Coordinator("a", settings, scheduler) as coordinator:
        for event in coordinator.events(seconds=0.05):
            if isinstance(event, Progress) and any(running["step"] for running in event.running):
                coordinator.stop()
    assert event == Finished(0, stopped=True)
    busy = lambda dask_worker: len(dask_worker.state.executing)  # noqa: E731
    end = time.monotonic() + PATIENCE
    while any(cluster.client.run(busy).values()):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_killed_worker_loses_no_trial(cluster, scheduler, without_dask):
    settings = tiny(iterations=4000, trials=2, seeds=1)  # one for each worker
    pids = cluster.client.run(os.getpid)
    killed = False
    with Coordinator("a", settings, scheduler) as coordinator:
        records = []
        for event in coordinator.events(seconds=0.05):
            if isinstance(event, TrialDone):
                records.append(event.record)
            elif isinstance(event, Progress) and not killed and any(running["step"] for running in event.running):
                os.kill(next(iter(pids.values())), signal.SIGKILL)
                killed = True
    cluster.client.wait_for_workers(2, timeout=PATIENCE)
    assert killed and results(records) == without_dask(settings)


def test_pruned_trials_are_also_finished(scheduler):
    settings = tiny("lr", trials=12, sampler="random", pruner="median", iterations=1000, seeds=1)
    records = execute("a", settings, scheduler)
    pruned = [record for record in records if record.state == PRUNED]
    assert len(records) == 12 and pruned and all(not record.val_accuracies and record.curves for record in pruned)
    best = max(records, key=lambda record: record.val_accuracy)
    assert best.state != PRUNED and all(record.val_accuracy < best.val_accuracy for record in pruned)


def test_a_worker_without_the_data_is_named(cluster, scheduler, tmp_path):
    before = {name: os.environ.get(name) for name in ("NNLIB_DATA", "NNLIB_CACHE")}
    cluster.client.run(set_environment, {name: str(tmp_path / name) for name in before})
    try:
        with pytest.raises(StudyFailed, match=f"worker on {socket.gethostname()} cannot load the data: CIFAR-10 is not"):
            execute("a", tiny("lr", dataset="cifar10", iterations=10), scheduler)
    finally:
        cluster.client.run(set_environment, before)
    assert StoredStudy.open("a").count() == 0


@pytest.mark.parametrize("error", [OSError("its disk is full"), TimeoutError("its disk is slow")])
def test_an_error_in_a_trial_is_not_attributed_to_the_scheduler(scheduler, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr("nnlib.studies.coordinator.run_trial", fail)
    with pytest.raises(StudyFailed, match=rf"Trial \d .* failed \({type(error).__name__}: {error}\)"):
        execute("a", tiny(), scheduler)


def test_the_topics_of_a_study_are_deleted_with_it(cluster, scheduler):
    before = topics_of_studies(cluster)
    # The delay is that of the scheduler, which runs in this process. Without one, the last news of a stopped trial could come
    # after its topic has been deleted. So this study runs to its end, with a pruner, for which every trial sends news.
    with dask.config.set({"distributed.scheduler.events-cleanup-delay": "0s"}):
        with Coordinator("a", tiny("lr", sampler="random", pruner="median", trials=2), scheduler) as coordinator:
            events = coordinator.events()
            assert [bool(topics_of_studies(cluster) - before) for event in events if isinstance(event, TrialDone)] == [True] * 2
        end = time.monotonic() + PATIENCE
        while topics_of_studies(cluster) - before:
            assert time.monotonic() < end
            time.sleep(0.05)


def topics_of_studies(cluster):
    """The scheduler's topics with events of trials."""
    topics = cluster.client.get_events().items()
    return {topic for topic, events in topics if any("points" in news for _, news in events)}


def set_environment(values):
    for name, value in values.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def test_workers_need_no_torch(cluster, scheduler):
    execute("a", tiny(trials=2), scheduler)
    assert not any(cluster.client.run(lambda: "torch" in sys.modules).values())


def test_a_second_coordinator_is_rejected(scheduler, monkeypatch):
    monkeypatch.setattr("nnlib.studies.storage.LOCK_SECONDS", 0)
    lock = StudyLock("a")
    with pytest.raises(InUse):
        Coordinator("a", tiny(), scheduler)
    lock.release()
    assert len(execute("a", tiny(trials=1), scheduler)) == 1


@pytest.mark.parametrize("workers, started", [(3, 3), (None, 7)])
def test_a_study_starts_as_many_workers_as_asked_for_or_the_default(monkeypatch, workers, started):
    class Started(Exception):
        pass

    def here(number):
        raise Started(number)

    monkeypatch.setattr("nnlib.studies.coordinator.Cluster.here", here)
    monkeypatch.setattr("nnlib.studies.coordinator.study_workers", lambda: 7)
    with Coordinator("a", tiny(), workers=workers) as coordinator, pytest.raises(Started, match=f"^{started}$"):
        coordinator.start()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "tcp://127.0.0.1", "gopher://127.0.0.1:70"])
def test_an_invalid_scheduler_address_creates_no_study(address, monkeypatch):
    monkeypatch.setattr("nnlib.cluster.client.ANSWER_SECONDS", 1)
    with pytest.raises(SchedulerError, match="tcp://host:8786"):
        Coordinator("a", tiny(), address)
    StoredStudy.begin("a", tiny(seed=1))


def test_a_lost_scheduler_is_reported_and_only_trials_in_flight_are_lost(scheduler):
    settings = tiny(trials=3, seeds=1)
    own = Cluster.here(1)
    with pytest.raises(StudyFailed, match="scheduler is gone"):
        with Coordinator("a", settings, own.client.scheduler.address) as coordinator:
            for event in coordinator.events(seconds=0.05):
                if isinstance(event, TrialDone):
                    own.close()
    assert StoredStudy.open("a").count() == 1
    assert len(execute("a", settings, scheduler, resume=True)) == 2
