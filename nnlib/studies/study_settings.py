"""What a study searches, and how: what the command line, a link and the book of trials all mean by its settings."""

import math
from dataclasses import dataclass, fields

from nnlib.experiment.settings import FIELDS as OF_EXPERIMENT
from nnlib.experiment.settings import Experiment
from nnlib.studies.axes import AXES
from nnlib.studies.errors import StudyError
from nnlib.support.settings import Field, Settings

FIGURES = {  # what each of the report's figures varies; "free" is the learner's own choice
    "hidden": ("hidden",),
    "lr": ("learning_rate",),
    "iterations": ("iterations",),
    "grid": ("hidden", "learning_rate"),
    "free": (),
}
SAMPLER_NAMES = {"grid": "grid", "random": "random", "tpe": "TPE"}
SAMPLERS = tuple(SAMPLER_NAMES)
DRAWN_AT_FIRST = 10  # trials at random, until TPE has something to go by
PRUNERS = ("none", "median", "halving")
BUDGETS = ("small", "report")
MAX_TRIALS = 10_000
MAX_SEEDS = 10
MAX_VALUES = 100  # on one axis
MAX_GRID = 20_000  # points; the sampler grid holds them all in memory

DATASETS = tuple(name for name in OF_EXPERIMENT["dataset"].choices if name != "points")  # a learner's own are on one machine
# What every network of a study has in common: the settings of an Experiment but for the seed, which counts through them.
COMMON = tuple(name for name in OF_EXPERIMENT if name not in ("dataset", "points", "seed"))


def _values_of(axis):
    low, high = axis.bounds
    kind = "widths" if axis.whole else "numbers"
    return Field(kind, low, high, longest=MAX_VALUES, counted="{} increasing " + ("whole numbers" if axis.whole else "numbers"))


@dataclass(frozen=True)
class StudySettings(Settings):
    """All settings of one study. Make one with `plans.planned`, or with `StudySettings.from_dict`, which checks.

    The values of an axis are the points of its grid; the samplers random and tpe draw between the least and the largest of
    them. `seeds` networks are trained at each point, with the seeds seed, seed + 1, …: each is the Experiment of that seed.
    """

    FIELDS = {
        "figure": Field("choice", choices=tuple(FIGURES)),
        "dataset": Field("choice", choices=DATASETS),
        "budget": Field("choice", choices=BUDGETS),
        "vary": Field("names", choices=tuple(AXES), shortest=1),
        "sampler": Field("choice", choices=SAMPLERS),
        "pruner": Field("choice", choices=PRUNERS),
        "trials": Field("int", 1, MAX_TRIALS),
        "seeds": Field("int", 1, MAX_SEEDS),
        "seed": Field("int", 0, OF_EXPERIMENT["seed"].high - MAX_SEEDS),
        **{f"{name}_values": _values_of(axis) for name, axis in AXES.items()},
        **{name: OF_EXPERIMENT[name] for name in COMMON},
    }

    figure: str = "hidden"
    dataset: str = "digits"
    budget: str = "small"
    vary: tuple = ("hidden",)
    sampler: str = "grid"
    pruner: str = "none"
    trials: int = 4
    seeds: int = 1
    seed: int = 0
    hidden_values: tuple = (4, 8, 16, 32)
    learning_rate_values: tuple = ()
    iterations_values: tuple = ()
    reg_values: tuple = ()
    batch_size_values: tuple = ()
    lr_decay_values: tuple = ()
    std_values: tuple = ()
    noise: float | None = None
    train_share: float = 0.5
    standardise: bool = False
    flips: bool = False
    hidden: tuple = (64,)
    activation: str = "relu"
    init: str = "he"
    std: float = 1e-4
    learning_rate: float = 0.1
    batch_size: int = 64
    reg: float = 1e-4
    penalty: str = "l2"
    optimiser: str = "sgd"
    schedule: str = "constant"
    lr_decay: float = 0.95
    iterations: int = 2000

    @property
    def values(self):
        """Axis name → its values, for the axes that vary."""
        return {name: getattr(self, f"{name}_values") for name in self.vary}

    @property
    def grid_size(self):
        """How many points the grid of all values has."""
        return math.prod(len(values) for values in self.values.values())

    def check_together(self):
        """Raises ValueError for axes that do not belong to the figure, lack values or have unordered ones, for a grid of too
        many points, and for more trials than it has."""
        if self.figure != "free" and set(self.vary) != set(FIGURES[self.figure]):
            raise ValueError(f"vary: the study {self.figure!r} varies {' and '.join(FIGURES[self.figure])}.")
        for name, axis in AXES.items():
            values = getattr(self, f"{name}_values")
            if name not in self.vary and values:
                raise ValueError(f"{name}_values: the study does not vary {axis.title}.")
            if name in self.vary and not values:
                raise ValueError(f"{name}_values: is missing, the study varies {axis.title}.")
            if any(b <= a for a, b in zip(values, values[1:])):
                raise ValueError(f"{name}_values: must increase from one to the next.")
        if self.sampler == "grid" and self.grid_size > MAX_GRID:
            raise ValueError(
                f"sampler = 'grid': the values make a grid of {self.grid_size:,} points, and it may have {MAX_GRID:,} at most: "
                "give fewer values, or choose random or tpe."
            )
        if self.sampler == "grid" and self.trials > self.grid_size:
            raise ValueError(
                f"trials = {self.trials:,}: the grid has {self.grid_size:,} points, so must be 1 to {self.grid_size:,}."
            )
        if "hidden" in self.vary and not self.hidden:
            raise ValueError("hidden = (): the study varies the hidden size, so the network must have a hidden layer.")

    def experiment(self, params, network=0):
        """The Experiment that network number `network` (0 to seeds − 1) of the point `params` (axis name → value) is.

        A hidden size is that of every hidden layer. Raises ValueError for params that are not allowed.
        """
        of_point = dict(params)
        if "hidden" in of_point:
            of_point["hidden"] = (of_point["hidden"],) * len(self.hidden)
        common = {name: getattr(self, name) for name in COMMON}
        return Experiment.from_dict({"dataset": self.dataset, **common, **of_point, "seed": self.seed + network})

    def load(self, progress=None):
        """The Dataset that the networks learn from, as `Experiment.load` has it."""
        return self.experiment({name: values[0] for name, values in self.values.items()}).load(progress)

    def difference(self, other):
        """The name of the first setting in which `other` differs, or None."""
        return next((field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name)), None)


def check_name(name):
    """`name` if it may name a study. Raises StudyError."""
    allowed = isinstance(name, str) and name.isascii() and 1 <= len(name) <= 64 and name.strip(".")
    if not allowed or not all(letter.isalnum() or letter in "-_." for letter in name):
        raise StudyError(f"The name of a study has 1 to 64 letters, digits and - _ . (not only dots): {name!r} is none.")
    return name
