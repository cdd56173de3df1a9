"""The commands that list and clear the runs of a server."""

import json
import os
import time

import pytest

from nnlib.__main__ import main
from nnlib.runs import store
from nnlib.runs.store import RunFolder
from tests.runs.runs_helpers import settings

pytestmark = pytest.mark.usefixtures("runs")


def stored(session, days, size, state="finished"):
    """A run of this learner that did not change for so many days."""
    folder = RunFolder.create(settings(), session=session)
    folder.set_state(state)
    (folder.path / "events.jsonl").write_bytes(bytes(size))
    for name in ("run.json", "status.json"):
        os.utime(folder.path / name, (time.time() - 86400 * days,) * 2)
    return folder


def printed(capsys, *arguments):
    assert main(["runs", *arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_list_has_the_newest_first_and_the_sizes_of_all_files(capsys, runs):
    old, new = stored("a-cookie", 40, 1000), stored("b", 2, 5000)
    (runs / "studies.db").write_bytes(bytes(300))
    *listed, result = printed(capsys, "list")
    assert [event["run"] for event in listed] == [new.id, old.id]
    assert [event["days"] for event in listed] == [2, 40] and [event["learner"] for event in listed] == [1, 2]
    for event, folder in zip(listed, (new, old)):
        assert event["bytes"] == sum(file.stat().st_size for file in folder.path.iterdir())
    assert result["bytes"] == sum(event["bytes"] for event in listed) and result["learners"] == 2
    assert result["bytes_beside"] == 300
    assert main(["runs", "list"]) == 0
    text = capsys.readouterr().out
    assert "2 runs of 2 learners take 0.0 MB." in text and new.id in text and "a-cookie" not in text


def test_clear_deletes_what_is_old_or_named_and_nothing_at_work(capsys):
    old, new, queued = stored("a", 40, 1000), stored("a", 2, 1), stored("a", 50, 1, state="queued")
    size = old.size
    assert printed(capsys, "clear", "--older-than", "30") == [{"event": "result", "cleared": 1, "bytes": size, "at_work": 1}]
    assert {run.id for run in store.all_runs()} == {new.id, queued.id}
    with new.lock():
        assert printed(capsys, "clear", new.id)[0]["at_work"] == 1
    assert printed(capsys, "clear", new.id)[0]["cleared"] == 1
    assert printed(capsys, "clear", "--all")[0]["cleared"] == 0
    queued.set_state("stopped")
    assert printed(capsys, "clear", "--all")[0]["cleared"] == 1 and store.all_runs() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["clear"], "--all"),
        (["clear", "x" * 22], "There is no run"),
        (["clear", "../.."], "There is no run"),
        (["list", "--older-than", "soon"], "must be a number of days"),
        (["clear", "--older-than", "-1"], "must be a number of days"),
        (["clear", "--older-than", "nan"], "must be a number of days"),
    ],
)
def test_bad_arguments_delete_nothing(capsys, arguments, said):
    stored("a", 40, 1)
    with pytest.raises(SystemExit) as exit:
        main(["runs", *arguments])
    assert exit.value.code == 2 and said in capsys.readouterr().err and len(store.all_runs()) == 1
