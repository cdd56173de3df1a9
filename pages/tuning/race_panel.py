"""The sidebar of the race of samplers."""

import streamlit as st

from nnlib.data import DATASETS
from nnlib.runs.server.hub import workers_for_a_study
from nnlib.studies.estimate import race_seconds
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import bounded, choice, widget
from pages.tuning.panel import about
from pages.tuning.race_settings import RACE


def race_panel(state: PageState):
    """Draw the widgets; what they hold goes into `state.values`."""
    with st.sidebar:
        choice(state, "dataset", told=lambda name: DATASETS[name].title.partition(",")[0])
        sides = range(RACE.fields["side"].low, RACE.fields["side"].high + 1)
        widget(state, "side", st.select_slider, options=sides, format_func=lambda side: f"{side**2} ({side} × {side})")
        bounded(state, "rounds", st.slider)
        costs = st.empty()
        with st.expander("Steps and seed"):
            bounded(state, "iterations", st.number_input, step=50)
            bounded(state, "seed", st.number_input, step=1)
        settings = state.settings
        seconds = race_seconds(settings, workers_for_a_study(state.run))
        costs.caption(f"{settings.all_trials} networks in all: {about(seconds)}.")
