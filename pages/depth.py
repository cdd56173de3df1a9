"""Depth: how deep a network can be before it learns nothing, why, and what mends it. Settings in the sidebar, as on Train."""

import streamlit as st

from pages.parts.depth import experiment, table
from pages.parts.depth.leaderboard import leaderboard
from pages.parts.depth.panel import panel
from pages.parts.depth.why import why
from pages.shared.depth_settings import DEPTH, one_network
from pages.shared.lesson import WIDTH
from pages.shared.page_state import page_state, write_address
from pages.shared.part_on_view import PARAMETER, asked_part, choose_part

PARTS = {
    "experiment": "Experiment",
    "why-it-collapses": "Why it collapses",
    "table": "The report's table",
    "leaderboard": "Leaderboard",
}
LABS = {"experiment": experiment.LAB, "table": table.LAB}

part = asked_part(DEPTH.page, list(PARTS))
state = page_state(DEPTH, LABS.get(part))
if part in LABS:
    panel(state, part == "table")
write_address(state, {PARAMETER: part} if part != "experiment" else {})

with st.container(horizontal=True, vertical_alignment="center", key="beside_live_parts" if part in LABS else "parts"):
    choose_part(DEPTH.page, part, PARTS, "Part of the page")
    if part == "experiment":
        st.caption(experiment.INVITATION, width="content")
for message in state.messages:
    st.warning(message, icon=":material/link_off:")

with st.container(key=f"part_depth_{part}", width="stretch" if part in LABS else WIDTH):
    if part == "experiment":
        experiment.experiment(state)
    elif part == "table":
        table.table(state)
    elif part == "leaderboard":
        leaderboard()
    else:
        why(one_network(state.settings))
