"""The sidebars have a widget for every setting that applies, made from its declaration."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import opened

WIDGETS = ("selectbox", "slider", "number_input", "toggle", "select_slider", "text_input", "button_group", "radio")
LINKS = [
    ("train", {"iterations": "100"}, {"learning_rate", "reg", "batch_size"}),  # these are in the live view
    ("train", {"dataset": "digits", "init": "normal", "schedule": "decay"}, {"learning_rate", "reg", "batch_size"}),
    ("depth", {"device": "cuda"}, {"depths", "seeds", "cures"}),
    ("depth", {"device": "cuda", "part": "table"}, {"depth", "channels"}),
    ("tuning", {}, set()),
    ("tuning", {"figure": "free", "vary": "hidden,std"}, set()),
    ("tuning", {"part": "search"}, set()),
]


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for name in ("NNLIB_DATA", "NNLIB_RUNS", "NNLIB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))


def drawn(at):
    return {each.key: each for kind in WIDGETS for each in at.get(kind) if str(each.key).startswith("set_")}


@pytest.mark.parametrize("page, parameters, elsewhere", LINKS)
def test_every_setting_that_applies_has_a_widget_with_its_label_and_help(page, parameters, elsewhere):
    at = opened(page, **parameters)
    state = at.session_state["tuning_search" if parameters.get("part") == "search" else page]
    widgets = drawn(at)
    for name, field in state.page.fields.items():
        widget = widgets.get(state.key(name)) or widgets.get(state.key(name, "_layers"))
        assert (widget is not None) == (state.settings.applies(name) and name not in elsewhere), name
        if widget:
            assert widget.label == field.label and widget.proto.help


def a_page():
    """Train's sidebar with settings of which one is new."""
    import streamlit as st

    from pages.settings.page_state import PageState
    from pages.train.panel import settings_panel
    from tests.pages.settings.test_declarations import WARMER

    if "state" not in st.session_state:
        st.session_state["state"] = PageState(WARMER)
        st.session_state["state"].take(WARMER.default.by_name)
    settings_panel(st.session_state["state"])


def test_a_new_setting_has_a_widget_where_it_applies():
    at = AppTest.from_function(a_page).run()
    assert not at.exception
    state = at.session_state["state"]
    assert state.key("warmup") not in drawn(at)
    at.get_by_key(state.key("schedule")).set_value("cosine").run()
    at.run()
    widget = drawn(at)[state.key("warmup")]
    assert (widget.label, widget.value, widget.max, widget.step) == ("Warm-up", 10, 500, 5)
    widget.set_value(15).run()
    assert state.settings.warmup == 15
