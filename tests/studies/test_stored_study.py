"""A stored study: the sampled points, what is stored, and what is resumed."""

import re
import sqlite3

import filelock
import optuna
import pytest

from nnlib.studies.coordinator import Coordinator
from nnlib.studies.records import COMPLETE, PRUNED
from nnlib.studies.storage import InUse, StorageError, StudyLock, check_storage, open_storage, storage_errors
from nnlib.studies.stored_study import NameTaken, StoredStudy, UnknownStudy, study_names
from tests.studies.studies_helpers import record, tiny


def drawn(stored):
    """The params of all trials that the study gives."""
    found = []
    while (trial := stored.ask()) is not None:
        found.append(trial.params)
        stored.save(trial, record(trial.number, 0.5, **trial.params))
    return found


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_a_stored_study_gives_the_planned_number_of_distinct_trials(sampler):
    found = drawn(StoredStudy.begin("a", tiny("grid", trials=12, sampler=sampler)))
    assert len(found) == 12 == len({tuple(params.items()) for params in found})
    if sampler == "grid":
        settings = tiny("grid", trials=12)
        assert {params["hidden"] for params in found} == set(settings.hidden_values)


def test_the_points_of_a_grid_are_listed_once(monkeypatch):
    made = []
    sampler = optuna.samplers.GridSampler
    monkeypatch.setattr(optuna.samplers, "GridSampler", lambda *given: made.append(given) or sampler(*given))
    assert len(drawn(StoredStudy.begin("a", tiny("grid", trials=12)))) == 12
    assert len(made) == 1


@pytest.mark.parametrize("sampler", ["grid", "random"])
def test_samples_depend_only_on_the_seed_not_on_the_order_of_requests(sampler):
    settings = tiny("grid", trials=8, sampler=sampler, seed=3)
    expected = drawn(StoredStudy.begin("at-once", settings))
    found = []
    for _ in range(8):  # like a new process each time
        stored = StoredStudy.begin("in-turn", settings, resume=True)
        trial = stored.ask()
        found.append(trial.params)
        stored.save(trial, record(trial.number, 0.1, **trial.params))
    assert found == expected
    assert drawn(StoredStudy.begin("other", tiny("grid", trials=8, sampler=sampler, seed=4))) != expected


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_a_trial_in_flight_is_resumed_with_its_number_and_params(sampler):
    settings = tiny("grid", trials=4, sampler=sampler)
    stored = StoredStudy.begin("a", settings)
    asked = [stored.ask() for _ in range(3)]
    stored.save(asked[1], record(1, 0.5, **asked[1].params))
    again = StoredStudy.begin("a", settings, resume=True)
    assert [(trial.number, trial.params) for trial in again.in_flight()] == [(0, asked[0].params), (2, asked[2].params)]
    assert again.ask().number == 3 and again.ask() is None


@pytest.mark.parametrize("sampler", ["grid", "random"])
@pytest.mark.parametrize("params_written", [0, 1])
def test_a_process_may_die_between_a_trial_and_its_params(sampler, params_written):
    settings = tiny("grid", trials=4, sampler=sampler)
    whole = StoredStudy.begin("whole", settings).ask().params
    stored = StoredStudy.begin("torn", settings)
    stored.study.sampler = stored._sampler(0, 0)
    trial = stored.study.ask()
    if params_written:
        trial.suggest_int("hidden", settings.hidden_values[0], settings.hidden_values[-1])
    assert [trial.params for trial in StoredStudy.begin("torn", settings, resume=True).in_flight()] == [whole]


def test_a_record_is_stored_completely():
    settings = tiny(trials=2)
    stored = StoredStudy.begin("a", settings)
    first, second = stored.ask(), stored.ask()
    saved = record(0, 0.75, **first.params)
    stored.save(first, saved)
    stored.report(second, 1, 0.25)
    stored.save(second, record(1, 0.25, PRUNED, **second.params))
    found = StoredStudy.open("a").finished()
    assert found[0].line() == saved.line() and found[0].curves[0][1] == [20, 1.0, 0.75]
    assert [each.state for each in found] == [COMPLETE, PRUNED] and found[1].val_accuracy == 0.25
    assert StoredStudy.open("a").count() == 2 and StoredStudy.open("a").settings == settings


def test_names_are_unique_and_stored_settings_cannot_change():
    StoredStudy.begin("a", tiny())
    with pytest.raises(NameTaken, match="--resume"):
        StoredStudy.begin("a", tiny())
    with pytest.raises(NameTaken, match="seed = 0, not 1"):
        StoredStudy.begin("a", tiny(seed=1), resume=True)
    with pytest.raises(UnknownStudy, match="no study named b"):
        StoredStudy.open("b")
    assert study_names() == ["a"]


def test_a_study_without_settings_does_not_exist_yet():
    optuna.create_study(storage=open_storage(), study_name="torn", direction="maximize")
    assert study_names() == []
    assert StoredStudy.begin("torn", tiny()).settings == tiny()


def test_one_process_at_a_time(monkeypatch):
    lock = StudyLock("a", 0)
    with pytest.raises(InUse, match="Another process"):
        StudyLock("a", 0)
    StudyLock("b", 0).release()
    lock.release()
    StudyLock("a", 0).release()


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_pruners_stop_trials_below_the_others_but_not_at_the_first_rung(pruner):
    settings = tiny("lr", trials=6, sampler="random", pruner=pruner)
    stored = StoredStudy.begin("a", settings)
    for _ in range(5):
        trial = stored.ask()
        assert not any(stored.report(trial, rung, 0.9) for rung in range(1, 10))
        stored.save(trial, record(trial.number, 0.9, **trial.params))
    bad = stored.ask()
    assert not stored.report(bad, 1, 0.1)
    assert stored.report(bad, 2, 0.1)


