"""Depth: how deep a network can be before it learns nothing, why, and what helps. Settings in the sidebar, as on Train."""

import streamlit as st

from pages.depth import experiment, table
from pages.depth.leaderboard import leaderboard
from pages.depth.panel import panel
from pages.depth.settings import DEPTH
from pages.depth.why import why
from pages.lesson.lesson import WIDTH
from pages.lesson.part_on_view import PARAMETER, asked_part, choose_part
from pages.live.missions import missions
from pages.settings.page_state import page_state, show_name, write_address
from pages.ui.address import notes
from pages.ui.extras import installed
from pages.ui.messages import show_messages, where_the_settings_are

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
else:  # the sidebar of the part before would stay, with nothing in it; on a phone it holds the menu
    st.html("<style>@media (min-width: 769px) { [data-testid=stSidebar] { display: none } }</style>")
write_address(state, {PARAMETER: part} if part != "experiment" else {})

with st.container(horizontal=True, vertical_alignment="center", key="beside_live_parts" if part in LABS else "parts"):
    choose_part(DEPTH.page, part, PARTS, "Part of the page")
    if part == "experiment":
        st.caption(experiment.invitation(state.settings.network), width="content")
        where_the_settings_are()
show_messages([*notes(), *state.messages])
show_name(state)

with st.container(key=f"part_depth_{part}", width="stretch" if part in LABS else WIDTH):
    if part in LABS and not installed("torch"):
        st.stop()
    if part == "experiment":
        missions("depth", state.run, state.follow)
        experiment.experiment(state)
    elif part == "table":
        table.table(state)
    elif part == "leaderboard":
        leaderboard(state.settings.network.dataset)
    else:
        why(state.settings.network.having(channels=()))
