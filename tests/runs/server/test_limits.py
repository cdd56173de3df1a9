"""The limits that an operator sets in the environment."""

import pytest

from nnlib.runs.server import limits
from nnlib.runs.server.limits import Limits
from nnlib.studies.local_workers import study_workers
from nnlib.support.cores import cores

VARIABLES = [
    "NNLIB_MAX_RUNS", "NNLIB_MEMORY_MB", "NNLIB_MAX_QUEUED", "NNLIB_RUNS_PER_SESSION", "NNLIB_RELEASE_MINUTES",
    "NNLIB_RUNS_KEPT", "NNLIB_RUNS_MB", "NNLIB_RUNS_DAYS", "NNLIB_STUDY_WORKERS",
]  # fmt: skip


def test_unset_limits_have_their_defaults(monkeypatch):
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(limits, "main_memory", lambda: 10**9)
    assert Limits.from_environment() == Limits(2 * cores(), 750, 200, 4, 10.0, 1000, 10_000, 180, cores())


@pytest.mark.parametrize("text, minutes", [("0", 0), ("1000000", 10**6)])
def test_the_bounds_of_the_minutes_are_allowed(monkeypatch, text, minutes):
    monkeypatch.setenv("NNLIB_RELEASE_MINUTES", text)
    assert Limits.from_environment().release_minutes == minutes


def test_unknown_memory_is_no_limit(monkeypatch):
    monkeypatch.setattr(limits, "main_memory", lambda: 0)
    assert limits.memory_for_runs() > 10**5


def test_limits_are_read_from_the_environment(monkeypatch):
    for variable, value in zip(VARIABLES, ["3", "900", "9", "2", "0.5", "7", "8", "6", "1"]):
        monkeypatch.setenv(variable, value)
    assert Limits.from_environment() == Limits(3, 900, 9, 2, 0.5, 7, 8, 6, 1)


def test_a_study_never_has_more_workers_than_there_are_cores(monkeypatch):
    monkeypatch.setenv("NNLIB_STUDY_WORKERS", "1000")
    assert study_workers() == cores()


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", ["", "no", "-1", "nan", "inf", "1e99", "²", "9" * 5000])
def test_an_invalid_value_gives_one_clear_error(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=f"^{variable} = .*must be a"):
        Limits.from_environment()
