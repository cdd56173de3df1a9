"""The settings of Tuning: a few choices, from which nnlib.studies.plans makes all settings of a study."""

from dataclasses import dataclass, replace
from typing import Any

from nnlib.studies.axes import AXES
from nnlib.studies.plans import planned
from nnlib.studies.study_settings import COMMON, StudySettings
from nnlib.support.settings import Field, setting, settings_class
from pages.lesson.part_on_view import PARAMETER
from pages.settings.page_settings import PageSettings

OF_STUDY = StudySettings.FIELDS
PLANNED = ("sampler", "seeds", "trials", "iterations")  # settings that a plan has a value for
OF_NETWORKS = {*COMMON, *(f"{name}_values" for name in AXES)} - {"iterations"}  # settings that a plan alone chooses
ENDS = {f"{name}_{end}": name for name in AXES for end in ("from", "to")}  # the ends of an axis → its name


def _choice(name):
    """A setting of the study; None stands for the plan's value, where there is one."""
    default = None if name in PLANNED else StudySettings().by_name[name]
    return setting(default, OF_STUDY[name], optional=name in PLANNED)


def _end(name):
    axis, end = AXES[ENDS[name]], name.rpartition("_")[2]
    field = Field("int" if axis.whole else "float", *axis.bounds, optional=True, step=axis.step, group="Axes")
    about = f"The {'lower' if end == 'from' else 'upper'} end of the search."
    return setting(None, field, label=f"{axis.title}, {end}", help=about)


Derived: Any = settings_class(
    "Derived",
    {name: _choice(name) for name in OF_STUDY if name not in OF_NETWORKS} | {name: _end(name) for name in ENDS},
)


@dataclass(frozen=True)
class Choices(Derived):
    """A learner's choices for a study. None stands for the plan's value: the budget's, or the range that suits the data."""

    vary: tuple = setting(("hidden", "learning_rate", "reg"), OF_STUDY["vary"])
    budget: str = setting(
        "small",
        OF_STUDY["budget"],
        help=OF_STUDY["budget"].help + " The time is an estimate for this machine as it is now, right within a factor of two "
        "or so. While others use it, too, it takes longer.",
    )

    def applies(self, name: str) -> bool:
        """Whether the setting `name` has any effect, given the others."""
        if name == "vary":
            return self.figure == "free"
        if name in ENDS:
            return self.figure == "free" and ENDS[name] in self.vary
        if name == "iterations":
            return self.figure == "iterations" or not (self.figure == "free" and "iterations" in self.vary)
        return True


def study_from(choices: Choices) -> StudySettings:
    """Return the whole study. Raises ValueError, a sentence, for choices that do not go together."""
    plan, ranges = _plan(choices), {}
    for name in choices.vary if choices.figure == "free" else ():
        low, high = getattr(choices, f"{name}_from"), getattr(choices, f"{name}_to")
        values = plan.values[name]
        low, high = values[0] if low is None else low, values[-1] if high is None else high
        if low >= high:
            raise ValueError(
                f"{AXES[name].title}: the search must go from a lower to a higher value, not from {low:g} to {high:g}."
            )
        if (low, high) != (values[0], values[-1]):
            grid = plan.sampler == "grid"
            ranges[f"{name}_values"] = AXES[name].spread(low, high, len(values)) if grid else (low, high)
    return _plan(choices, **ranges) if ranges else plan


def _plan(choices, **ranges):
    """The study without the ends of its axes, or with the values that these make."""
    vary = choices.vary if choices.figure == "free" else ()
    given = {"sampler": _sampler(choices.figure), **StudySettings.needed_by(vary)}
    asked = ("figure", "dataset", "budget", "trials", "vary", *ENDS)
    given |= {name: value for name, value in choices.by_name.items() if name not in asked and value is not None}
    return planned(choices.figure, choices.dataset, choices.budget, choices.trials, vary, **given, **ranges)


def choices_from(study: StudySettings) -> Choices:
    """Return the choices that a study was made from, as far as its settings show them."""
    ends = {}
    for name, values in study.values.items() if study.figure == "free" else ():
        ends |= {f"{name}_from": values[0], f"{name}_to": values[-1]}
    shared = {name: value for name, value in study.by_name.items() if name in Choices.FIELDS}
    vary = study.vary if study.figure == "free" else Choices.vary
    return TUNING.tidy(Choices(**shared | ends | {"vary": vary}))


def _implied(choices):
    """The plan's values, for choices that are None."""
    plan = _plan(replace(choices, seeds=None, trials=None, iterations=None))
    ends = {}
    for name, values in plan.values.items() if choices.figure == "free" else ():
        ends |= {f"{name}_from": values[0], f"{name}_to": values[-1]}
    return {name: getattr(plan, name) for name in PLANNED} | {"sampler": _sampler(choices.figure)} | ends


def _sampler(figure):
    return "tpe" if figure == "free" else "grid"


def _correct(choices):
    """Correct a link with choices that do not go together: use the plan's values wherever there are some."""
    try:
        study_from(choices)
    except ValueError as error:
        return replace(choices, **dict.fromkeys((*PLANNED, *ENDS))), [f"{error} The default values are used instead."]
    return choices, []


TUNING = PageSettings("tuning", Choices, {}, correct=_correct, implied=_implied, other_parameters=(PARAMETER,))


def reset_to_plan(values: dict, **changed: Any) -> dict:
    """The choices with another study, data set, budget or space, and the plan's values for all others."""
    return {**values, **dict.fromkeys((*PLANNED, *ENDS)), **changed}
