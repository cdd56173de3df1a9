"""The live page: settings in the sidebar, everything that moves in the live view."""

import streamlit as st

from pages.lesson.browser_storage import store_in_browser
from pages.live.prediction import put_outcome_to_class
from pages.settings.page_state import page_state
from pages.train.live import live
from pages.train.panel import settings_panel
from pages.train.settings import TRAIN, with_limit
from pages.ui.drawn_first import let_the_browser_draw

state = page_state(TRAIN, "train")
vote, panel = st.sidebar.container(), st.sidebar.container()
if state.opened:
    # The settings are those of the link, so the network need not wait for the panel.
    shown = state.settings, state.problem
    try:
        live(state)
    except Exception:  # other settings can still be chosen
        with panel:
            settings_panel(state)
        raise
    let_the_browser_draw()
    with panel:
        settings_panel(state)
    if (state.settings, state.problem) != shown:
        st.rerun()  # the panel has corrected a setting of the link
else:
    with panel:
        settings_panel(state)
    live(state)
with vote:
    put_outcome_to_class("train", with_limit(state.settings).to_dict())
store_in_browser()
