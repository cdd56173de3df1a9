"""The record of a finished trial."""

from dataclasses import asdict, dataclass, fields

COMPLETE, PRUNED = "complete", "pruned"
LONG = ("curves", "answers")  # fields that are left out where they are not needed


@dataclass(frozen=True)
class TrialRecord:
    """A finished trial: the point of the space, and the results of its networks.

    Parameters
    ----------
    number : int
        Counts the trials of a study, from 0.
    params : dict
        Axis name → value.
    state : str
        "complete", or "pruned": ended early because others did better after as many steps.
    val_accuracy : float
        0 to 1. The mean over the networks of a complete trial; the last value of a pruned one.
    val_accuracies, test_accuracies : tuple of float
        Of each network, in the order of their seeds. Empty for a pruned trial.
    curves : tuple of list
        Of each network [[step, loss, validation accuracy], …]. The loss is the cross-entropy in nats on a sample of the
        training set, None if it was infinite or not a number.
    answers : tuple of str
        Of each network, which validation examples it classified correctly (`chance.packed`). Empty for a pruned trial, and
        for one of an earlier version.
    diverged : int
        How many of the networks diverged.
    seconds : float
        The time of training and testing.
    worker : str
        The worker that trained the networks.
    """

    number: int
    params: dict
    state: str
    val_accuracy: float
    val_accuracies: tuple = ()
    test_accuracies: tuple = ()
    curves: tuple = ()
    diverged: int = 0
    seconds: float = 0.0
    worker: str = ""
    answers: tuple = ()

    @property
    def test_accuracy(self) -> float | None:
        """The mean over the networks, or None if none was tested."""
        return sum(self.test_accuracies) / len(self.test_accuracies) if self.test_accuracies else None

    def line(self) -> dict:
        """Return all but the LONG fields, as a dict for JSON."""
        return {name: value for name, value in asdict(self).items() if name not in LONG} | {"test_accuracy": self.test_accuracy}

    def whole_line(self) -> dict:
        """Return all fields, as a dict for JSON."""
        return self.line() | {name: getattr(self, name) for name in LONG}

    @classmethod
    def from_line(cls, line: dict) -> "TrialRecord":
        """Return the record of a whole line. Raises KeyError, TypeError for an invalid line."""
        names = [field.name for field in fields(cls)]
        given = {name: line[name] for name in names if name in line}
        values: dict = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        return cls(**values)
