"""Tuning: search for good settings as the report did, test its claims on the trials, and compare ways to search."""

import streamlit as st

from pages.lesson.browser_storage import store_in_browser
from pages.lesson.part_on_view import PARAMETER, asked_part, choose_part
from pages.settings.page_state import page_state, write_address
from pages.tuning import race, studies
from pages.tuning.panel import panel
from pages.tuning.race_panel import race_panel
from pages.tuning.race_settings import RACE
from pages.tuning.settings import TUNING
from pages.ui.address import notes
from pages.ui.extras import installed
from pages.ui.messages import show_messages, where_the_settings_are

PARTS = {"studies": "Studies", race.PART: "Three ways to search"}

part = asked_part(TUNING.page, list(PARTS))
addressed = st.query_params.get(PARAMETER, "studies") == part
if part == "studies":
    state = page_state(TUNING, studies.LAB, addressed)
    panel(state)
    write_address(state)
else:
    state = page_state(RACE, race.LAB, addressed)
    race_panel(state)
    write_address(state, {PARAMETER: part})

with st.container(key="beside_live_parts"):
    choose_part(TUNING.page, part, PARTS, "Part of the page")
    where_the_settings_are()
show_messages([*notes(), *state.messages])
with st.container(key=f"part_tuning_{part}"):
    if not installed("optuna"):
        st.stop()
    if part == "studies":
        studies.studies_part(state)
    else:
        race.race_part(state)
store_in_browser()
