"""What is kept of a trial."""

from dataclasses import asdict, dataclass, fields

COMPLETE, PRUNED = "complete", "pruned"


@dataclass(frozen=True)
class TrialRecord:
    """A finished trial: what was trained, and what came of it.

    number           counts through the study, from 0
    params           axis name → value
    state            "complete", or "pruned": ended early because others did better at the same point of their training
    val_accuracy     of a complete trial the mean over its networks; of a pruned one the last that was seen. 0 to 1
    val_accuracies, test_accuracies   of each network, in the order of their seeds; empty for a pruned trial
    curves           of each network [[step, loss, validation accuracy], …]; loss is the cross-entropy in nats on a
                     sample of the training set, None where it was no number
    diverged         how many of the networks left all bounds
    seconds          of training and testing;  worker: who did it
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

    @property
    def test_accuracy(self):
        """The mean over the networks, or None where none was tested."""
        return sum(self.test_accuracies) / len(self.test_accuracies) if self.test_accuracies else None

    def line(self):
        """All but the curves, as JSON can hold it."""
        told = asdict(self) | {"test_accuracy": self.test_accuracy}
        told.pop("curves")
        return told

    @classmethod
    def from_line(cls, told):
        """The record that `line`, and the curves beside it, told of. Raises KeyError, TypeError for what is none."""
        names = [field.name for field in fields(cls)]
        given = {name: told[name] for name in names if name in told}
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})
