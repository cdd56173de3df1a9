"""Draws a chart of Altair, whose checks take longer than all the rest. The tests check what is drawn here."""

import altair as alt
import streamlit as st
from altair.utils.schemapi import disable_debug_mode

disable_debug_mode()  # or each part of a chart is checked when it is made


def draw_chart(chart: alt.TopLevelMixin, alt_text: str | None = None):
    """Draw the chart as wide as its place. It is not compared with the schema of Vega-Lite.

    Parameters
    ----------
    chart : what to draw
    alt_text : the chart in words, if it has no description
    """
    st.vega_lite_chart(chart.to_dict(validate=False), width="stretch", alt=alt_text)
