"""Keeps a learner's progress in their own browser, so that it survives a reload and is there tomorrow.

A component that shows nothing. At the start of a session it says once what the browser's storage holds; from then on it
writes down what it is given. Where the browser forbids storage, the session's own memory remains.
"""

import streamlit as st

from pages.lesson.progress import progress, replace_progress, start_afresh
from pages.lesson.stored_progress import read_progress

KEY = "memory"
HEARD = "progress_heard"  # in the session's state once the browser has said what it holds

SCRIPT = """
const NAME = "backprop-lab-progress";

export default function ({ data, setTriggerValue }) {
  if (!data.heard) return setTriggerValue("kept", read());
  try {
    localStorage.setItem(NAME, data.progress);
  } catch {
    return; // storage is forbidden or full
  }
}

function read() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}
"""

_component = st.components.v2.component("backprop_lab_memory", js=SCRIPT)


def memory():
    """Mount it, at the end of a page, when everything that this run brought has been noted."""
    with st.container(key="unseen_memory"):
        _mount()


@st.fragment
def _mount():
    """By itself, so that the browser's first word runs the page again only where it held something."""
    if st.session_state.pop("progress_restored", False):
        st.rerun()
    data = {"heard": HEARD in st.session_state, "progress": progress().to_json()}
    _component(key=KEY, data=data, on_kept_change=_hear)


def _hear():
    """Take what the browser held, once a session. What has been done in this session stands above it."""
    kept = st.session_state[KEY].get("kept")
    if kept is None or HEARD in st.session_state:
        return
    st.session_state[HEARD] = True
    before, now = read_progress(kept), progress()
    if before.empty:
        return
    before.add(now)
    replace_progress(before)
    st.session_state["progress_restored"] = True


def forget():
    """Start afresh, in this session and in the browser."""
    st.session_state[HEARD] = True
    start_afresh()
