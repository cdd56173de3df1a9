"""Complete settings for a study from a few choices: the default networks, axes and budgets."""

import math
from dataclasses import dataclass
from typing import Any

from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from nnlib.studies.axes import AXES
from nnlib.studies.study_settings import BUDGETS, COMMON, DATASETS, FIGURES, StudySettings
from nnlib.support.validation import integer, one_of

BASES = {"cifar10": PRESETS["report"], "digits": PRESETS["digits"]}  # other data sets: the default Experiment
# The ends of each axis. CIFAR-10 has the report's: its pixels are 0 to 255, so its learning rates are small.
REPORT_RANGES = {
    "hidden": (10, 340),
    "learning_rate": (1e-5, 1e-2),
    "reg": (1e-3, 1.0),
    "batch_size": (20, 500),
    "lr_decay": (0.8, 1.0),
    "std": (1e-6, 1e-1),
}
RANGES = REPORT_RANGES | {"hidden": (2, 100), "learning_rate": (1e-3, 10.0), "reg": (1e-6, 1e-1), "batch_size": (8, 256)}
# On the plane of hidden sizes and learning rates, only rates near the best: networks that do not learn show nothing.
GRID_RATES = {"cifar10": (5e-4, 4e-3), "others": (0.03, 3.0)}


@dataclass(frozen=True)
class Budget:
    """The cost of a study.

    Parameters
    ----------
    iterations : int
        Of each network.
    seeds : int
        Networks at each point.
    points : int
        On the axis of a figure.
    plane : tuple of int
        Points on each axis of the plane.
    drawn : int
        Trials of random search and TPE.
    """

    iterations: int
    seeds: int
    points: int
    plane: tuple
    drawn: int


# The small ones: under a minute for digits on a laptop, a few minutes for CIFAR-10.
BUDGET = {
    ("digits", "small"): Budget(2_000, 3, 12, (6, 5), 24),
    ("digits", "report"): Budget(5_000, 5, 34, (17, 7), 100),
    ("cifar10", "small"): Budget(1_500, 1, 12, (6, 4), 16),
    ("cifar10", "report"): Budget(20_000, 1, 34, (34, 4), 100),
}


def planned(
    figure: str,
    dataset: str = "digits",
    budget: str = "small",
    trials: int | None = None,
    vary: tuple = (),
    **given: Any,
) -> StudySettings:
    """Return the settings for one of the report's figures, or for a space of one's own.

    Parameters
    ----------
    figure : str
        One of FIGURES.
    dataset, budget : str
    trials : int, optional
        A grid then has exactly as many points on one axis, and at least as many on a plane; the first `trials` are visited.
    vary : tuple of str
        The axes, for the figure "free".
    **given
        Settings that replace those of the budget.

    Returns
    -------
    StudySettings

    Raises
    ------
    ValueError
    """
    one_of("figure", figure, FIGURES)
    one_of("dataset", dataset, DATASETS)
    of_budget = BUDGET[dataset if dataset in BASES else "digits", one_of("budget", budget, BUDGETS)]
    vary = StudySettings.FIELDS["vary"].check("vary", vary or FIGURES[figure])
    base = BASES.get(dataset, Experiment()).to_dict()
    settings = {name: base[name] for name in COMMON} | {"seeds": of_budget.seeds, "sampler": "grid"}
    settings["iterations"] = min(of_budget.iterations, Experiment.FIELDS["iterations"].high)
    settings |= given
    if trials is not None:
        integer("trials", trials, *(getattr(StudySettings.FIELDS["trials"], end) for end in ("low", "high")))
    counts = _counts(of_budget, vary, trials if settings["sampler"] == "grid" else None)
    for name, count in zip(vary, counts):
        low, high = _range(name, dataset, figure, settings)
        settings.setdefault(f"{name}_values", AXES[name].spread(low, high, count))
    for name in AXES:
        settings.setdefault(f"{name}_values", ())
    grid = math.prod(len(settings[f"{name}_values"]) for name in vary)
    settings["trials"] = trials or (grid if settings["sampler"] == "grid" else min(of_budget.drawn, 12 * 2 ** len(vary)))
    return StudySettings.from_dict({"figure": figure, "dataset": dataset, "budget": budget, "vary": vary} | settings)


def _counts(of_budget, vary, trials):
    """Return the number of points of each axis."""
    if len(vary) == 1:
        return (min(trials or of_budget.points, 100),)
    if trials is None:
        return of_budget.plane if len(vary) == 2 else (3,) * len(vary)
    counts = [1] * len(vary)
    while math.prod(counts) < trials:  # one more on the first of the axes that have the fewest
        counts[counts.index(min(counts))] += 1
    return tuple(counts)


def _range(name, dataset, figure, settings):
    """Return the (lowest, highest) value of an axis, within the limits of the environment."""
    if name == "iterations":
        return max(1, settings["iterations"] // 10), settings["iterations"]
    if figure == "grid" and name == "learning_rate":
        return GRID_RATES["cifar10" if dataset == "cifar10" else "others"]
    low, high = (REPORT_RANGES if dataset == "cifar10" else RANGES)[name]
    least, most = AXES[name].bounds
    return max(low, least), min(high, most)
