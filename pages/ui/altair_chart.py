"""Draws an Altair chart without checking it, because the checks take longer than drawing. The tests check the charts."""

import altair as alt
import streamlit as st
from altair.utils.schemapi import disable_debug_mode

disable_debug_mode()  # otherwise Altair checks each part of a chart when it is made


def specification(chart: alt.TopLevelMixin) -> dict:
    """Return the chart as Vega-Lite reads it, not compared with the schema of Vega-Lite."""
    return chart.to_dict(validate=False)


def draw_chart(chart: alt.TopLevelMixin, alt_text: str | None = None) -> None:
    """Draw the chart as wide as its place.

    Parameters
    ----------
    chart : what to draw
    alt_text : the chart in words, if it has no description
    """
    st.vega_lite_chart(specification(chart), width="stretch", alt=alt_text)
