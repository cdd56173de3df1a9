"""The reasons that a learner reads when a task has failed."""

from types import SimpleNamespace

import pytest
from distributed import CancelledError, KilledWorker

from nnlib.cluster.client import result_of
from nnlib.cluster.errors import TaskFailed


@pytest.mark.parametrize(
    "error, reason",
    [
        (KilledWorker("key", None, 3), "^Trial 3 ended every worker that tried it, perhaps because memory ran out there.$"),
        (ModuleNotFoundError("No module named 'x'", name="x"), "^A worker lacks the module x: start the scheduler"),
        (RuntimeError("Error during deserialization of the task graph."), "^The scheduler does not know the app's code: start"),
        (RuntimeError("no room"), r"^Trial 3 failed \(RuntimeError: no room\).$"),
        (OSError("no room"), r"^Trial 3 failed \(OSError: no room\).$"),
    ],
)
def test_a_failed_task_gives_its_reason(error, reason):
    future = SimpleNamespace(status="error", exception=lambda: error)
    with pytest.raises(TaskFailed, match=reason):
        result_of(future, 1, "Trial 3")


@pytest.mark.parametrize(
    "error, expected, reason",
    [
        (CancelledError("key"), TaskFailed, "^The scheduler is gone.$"),
        (OSError("closed"), TaskFailed, "^The scheduler is gone.$"),
        (TimeoutError("slow"), TimeoutError, "slow"),
        (ValueError("x"), TaskFailed, r"^Trial 3 failed \(ValueError: x\).$"),
    ],
)
def test_a_result_that_cannot_be_fetched_gives_the_reason(error, expected, reason):
    def fail(timeout):
        raise error

    with pytest.raises(expected, match=reason):
        result_of(SimpleNamespace(status="finished", result=fail), 1, "Trial 3")
