"""Charts are drawn unchecked, so they are checked here."""

import json

import altair as alt
import pytest
import streamlit as st

from tests.pages.opened import opened
from tests.pages.questions import commit, open_questions

CHARTS = [  # the page, its part, and how many charts it has
    ("forward", "relu", 1),
    ("forward", "loss", 2),
    ("softmax", "why-the-exponential", 1),
    ("backpropagation", "one-step", 1),
    ("gradient_check", "which-step-size", 1),
    ("depth", "why-it-collapses", 2),
]


@pytest.mark.parametrize("page, part, count", CHARTS)
def test_a_chart_is_valid(page, part, count, monkeypatch):
    drawn = set()
    monkeypatch.setattr(st, "vega_lite_chart", lambda spec, **_: drawn.add(json.dumps(spec)))
    at = opened(page, part=part)
    while open_questions(at):
        commit(at)
    if part == "one-step":
        at.button(key="expect_fall").click().run()
    assert len(drawn) == count and not at.exception
    for spec in drawn:
        alt.Root.validate(json.loads(spec))
