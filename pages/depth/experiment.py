"""Part 1: one network, with as many hidden layers as the slider says."""

import streamlit as st

from nnlib.deep.settings import MlpExperiment
from pages.depth.live import lab
from pages.depth.settings import DEPTH, references
from pages.depth.signal import signal
from pages.depth.words import LIVE_VIEW, MEASURED_HERE, TRAINING_MODE
from pages.live.prediction import put_outcome_to_class
from pages.settings.page_state import PageState
from pages.ui.html_table import Row, html_table
from pages.ui.report_figures import BY_EPOCH

LAB = "depth"
COLLAPSE = 3  # hidden layers at which the report's network stops learning


def invitation(settings: MlpExperiment) -> str:
    """What to do next with these settings."""
    if settings.channels:
        return "Start, and compare the accuracy with that of a fully connected network."
    if settings.init == "he" or settings.normalised or any(settings.skips):
        return "Start, and compare the signal and the accuracy with those before."
    if settings.depth < COLLAPSE and settings.init == "normal":
        return f"Set the depth to {COLLAPSE} and start. Then choose He, and start again."
    return "Start, and watch the signal in each layer. Then choose He, and start again."


def experiment(state: PageState) -> None:
    settings = state.settings.network
    with st.sidebar:
        put_outcome_to_class("depth", settings.to_dict())
    lab(state, settings, None, LIVE_VIEW, iterations=settings.steps, signal=signal(settings), references=references())
    if DEPTH.preset_of(state.settings) == "report-best":
        _report_by_epoch()


def _report_by_epoch():
    with st.container(key="beside_live_report"), st.expander("The report's best model, epoch by epoch"):
        rows = [Row(str(epoch), [f"{accuracy} %"]) for epoch, accuracy in enumerate(BY_EPOCH, start=1)]
        st.html(
            html_table(
                "report-by-epoch",
                rows,
                heads=("Epoch", "Validation accuracy"),
                style="max-height:320px",
            )
        )
        st.caption(
            "As listed in the report, which does not state the widths of the layers. Here they are 512 and 512. "
            f"{TRAINING_MODE} {MEASURED_HERE}"
        )
