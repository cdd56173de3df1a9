"""A chart of the page that fills in while a search runs."""

from collections.abc import Callable

import altair as alt
import pandas as pd
import streamlit as st

TRIAL = "trial"  # the selection that answers a click, and the field it is over


def draw(chart: alt.TopLevelMixin, key: str, told: str, on_trial: Callable[[int], None] | None = None):
    """Draw a chart, rows and specification apart, so that new rows come into the same chart, and it does not flicker.

    told      the chart in words, for who cannot see it
    on_trial  called with the number of a trial that was clicked, where the chart has a `picked_trial`
    """
    spec = chart.to_dict()
    rows = pd.DataFrame(spec.pop("data")["values"])

    def clicked():
        trials = st.session_state[key]["selection"].get(TRIAL)
        if trials:
            on_trial(int(trials[0][TRIAL]))

    answers = {"on_select": clicked, "selection_mode": TRIAL} if on_trial else {}
    st.vega_lite_chart(rows, spec, width="stretch", key=key, alt=told, **answers)


def picked_trial() -> alt.Parameter:
    """The selection of a trial by a click on its point."""
    return alt.selection_point(name=TRIAL, fields=[TRIAL], on="click", empty=False)