def test_importance_identifies_the_axis_that_mattered():
    settings = tiny("free", vary=("learning_rate", "reg"), trials=40, sampler="random")
    stored = StoredStudy.begin("a", settings)
    while (trial := stored.ask()) is not None:
        stored.save(trial, record(trial.number, 1 / (1 + trial.params["learning_rate"]), **trial.params))
    found = stored.importances()
    assert list(found) == ["learning_rate", "reg"] and found["learning_rate"] > 0.8
    assert StoredStudy.begin("b", tiny()).importances() == {}


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "oracle://host/x", "postgresql+psycopg://127.0.0.1:1/x"]
)
def test_an_invalid_storage_gives_a_one_sentence_error(url, monkeypatch):
    monkeypatch.setenv("NNLIB_STORAGE", url)
    with pytest.raises(StorageError) as error:
        StudyLock("a", 0)
    assert "\n" not in str(error.value)


def test_a_database_that_goes_down_later_gives_a_one_sentence_error(new_runs):
    StoredStudy.begin("a", tiny())
    with sqlite3.connect(new_runs / "studies.db") as database:
        database.execute("DROP TABLE studies")
    with pytest.raises(StorageError, match="no such table") as error, storage_errors():
        StoredStudy.open("a")
    assert "\n" not in str(error.value)
    with pytest.raises(StorageError, match="no such table"):
        Coordinator("a", tiny(), resume=True)
    StudyLock("a", 0).release()  # it is free


def test_a_lost_lock_server_gives_a_one_sentence_error(monkeypatch):
    pytest.importorskip("psycopg")
    monkeypatch.setattr("nnlib.studies.storage.open_storage", lambda: None)  # it was available when this process started
    monkeypatch.setenv("NNLIB_STORAGE", "postgresql+psycopg://127.0.0.1:1/x")
    with pytest.raises(StorageError, match="cannot be used") as error:
        StudyLock("a", 0)
    assert "\n" not in str(error.value)


AWKWARD = "a?b c%d #ü {x}"


@pytest.mark.parametrize("variable", ["NNLIB_RUNS", "NNLIB_STORAGE"])
def test_any_folder_may_hold_the_studies(variable, monkeypatch, tmp_path):
    folder = tmp_path / AWKWARD
    monkeypatch.setenv(variable, str(folder) if variable == "NNLIB_RUNS" else f"sqlite:///{folder}/studies.db")
    StoredStudy.begin("a", tiny())
    StudyLock("a", 0).release()
    assert (folder / "studies.db").is_file() and StoredStudy.open("a").finished() == []
    assert [each.name for each in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////dev/null/x.db", "sqlite:////", "sqlite+x:////a.db", "sqlite:////tmp"])
def test_an_invalid_storage_is_found_without_a_connection(url, monkeypatch):
    monkeypatch.setenv("NNLIB_STORAGE", url)
    with pytest.raises(StorageError, match=f"NNLIB_STORAGE = {re.escape(repr(url))}: "):
        check_storage()


def test_a_folder_that_cannot_be_made_gives_a_one_sentence_error(monkeypatch):
    monkeypatch.setenv("NNLIB_RUNS", "/proc/none")
    with pytest.raises(StorageError, match="cannot be used") as error:
        StudyLock("a", 0)
    assert "\n" not in str(error.value)


def made_by_another_program(name, direction="maximize", **attributes):
    study = optuna.create_study(storage=open_storage(), study_name=name, direction=direction)
    for key, value in attributes.items():
        study.set_user_attr(key, value)
    return study


@pytest.mark.parametrize("case", ["trials", "trials and attributes", "of our settings", "minimised"])
def test_a_study_of_another_program_is_refused_and_not_touched(case):
    attributes = {"trials and attributes": {"settings": "x"}, "of our settings": {"settings": tiny().to_dict()}}
    study = made_by_another_program("a", "minimize" if case == "minimised" else "maximize", **attributes.get(case, {}))
    if case != "minimised":
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=2)
    before = study.user_attrs, study.get_trials()
    for attempt in (lambda: StoredStudy.open("a"), lambda: Coordinator("a", tiny(), resume=True)):
        with pytest.raises(NameTaken, match="that another program made"):
            attempt()
    again = optuna.load_study(study_name="a", storage=open_storage())
    assert (again.user_attrs, again.get_trials()) == before
    StoredStudy.begin("b", tiny())
    assert study_names() == ["b"]


def test_a_study_whose_process_died_before_it_wrote_the_settings_is_begun_again():
    made_by_another_program("a")
    assert StoredStudy.begin("a", tiny()).settings == tiny()


def test_a_lock_that_nobody_can_have_gives_a_one_sentence_error_in_time(new_runs, monkeypatch):
    monkeypatch.setattr("nnlib.studies.storage.OPEN_SECONDS", 0.1)
    with filelock.FileLock(new_runs / "studies.db.lock"), pytest.raises(StorageError, match="has no locks") as error:
        StudyLock("a", 0)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("cause", [NotImplementedError("no flock here"), PermissionError(13, "Permission denied")])
def test_a_folder_without_locks_gives_a_one_sentence_error(cause, monkeypatch):
    def fail(*_, **__):
        raise cause

    open_storage()
    monkeypatch.setattr(filelock.FileLock, "acquire", fail)
    with pytest.raises(StorageError, match="cannot be used") as error:
        StudyLock("a", 0)
    assert "\n" not in str(error.value)
