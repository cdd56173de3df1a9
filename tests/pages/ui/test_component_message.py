"""A message of a component may arrive when its page, and the component's state with it, has been left."""

from streamlit.testing.v1 import AppTest


def on_another_page():
    import streamlit as st

    from pages.lesson import browser_storage
    from pages.ui.component_message import sent

    browser_storage._restore()
    st.session_state["graph"] = {"chosen": "W1"}
    st.write(
        [sent("left", "chosen"), sent("graph", "chosen"), sent("graph", "other")], browser_storage.READ in st.session_state
    )


def test_a_message_from_a_page_that_was_left_is_ignored():
    at = AppTest.from_function(on_another_page).run()
    assert not at.exception
    assert [each.value for each in at.json] == ['[null, "W1", null]'] and at.markdown[0].value == "`False`"
