"""The number of threads is measured, and the measurement changes nothing else."""

import pytest
import torch

from nnlib.deep import threads
from nnlib.deep.settings import MlpExperiment

WIDE = MlpExperiment.from_dict({"dataset": "digits", "depth": 2, "widths": [300], "dropout": 0.5, "batch_norm": True})


@pytest.mark.parametrize(
    ("seconds_of_one", "seconds_of_two", "chosen"),
    [(0.01, 0.03, 1), (0.03, 0.016, 2), (0.0105, 0.01, 1)],  # a busy machine; an idle one; a gain that is not worth a core
)
def test_the_faster_number_is_chosen(monkeypatch, seconds_of_one, seconds_of_two, chosen):
    asked = []

    def timed(take_step, number):
        asked.append(number)
        return {1: seconds_of_one, 2: seconds_of_two}[number]

    monkeypatch.setattr(threads, "_timed", timed)
    assert threads.fastest_threads(WIDE, 2) == chosen
    assert asked[:4] == [1, 2, 1, 2] and asked.count(1) == asked.count(2)  # in turns


def test_one_thread_needs_no_measurement(monkeypatch):
    monkeypatch.setattr(threads, "_timed", None)
    assert threads.fastest_threads(WIDE, 1) == 1


def test_measuring_leaves_threads_and_random_numbers_as_they_were():
    torch.manual_seed(3)
    undisturbed = torch.rand(2)
    torch.manual_seed(3)
    before = threads.threads()
    assert threads.fastest_threads(WIDE, 2) in (1, 2)
    assert threads.threads() == before and torch.equal(torch.rand(2), undisturbed)


def test_a_huge_network_is_measured_in_small(monkeypatch):
    built = []
    build = threads.build_network
    monkeypatch.setattr(threads, "build_network", lambda *given: built.append(build(*given)) or built[-1])
    take_step = threads._step_like(WIDE.having(widths=(8192,), batch_size=8192))
    assert sum(parameter.numel() for parameter in built[0].parameters()) < 1_200_000
    assert threads._timed(take_step, threads.threads()) > 0 and all(each.grad is not None for each in built[0].parameters())
