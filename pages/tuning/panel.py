"""The sidebar of Tuning: which study, of what data, at what cost; all else folded. Shows only what applies."""

import streamlit as st

from nnlib.data import DATASETS
from nnlib.runs.server.hub import workers_for_a_study
from nnlib.studies.axes import AXES
from nnlib.studies.estimate import estimated_seconds
from nnlib.studies.study_settings import SAMPLER_NAMES
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import applies, bounded, choice
from pages.tuning.settings import TUNING, Wishes, anew, study_of
from pages.tuning.words import CHOICES, HELP, LABELS

STEPS = {"learning_rate": 1e-3, "reg": 1e-4, "lr_decay": 0.05, "std": 1e-4}  # of the ends that are no whole numbers


def panel(state: PageState):
    """Draw the widgets; what they hold goes into `state.values`."""
    with st.sidebar:
        _begins_anew(state, "figure", CHOICES.get)
        _begins_anew(state, "dataset", lambda name: DATASETS[name].title.partition(",")[0])
        if applies(state, "vary"):
            _axes(state)
            for name in state.values["vary"]:
                _ends(state, name)
        _begins_anew(state, "budget", CHOICES.get)
        costs = st.empty()
        bounded(state, "seeds", st.slider)
        with st.expander("Sampler, pruner, trials"):
            _begins_anew(state, "sampler", SAMPLER_NAMES.get, ("trials",))
            choice(state, "pruner")
            bounded(state, "trials", st.number_input, step=1)
            if applies(state, "iterations"):
                bounded(state, "iterations", st.number_input, step=500)
            bounded(state, "seed", st.number_input, step=1)
        costs.caption(f"Small: {_cost(state, 'small')}. The report's: {_cost(state, 'report')}.")


def _begins_anew(state, name, told, forgotten=None):
    """A choice with which other settings, or those `forgotten`, are planned anew."""
    key, shown = state.key(name), state.values[name]
    options = TUNING.fields[name].choices

    def chosen():
        picked = st.session_state.get(key)
        if picked in options and picked != shown:
            values = anew(state.values) if forgotten is None else {**state.values, **dict.fromkeys(forgotten)}
            state.take({**values, name: picked}, but=name)
            state.touch()

    st.selectbox(LABELS[name], options, options.index(shown), format_func=told, key=key, help=HELP[name], on_change=chosen)


def _axes(state):
    key, shown = state.key("vary"), state.values["vary"]

    def chosen():
        picked = tuple(name for name in AXES if name in (st.session_state.get(key) or ()))
        if picked and picked != shown:
            state.take(anew(state.values, vary=picked), but="vary")
        state.touch()

    picked = st.pills(
        LABELS["vary"],
        list(AXES),
        selection_mode="multi",
        default=shown,
        format_func=lambda name: AXES[name].title,
        key=key,
        help=HELP["vary"],
        on_change=chosen,
    )
    if not picked:
        st.error("Choose at least one setting to vary.")


def _ends(state, name):
    """The two ends of an axis."""
    axis, step = AXES[name], STEPS.get(name, 10)
    for column, end in zip(st.columns(2, vertical_alignment="bottom"), ("from", "to")):
        field = f"{name}_{end}"
        options = {} if axis.whole else {"format": "%g"}
        low, high = axis.bounds
        number = int if axis.whole else float
        state.values[field] = column.number_input(
            f"{axis.title}, {end}", number(low), number(high), number(state.values[field]), step=step, key=state.key(field),
            help=HELP[end], on_change=state.touch, **options,
        )  # fmt: skip


def _cost(state, budget):
    """How long a study of this budget may take here, in words."""
    if budget == state.values["budget"]:
        wishes = Wishes(**state.values)
    else:
        wishes = Wishes(**anew(state.values, budget=budget))
    try:
        return about(estimated_seconds(study_of(TUNING.tidy(wishes)), workers_for_a_study(state.run)))
    except ValueError:
        return "?"


def about(seconds: float) -> str:
    """A time that is only an estimate, in words."""
    for unit, size in (("day", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 1.5 * size:
            number = round(seconds / size)
            return f"about {number}\u00a0{unit}{'s' * (unit == 'day' and number > 1)}"
    return f"about {max(5, 5 * round(seconds / 5))}\u00a0s"
