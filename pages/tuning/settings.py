"""The settings of Tuning: a few wishes, from which nnlib.studies.plans makes all settings of a study."""

from dataclasses import dataclass, replace

from nnlib.experiment.settings import FIELDS as OF_EXPERIMENT
from nnlib.studies.axes import AXES
from nnlib.studies.plans import planned
from nnlib.studies.study_settings import StudySettings
from nnlib.support.settings import Field, Settings
from pages.lesson.part_on_view import PARAMETER
from pages.settings.page_settings import PageSettings
from pages.tuning import words as tuning_texts

OF_STUDY = StudySettings.FIELDS
PLANNED = ("sampler", "seeds", "trials", "iterations")  # what a plan has an answer to
ENDS = tuple(f"{name}_{end}" for name in AXES for end in ("from", "to"))


def _end(axis):
    return Field("int" if axis.whole else "float", *axis.bounds, optional=True)


@dataclass(frozen=True)
class Wishes(Settings):
    """What a learner says of a study. None stands for what the plan says: the budget's, or the range that suits the data."""

    FIELDS = {
        **{name: OF_STUDY[name] for name in ("figure", "dataset", "budget", "vary", "pruner", "seed")},
        **{name: replace(OF_STUDY[name], optional=True) for name in ("sampler", "seeds", "trials")},
        "iterations": replace(OF_EXPERIMENT["iterations"], optional=True),
        **{f"{name}_{end}": _end(axis) for name, axis in AXES.items() for end in ("from", "to")},
    }

    figure: str = "hidden"
    dataset: str = "digits"
    budget: str = "small"
    vary: tuple = ("hidden", "learning_rate", "reg")
    sampler: str | None = None
    pruner: str = "none"
    seeds: int | None = None
    trials: int | None = None
    iterations: int | None = None
    seed: int = 0
    hidden_from: int | None = None
    hidden_to: int | None = None
    learning_rate_from: float | None = None
    learning_rate_to: float | None = None
    iterations_from: int | None = None
    iterations_to: int | None = None
    reg_from: float | None = None
    reg_to: float | None = None
    batch_size_from: int | None = None
    batch_size_to: int | None = None
    lr_decay_from: float | None = None
    lr_decay_to: float | None = None
    std_from: float | None = None
    std_to: float | None = None


def study_of(wishes: Wishes) -> StudySettings:
    """The whole study. Raises ValueError, a sentence, for wishes that do not go together."""
    plan, ranges = _plan(wishes), {}
    for name in wishes.vary if wishes.figure == "free" else ():
        low, high = getattr(wishes, f"{name}_from"), getattr(wishes, f"{name}_to")
        values = plan.values[name]
        low, high = values[0] if low is None else low, values[-1] if high is None else high
        if low >= high:
            raise ValueError(f"{AXES[name].title}: the search must begin below where it ends, not from {low:g} to {high:g}.")
        if (low, high) != (values[0], values[-1]):
            grid = plan.sampler == "grid"
            ranges[f"{name}_values"] = AXES[name].spread(low, high, len(values)) if grid else (low, high)
    return _plan(wishes, **ranges) if ranges else plan


def _plan(wishes, **ranges):
    """The study without the ends of its axes, or with the values that these make."""
    given = {"sampler": wishes.sampler or _sampler(wishes.figure)}
    given |= {name: getattr(wishes, name) for name in ("seeds", "iterations") if getattr(wishes, name) is not None}
    if wishes.figure == "free" and "std" in wishes.vary:
        given["init"] = "normal"
    if wishes.figure == "free" and "lr_decay" in wishes.vary:
        given["schedule"] = "decay"
    given |= {"pruner": wishes.pruner, "seed": wishes.seed, **ranges}
    vary = wishes.vary if wishes.figure == "free" else ()
    return planned(wishes.figure, wishes.dataset, wishes.budget, wishes.trials, vary, **given)


def wishes_of(study: StudySettings) -> Wishes:
    """The wishes that a study was made from, as far as it tells."""
    ends = {}
    for name, values in study.values.items() if study.figure == "free" else ():
        ends |= {f"{name}_from": values[0], f"{name}_to": values[-1]}
    names = ("figure", "dataset", "budget", "pruner", "seed", *PLANNED)
    vary = study.vary if study.figure == "free" else Wishes.vary
    return TUNING.tidy(Wishes(vary=vary, **{name: getattr(study, name) for name in names}, **ends))


def _given(wishes):
    """What the plan says where nothing is wished."""
    plan = _plan(replace(wishes, seeds=None, trials=None, iterations=None))
    ends = {}
    for name, values in plan.values.items() if wishes.figure == "free" else ():
        ends |= {f"{name}_from": values[0], f"{name}_to": values[-1]}
    return {name: getattr(plan, name) for name in PLANNED} | {"sampler": _sampler(wishes.figure)} | ends


def _sampler(figure):
    return "tpe" if figure == "free" else "grid"


def _applies(name, wishes):
    if name == "vary":
        return wishes.figure == "free"
    if name in ENDS:
        return wishes.figure == "free" and name.rpartition("_")[0] in wishes.vary
    if name == "iterations":
        return wishes.figure == "iterations" or not (wishes.figure == "free" and "iterations" in wishes.vary)
    return True


def _mend(wishes):
    """A link may ask for what does not go together: then the plan's own stands for all that a plan can answer."""
    try:
        study_of(wishes)
    except ValueError as error:
        return replace(wishes, **dict.fromkeys((*PLANNED, *ENDS))), [f"{error} The plan's own figures are used instead."]
    return wishes, []


TUNING = PageSettings("tuning", Wishes, {}, tuning_texts, _applies, _mend, _given, beside=(PARAMETER,))


def anew(values: dict, **changed) -> dict:
    """The wishes with another study, data set, budget or space: a plan of its own, whatever was wished of the last one."""
    return {**values, **dict.fromkeys((*PLANNED, *ENDS)), **changed}
