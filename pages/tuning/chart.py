"""A chart that fills in while a study or a race runs."""

from collections.abc import Callable

import altair as alt
import pandas as pd
import streamlit as st

from pages.ui.altair_chart import specification

TRIAL = "trial"  # the name of the selection for clicks, and of its field


def draw(chart: alt.TopLevelMixin, key: str, description: str, on_trial: Callable[[int], None] | None = None) -> None:
    """Draw a chart. Rows and specification are passed separately, so that new rows do not make the chart flicker.

    Parameters
    ----------
    chart : alt.TopLevelMixin
    key : str
    description : str
        For screen readers.
    on_trial : callable, optional
        Called with the number of the trial that was clicked, if the chart has a `picked_trial`.
    """
    spec = specification(chart)
    rows = pd.DataFrame(spec.pop("data")["values"])

    def clicked():
        trials = st.session_state[key]["selection"].get(TRIAL)
        if trials:
            on_trial(int(trials[0][TRIAL]))

    selection = {"on_select": clicked, "selection_mode": TRIAL} if on_trial else {}
    st.vega_lite_chart(rows, spec, width="stretch", key=key, alt=description, **selection)


def picked_trial() -> alt.Parameter:
    """The selection of a trial by a click on its point."""
    return alt.selection_point(name=TRIAL, fields=[TRIAL], on="click", empty=False)
