"""Small studies, and the parts that tests compare."""

from nnlib.studies.coordinator import Coordinator, TrialDone
from nnlib.studies.plans import planned
from nnlib.studies.records import COMPLETE, TrialRecord


def tiny(figure="hidden", **given):
    """A study of the digits whose trials take a tenth of a second."""
    return planned(figure, **{"trials": 6, "seeds": 2, "iterations": 200, **given})


def execute(name, settings, scheduler, resume=False):
    """The records of all executed trials, in the order of completion."""
    with Coordinator(name, settings, scheduler, resume=resume) as coordinator:
        return [event.record for event in coordinator.events() if isinstance(event, TrialDone)]


def results(records):
    """What must not depend on the workers or on time."""
    return {record.number: (record.params, record.val_accuracies, record.test_accuracies, record.curves) for record in records}


def record(number, accuracy, state=COMPLETE, **params):
    """A finished trial without training."""
    curve = ([10, 2.0, accuracy / 2], [20, 1.0, accuracy])
    return TrialRecord(number, params, state, accuracy, (accuracy,), (accuracy,), (curve,), 0, 1.0, "here")
