"""The sidebar of Tuning: study, data and cost; the rest is in an expander. Shows only what applies."""

import math
from functools import partial

import streamlit as st

from nnlib.runs.server.hub import workers_for_a_study
from nnlib.studies.axes import AXES
from nnlib.studies.estimate import estimated_seconds
from nnlib.studies.study_settings import HOW
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import bounded, group_widgets, refuse
from pages.tuning.settings import TUNING, Choices, reset_to_plan, study_from

ROUND = (1, 2, 3, 5, 10, 20, 30)  # of minutes, hours or days


def panel(state: PageState) -> None:
    """Draw the widgets; what they hold goes into `state.values`."""
    with st.sidebar:
        special = {name: partial(_resets_plan, name=name) for name in ("figure", "dataset", "budget")}
        group_widgets(state, "Study", special | {"vary": _axes})
        costs = st.empty()
        with st.expander(HOW):
            group_widgets(state, HOW, {"sampler": partial(_resets_plan, name="sampler", forgotten=("trials",))})
        costs.caption(f"Small: {_cost(state, 'small')}. The report's: {_cost(state, 'report')}.")


def _resets_plan(state, name, forgotten=None):
    """A choice after which the plan sets the other settings, or those in `forgotten`, again."""
    field, key, shown = TUNING.fields[name], state.key(name), state.values[name]
    options = field.choices

    def chosen():
        picked = st.session_state.get(key)
        if picked in options and picked != shown:
            values = reset_to_plan(state.values) if forgotten is None else {**state.values, **dict.fromkeys(forgotten)}
            state.take({**values, name: picked}, but=name)
            state.touch()

    st.selectbox(
        field.label, options, options.index(shown), format_func=field.title, key=key, help=field.help, on_change=chosen
    )


def _axes(state):
    field, key, shown = TUNING.fields["vary"], state.key("vary"), state.values["vary"]

    def chosen():
        picked = tuple(name for name in AXES if name in (st.session_state.get(key) or ()))
        if picked and picked != shown:
            state.take(reset_to_plan(state.values, vary=picked), but="vary")
        state.touch()

    picked = st.pills(
        field.label,
        field.choices,
        selection_mode="multi",
        default=shown,
        format_func=field.title,
        key=key,
        help=field.help,
        on_change=chosen,
    )
    if not picked:
        refuse(state, "Choose at least one setting to vary.")
    for name in state.values["vary"]:
        for column, end in zip(st.columns(2, vertical_alignment="bottom"), ("from", "to")):
            with column:
                bounded(state, f"{name}_{end}", st.number_input)


def _cost(state, budget):
    """How long a study of this budget may take here, in words."""
    if budget == state.values["budget"]:
        choices = Choices(**state.values)
    else:
        choices = Choices(**reset_to_plan(state.values, budget=budget))
    try:
        return about(estimated_seconds(study_from(TUNING.tidy(choices)), workers_for_a_study(state.run)))
    except ValueError:
        return "?"


def about(seconds: float) -> str:
    """A time that is known within a factor of two, in words that promise no more."""
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 0.7 * size:
            number = min(ROUND, key=lambda number: abs(math.log(seconds / (number * size))))
            return f"about {number}\u00a0{unit}{'s' * (number > 1)}"
    return "less than a minute"
