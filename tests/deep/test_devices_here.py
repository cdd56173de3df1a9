"""The devices of the server: how the command's output is read, and that no page waits for it."""

import subprocess
import threading

from nnlib.deep import devices_here
from tests.patience import PATIENCE

ANSWER = """{"event": "device", "name": "cuda:1", "title": "NVIDIA H100", "memory": 85899345920}
not a line
[1, 2]
"device"
{"name": "cuda:2"}
{"event": "device", "name": ["cpu"]}
{"event": "device", "name": "mps", "memory": "much"}
{"event": "device", "name": "cpu", "title": "processor, 2 threads", "memory": 0}
{"event": "device", "name": "toaster", "title": "?", "memory": 1}
{"event": "result", "best": "cuda:1", "cuda": null}
"""


def test_devices_are_listed_with_name_and_memory_best_first():
    found = devices_here.read_answer(ANSWER)
    assert found.titles == {"cuda:1": "NVIDIA H100, 80 GB", "mps": "mps", "cpu": "processor, 2 threads"}
    assert found.best == "cuda:1"
    assert found.cuda is None


def test_the_cluster_is_listed_or_its_problem_is_reported():
    lab = '{"event": "device", "name": "cluster", "title": "the lab\'s GPU, through tcp://lab:8786 (2 workers)", "memory": 0}\n'
    device = '{"event": "device", "name": "cpu", "title": "processor", "memory": 0}\n'
    result = '{"event": "result", "best": "cpu", "cuda": null, "cluster": %s}'
    found = devices_here.read_answer(device + lab + result % "null")
    assert found.titles["cluster"] == "the lab's GPU, through tcp://lab:8786 (2 workers)" and found.best == "cpu"
    assert devices_here.read_answer(device + result % '"no worker offers a GPU"').cluster == "no worker offers a GPU"


def asked():
    question = devices_here.Question()
    question.ask_if_outdated()
    return question


def test_a_configured_scheduler_is_queried_again_while_the_last_answer_is_used(monkeypatch):
    go_on = threading.Semaphore(0)
    answers = [ANSWER, ANSWER.replace("cuda:1", "cuda:2")]

    def answer(*_, **__):
        assert go_on.acquire(timeout=PATIENCE)
        return subprocess.CompletedProcess([], 0, answers.pop(0))

    monkeypatch.setattr(subprocess, "run", answer)
    monkeypatch.setattr(devices_here, "PATIENCE", 0)
    question = asked()
    go_on.release()
    question.thread.join(10)
    question.ask_if_outdated()
    assert len(answers) == 1 and not question.thread.is_alive()  # the local devices remain
    monkeypatch.setenv("NNLIB_SCHEDULER", "tcp://lab:8786")
    question.ask_if_outdated()
    question.ask_if_outdated()
    assert question.answer.best == "cuda:1"
    go_on.release()
    question.thread.join(10)
    assert question.answer.best == "cuda:2" and not answers


def test_no_page_waits_and_a_failed_command_finds_no_device(monkeypatch):
    may_end = threading.Event()

    def slow(*_, **__):
        may_end.wait(60)
        raise OSError

    monkeypatch.setattr(subprocess, "run", slow)
    question = asked()
    assert question.answer is None
    may_end.set()
    question.thread.join(60)
    assert question.answer == devices_here.Found({}, None)


def test_a_failed_query_is_repeated_after_a_while(monkeypatch):
    answers = ["Segmentation fault", ANSWER]
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, answers.pop(0)))
    monkeypatch.setattr(devices_here, "question", devices_here.Question())
    assert devices_here.best_known() is None and not devices_here.question.thread  # not queried by this

    def answer():
        devices_here.devices_here()
        devices_here.question.thread.join(10)
        return devices_here.question.answer

    assert answer() == answer() == devices_here.Found({}, None)  # not queried again at once
    assert devices_here.best_known() is None
    monkeypatch.setattr(devices_here, "PATIENCE", 0)
    assert answer().best == "cuda:1"
    assert answer().best == devices_here.best_known() == "cuda:1" and not answers
