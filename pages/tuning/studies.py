"""Part 1: one study, its figure, and the report's claims tested on it."""

import streamlit as st

from nnlib.studies.study_settings import StudySettings
from pages.settings.page_state import PageState
from pages.tuning.figure import figure
from pages.tuning.findings import findings
from pages.tuning.finished_trials import StudyOnView, study_on_view
from pages.tuning.live import live
from pages.tuning.settings import TUNING, choices_from, study_from
from pages.tuning.words import BEFORE, STORY
from pages.ui.plain_text import plain

LAB = "study"


def studies_part(state: PageState) -> None:
    """Draw it."""
    try:
        study, problem = study_from(state.settings), None
    except ValueError as error:
        study, problem = study_from(TUNING.default), "These settings do not go together"
        st.error(plain(error), icon=":material/error:")

    def adopt(wanted):
        state.adopt(lambda received: choices_from(StudySettings.from_dict(received)), wanted)

    live(state, study, study.trials, {**STORY, "before": BEFORE[study.figure]}, adopt, problem)
    with st.container(key="beside_live_study"):
        shown = study_on_view(state.run) or StudyOnView(study)
        figure(state.run, shown)
        findings(shown)
