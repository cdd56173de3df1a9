"""Tuning: search for good settings as the report did, watch the figure fill in, and hold the report's claims against it."""

import streamlit as st

from pages.parts.tuning.figure import figure
from pages.parts.tuning.findings import findings
from pages.parts.tuning.kept import Kept, kept
from pages.parts.tuning.live import LAB, live
from pages.parts.tuning.panel import panel
from pages.shared.memory import memory
from pages.shared.page_state import page_state, write_address
from pages.shared.tuning_settings import TUNING, study_of

state = page_state(TUNING, LAB)
panel(state)
write_address(state)
for message in state.messages:
    st.warning(message, icon=":material/link_off:")

try:
    study, problem = study_of(state.settings), None
except ValueError as error:
    study, problem = study_of(TUNING.default), "These settings do not go together"
    st.error(str(error), icon=":material/error:")
live(state, study, problem)
with st.container(key="beside_live_study"):
    shown = kept(state.run) or Kept(study)
    figure(state.run, shown)
    findings(shown)
memory()
