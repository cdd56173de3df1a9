"""The settings of a study: on the command line, in links and in the database."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from nnlib.data import Dataset
from nnlib.data.progress import Progress
from nnlib.experiment.settings import Experiment
from nnlib.studies.axes import AXES
from nnlib.studies.errors import StudyError
from nnlib.support.settings import Field, setting, settings_class

FIGURES = {  # what each of the report's figures varies; "free" is the learner's own choice
    "hidden": ("hidden",),
    "lr": ("learning_rate",),
    "iterations": ("iterations",),
    "grid": ("hidden", "learning_rate"),
    "free": (),
}
SAMPLER_NAMES = {"grid": "grid", "random": "random", "tpe": "TPE"}
SAMPLERS = tuple(SAMPLER_NAMES)
DRAWN_AT_FIRST = 10  # trials at random, before TPE uses the results
PRUNERS = ("none", "median", "halving")
BUDGETS = ("small", "report")
MAX_TRIALS = 10_000
MAX_SEEDS = 10
MAX_VALUES = 100  # on one axis
MAX_GRID = 20_000  # points; the sampler grid holds them all in memory

OF_EXPERIMENT = Experiment.FIELDS
DATASETS = tuple(name for name in OF_EXPERIMENT["dataset"].choices if name != "points")  # uploaded points stay on one machine
# What all networks of a study have in common: the settings of an Experiment except the seeds, which count the networks.
COMMON = tuple(name for name in OF_EXPERIMENT if name not in ("dataset", "points", "features", "seed", "data_seed"))
DEFAULTS = Experiment(hidden=(64,), iterations=2000)
FIRST_VALUES = {"hidden": (4, 8, 16, 32)}  # of the default study
HOW = "Sampler, pruner, trials"


def _values_of(axis):
    of, (low, high) = OF_EXPERIMENT[axis.name], axis.bounds
    kind, whole = ("widths", "whole ") if axis.whole else ("numbers", "")
    return setting(
        FIRST_VALUES.get(axis.name, ()), Field(kind, low, high, longest=MAX_VALUES), group="Axes",
        counted=f"{{}} increasing {whole}numbers", label=f"Values of the {axis.title}",
        help=f"Values of the {axis.title} to try. The samplers random and tpe draw between the least and the largest of them.",
        option=f"{of.option or axis.name}_values",
    )  # fmt: skip


Shared: Any = settings_class(
    "Shared",
    {f"{name}_values": _values_of(axis) for name, axis in AXES.items()}
    | {name: setting(getattr(DEFAULTS, name), OF_EXPERIMENT[name], optional=name == "noise") for name in COMMON},  # all end
)


@dataclass(frozen=True)
class StudySettings(Shared):
    """All settings of one study. Create them with `plans.planned`, or with `StudySettings.from_dict`, which checks them.

    The values of an axis are the points of its grid. The samplers random and tpe draw between the smallest and the largest.
    `seeds` networks are trained at each point, with the seeds seed, seed + 1, …: each is the Experiment of that seed.
    """

    # fmt: off
    figure: str = setting(
        "hidden", Field("choice", choices=tuple(FIGURES)), group="Study", label="Study",
        help="What is searched. The first four are the report's figures; in your own space you choose which settings vary, and "
        "their ranges.",
        titles={
            "hidden": "Figure 1: hidden size", "lr": "Figure 2: learning rate", "iterations": "Figure 3: iterations",
            "grid": "Figure 6: grid of both", "free": "Your own space",
        },
    )
    dataset: str = setting(
        "digits", OF_EXPERIMENT["dataset"], group="Study", choices=DATASETS,
        help="What the networks learn. Digits take seconds. The report's claims are about CIFAR-10, where a study takes "
        "minutes to hours.",
        titles={name: title.partition(",")[0] for name, title in OF_EXPERIMENT["dataset"].titles.items()},
    )
    vary: tuple = setting(
        ("hidden",), Field("names", choices=tuple(AXES), shortest=1), group="Study", label="What to vary",
        help="The settings that the study varies. All others are fixed.",
        titles={name: axis.title for name, axis in AXES.items()},
    )
    budget: str = setting(
        "small", Field("choice", choices=BUDGETS), group="Study", label="Budget",
        help="How many points, how many steps for each network, and how many networks at each point.",
        titles={"small": "Small", "report": "Like the report's"},
    )
    sampler: str = setting(
        "grid", Field("choice", choices=SAMPLERS), group=HOW, label="Sampler", titles=SAMPLER_NAMES,
        help="How the next point is chosen: every point of a grid, at random, or where earlier trials were good (TPE).",
    )
    pruner: str = setting(
        "none", Field("choice", choices=PRUNERS), group=HOW, label="Pruner", titles={"halving": "successive halving"},
        help="Ends a trial early when others did better after the same number of steps. That saves time, but it may end a "
        "trial that would have been the best.",
    )
    trials: int = setting(4, Field("int", 1, MAX_TRIALS), group=HOW, label="Trials", help="How many points are trained.")
    seeds: int = setting(
        1, Field("int", 1, MAX_SEEDS), group="Study", label="Networks of each point",
        help="Each point is trained this many times with other random numbers; its result is the mean. The variation shows how "
        "much is luck.",
    )
    iterations: int = setting(
        DEFAULTS.iterations, OF_EXPERIMENT["iterations"], label="Steps of each network", step=500, group=HOW,
        help="Batches that each network is trained on.",
    )
    seed: int = setting(
        0, OF_EXPERIMENT["seed"], high=OF_EXPERIMENT["seed"].high - MAX_SEEDS, group=HOW,
        help="Start of all random numbers. With the same seed, grid and random search try the same points and train the same "
        "networks again. TPE and the pruners depend on which trials ended first, so their results may differ.",
    )
    # fmt: on

    @property
    def values(self) -> dict[str, tuple]:
        """Axis name → its values, for the axes that vary."""
        return {name: getattr(self, f"{name}_values") for name in self.vary}

    @property
    def grid_size(self) -> int:
        """How many points the grid of all values has."""
        return math.prod(len(values) for values in self.values.values())

    def check_together(self) -> None:
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

    def experiment(self, params: Mapping[str, Any], network: int = 0) -> Experiment:
        """The Experiment that network number `network` (0 to seeds − 1) of the point `params` (axis name → value) is.

        A hidden size is that of every hidden layer. Raises ValueError for params that are not allowed.
        """
        of_point = dict(params)
        if "hidden" in of_point:
            of_point["hidden"] = (of_point["hidden"],) * len(self.hidden)
        common = {name: getattr(self, name) for name in COMMON}
        return Experiment.from_dict({"dataset": self.dataset, **common, **of_point, "seed": self.seed + network})

    def load(self, progress: Progress | None = None) -> Dataset:
        """The Dataset that the networks learn from, as `Experiment.load` has it."""
        return self.experiment({name: values[0] for name, values in self.values.items()}).load(progress)

    def difference(self, other: Self) -> str | None:
        """The name of the first setting in which `other` differs, or None."""
        return next((field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name)), None)


def check_name(name: Any) -> str:
    """`name` if it may name a study. Raises StudyError."""
    allowed = isinstance(name, str) and name.isascii() and 1 <= len(name) <= 64 and name.strip(".")
    if not allowed or not all(letter.isalnum() or letter in "-_." for letter in name):
        raise StudyError(f"{name!r} cannot be the name of a study: use 1 to 64 letters, digits and - _ . (not only dots).")
    return name
