"""A request of the browser that ends a run of the page before it has drawn anything: its callbacks alone have run."""

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx


def ask_meanwhile(monkeypatch, *widgets):
    """Let the browser ask for another run during the next one, with the states of the widgets. Returns the requests to come."""
    navigation = st.navigation
    requests = [WidgetStates(widgets=[each._widget_state for each in widgets])]

    def asked_meanwhile(*args, **kwargs):
        if requests:
            run = get_script_run_ctx()
            run.script_requests.request_rerun(RerunData(run.query_string, requests.pop(), run.page_script_hash))
        return navigation(*args, **kwargs)

    monkeypatch.setattr(st, "navigation", asked_meanwhile)
    return requests
