"""What an exported file repeats: the settings of a run, where it ended, and what was changed by hand on the way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from nnlib.data import DATASETS
from nnlib.experiment.settings import Experiment
from nnlib.parameter_entry import is_entry

CHANGEABLE = ("learning_rate", "reg", "batch_size")  # while a network trains


@dataclass(frozen=True)
class Change:
    """New values chosen by hand after `step` steps: of some of CHANGEABLE, and of entries of parameters, such as W1[0,3]."""

    step: int
    values: Mapping[str, float]

    @property
    def entries(self) -> dict[str, float]:
        """The new weights and biases, by their names in an exported file: W[1][0, 3]."""
        entries = {name: value for name, value in self.values.items() if is_entry(name)}
        return {f"{name[0]}[{name[1:].replace('[', '][').replace(',', ', ')}": value for name, value in entries.items()}

    @property
    def settings(self) -> dict[str, float]:
        """The new values of CHANGEABLE."""
        return {name: value for name, value in self.values.items() if not is_entry(name)}


@dataclass(frozen=True)
class Recipe:
    """How to repeat a run.

    settings : the experiment.
    steps : how many steps the run has taken; fewer than settings.last_step where it was stopped or is paused.
    changes : made by hand, in the order of their steps.
    """

    settings: Experiment
    steps: int
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, settings: Experiment) -> Self:
        """The recipe of a run to the end, without changes."""
        return cls(settings, settings.last_step)

    @classmethod
    def of_run(cls, settings: Experiment, events: Iterable[Mapping[str, Any]]) -> Self:
        """The recipe of a run from its durable events (docs/live-protocol.md).

        Raises ValueError if it has not taken a step yet.
        """
        steps = 0
        changes: dict[int, dict[str, float]] = {}
        for event in events:
            if event["event"] == "metrics":
                steps = event["first"] + len(event["loss"]) - 1
            elif event["event"] == "control":
                of_older_version = {name: event[name] for name in CHANGEABLE}
                changes.setdefault(event["step"], {}).update(event.get("changed", of_older_version))
        if not steps:
            raise ValueError("This run has not taken a step yet: let it train first.")
        return cls(settings, steps, tuple(Change(step, values) for step, values in sorted(changes.items()) if step <= steps))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, units of each hidden layer, and classes."""
        data = DATASETS[self.settings.dataset]
        classes = data.classes or len(self.settings.load().class_names)  # a learner's own points have any number
        return (self.settings.input_size, *self.settings.hidden, classes)
