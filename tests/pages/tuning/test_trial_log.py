"""The trials of a log that grows, has an incomplete line, or is rewritten."""

import pytest

from nnlib.studies.records import TrialRecord
from nnlib.support.json_lines import to_line
from pages.tuning.trial_log import TrialLog

END = {"event": "finished", "step": 3, "stopped": False}


def trial(number, accuracy=0.5):
    record = TrialRecord(number, {"hidden": 10 + number}, "complete", accuracy, (accuracy,))
    return {"event": "trial", **record.line(), "curves": [[[1, 2.0, accuracy]]]}


def lines(*events):
    return "".join(to_line(event) + "\n" for event in events)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(lines(trial(0), trial(1)))
    return TrialLog(path)


def append(log, text):
    with open(log.path, "a") as file:
        file.write(text)


def numbers(log):
    trials, _ = log.read()
    return [record.number for _, record in trials]


def test_lines_already_read_are_not_read_again(log):
    (_, first), (_, second) = log.read()[0]
    assert first.curves == ([[1, 2.0, 0.5]],)
    append(log, lines(trial(2), END))
    trials, end = log.read()
    assert [record for _, record in trials][:2] == [first, second] and trials[0][1] is first
    assert [record.number for _, record in trials] == [0, 1, 2] and end == END


def test_an_incomplete_line_is_read_when_it_is_complete(log):
    whole = lines(trial(2))
    append(log, whole[:20])
    assert numbers(log) == [0, 1]
    append(log, whole[20:])
    assert numbers(log) == [0, 1, 2]


def test_a_line_cut_off_by_a_kill_is_skipped(log):
    append(log, '{"event": "tri\n' + lines(trial(2)))
    assert numbers(log) == [0, 1, 2]


@pytest.mark.parametrize("rewritten", [(trial(1), trial(0)), (trial(1),), (trial(0, 0.25), trial(2), trial(3)), ()])
def test_a_rewritten_log_is_read_again(log, rewritten):
    numbers(log)
    log.path.write_text(lines(*rewritten))
    assert numbers(log) == [event["number"] for event in rewritten]


def test_a_missing_log_has_no_trials(log):
    assert numbers(log) == [0, 1]
    log.path.unlink()
    assert log.read() == ([], None)


def test_a_trial_of_another_version_is_an_error_every_time(log):
    append(log, '{"event": "trial"}\n')
    for _ in range(2):
        with pytest.raises((KeyError, TypeError)):
            log.read()
