"""The sidebar of the race of samplers."""

import streamlit as st

from nnlib.runs.server.hub import workers_for_a_study
from nnlib.studies.estimate import race_seconds
from nnlib.studies.race_settings import STEPS_AND_SEED
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import group_widgets, widget
from pages.tuning.panel import about
from pages.tuning.race_settings import RACE


def race_panel(state: PageState) -> None:
    """Draw the widgets; what they hold goes into `state.values`."""
    with st.sidebar:
        group_widgets(state, "Study", {"side": _side})
        costs = st.empty()
        with st.expander(STEPS_AND_SEED):
            group_widgets(state, STEPS_AND_SEED)
        settings = state.settings
        seconds = race_seconds(settings, workers_for_a_study(state.run))
        costs.caption(f"{settings.all_trials} networks in all: {about(seconds)}.")


def _side(state):
    sides = range(RACE.fields["side"].low, RACE.fields["side"].high + 1)
    widget(state, "side", st.select_slider, options=sides, format_func=lambda side: f"{side**2} ({side} × {side})")
