"""Part 3: the report's table, trained again with its settings or with others."""

import streamlit as st

from pages.depth.live import lab
from pages.depth.settings import DEPTH, differences, of_the_table
from pages.depth.words import LIVE_TABLE, STARTER_CODE, difference_text
from pages.settings.page_state import PageState
from pages.ui.report_figures import BY_DEPTH, share

LAB = "table"


def table(state: PageState):
    settings = of_the_table(state.settings)
    reported = BY_DEPTH if settings.network.dataset == DEPTH.default.network.dataset else []  # its figures are of one data set
    with st.container(key="beside_live_difference"):
        st.markdown(_difference(settings))
    lab(
        state,
        settings,
        "table",
        LIVE_TABLE,
        iterations=sum(each.steps for each in settings.experiments()),
        table={"report": {str(depth): share(accuracy) for depth, accuracy in reported}},
    )


def _difference(settings):
    names = differences(settings)
    if not names:
        return (
            f"All settings are the report's. {STARTER_CODE} Train all depths. Then choose He on the left, and train them again."
        )
    return (
        f"Not as in the report: {'; '.join(difference_text(name, settings.network, DEPTH.default.network) for name in names)}."
    )
