"""Part 3: the report's table, trained again with its settings or with others."""

import streamlit as st

from pages.depth.live import lab
from pages.depth.settings import DEPTH, differences, of_the_table
from pages.depth.words import (
    COMPARE_CURES,
    CURES_COMPARED,
    LIVE_TABLE,
    RESIDUAL_COLUMN,
    RESIDUAL_REASON,
    STARTER_CODE,
    difference_text,
)
from pages.lesson.prediction import predict
from pages.settings.page_state import PageState
from pages.ui.report_figures import BY_DEPTH, share

LAB = "table"


def table(state: PageState) -> None:
    settings = of_the_table(state.settings)
    reported = BY_DEPTH if settings.network.dataset == DEPTH.default.network.dataset else []  # its figures are of one data set
    with st.container(key="beside_live_difference"):
        if settings.cures:
            if not _predicted():
                return
        else:
            st.markdown(_difference(settings))
            st.button("Which cure, how deep?", key="compare_cures", on_click=_compare_cures, args=[state], help=COMPARE_CURES)
    lab(
        state,
        settings,
        "table",
        LIVE_TABLE,
        iterations=sum(each.steps for each in settings.experiments()),
        table={
            "report": {str(depth): share(accuracy) for depth, accuracy in reported},
            "cures": DEPTH.fields["cures"].titles,
        },
    )


def _compare_cures(state):
    """Give the page the settings of a table of cures that takes about two minutes on two cores."""
    state.take({"dataset": "digits", "cures": CURES_COMPARED, "depths": (1, 2, 4, 8, 16), "epochs": 20, "batch_size": 50})
    state.touch()


def _predicted():
    """Ask for a column of the table before it is shown."""
    st.session_state["lesson"] = DEPTH.page  # predict() records it
    return predict("cure_depth", RESIDUAL_COLUMN, ["1", "2", "4", "16"], "16", RESIDUAL_REASON)


def _difference(settings):
    names = differences(settings)
    if not names:
        return (
            f"All settings are the report's. {STARTER_CODE} Train all depths. Then choose He in the settings, and train them "
            "again."
        )
    return (
        f"Not as in the report: {'; '.join(difference_text(name, settings.network, DEPTH.default.network) for name in names)}."
    )
