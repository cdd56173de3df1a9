"""Stores a learner's progress in their own browser, so that it survives a reload and is there the next day.

A component that shows nothing. At the start of a session it sends what the browser's storage contains, once. After that it
writes the progress that it is given. Where the browser forbids storage, the progress lasts as long as the session.
"""

import streamlit as st

from pages.lesson.progress import progress, replace_progress, reset_progress
from pages.lesson.stored_progress import read_progress
from pages.ui.component_message import sent

KEY = "browser_storage"
READ = "browser_storage_read"  # in the session's state once the browser has sent its content
RESTORED = "progress_restored"

SCRIPT = """
const NAME = "backprop-lab-progress";

export default function ({ data, setTriggerValue }) {
  if (!data.read) return setTriggerValue("content", read());
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

_component = st.components.v2.component("backprop_lab_browser_storage", js=SCRIPT)


def store_in_browser() -> None:
    """Draw the component. Call it at the end of a page, when all progress of the run is recorded."""
    with st.container(key="unseen_browser_storage"):
        _draw()


@st.fragment
def _draw():
    """A fragment, so that the first message runs the whole page again only if it contains progress."""
    if st.session_state.pop(RESTORED, False):
        st.rerun()
    data = {"read": READ in st.session_state, "progress": progress().to_json()}
    _component(key=KEY, data=data, on_content_change=_restore)


def _restore():
    """Add the stored progress, once a session. The progress of this session has priority."""
    content = sent(KEY, "content")
    if content is None or READ in st.session_state:
        return
    st.session_state[READ] = True
    stored = read_progress(content)
    if stored.empty:
        return
    stored.add(progress())
    replace_progress(stored)
    st.session_state[RESTORED] = True


def delete_progress() -> None:
    """Delete all progress, in this session and in the browser."""
    st.session_state[READ] = True
    reset_progress()
