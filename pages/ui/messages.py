"""What a page says beside its content: what was wrong with a link or an upload, and where a phone hides the settings."""

from collections.abc import Sequence

import streamlit as st

from pages.ui.plain_text import plain


def show_messages(messages: Sequence[str]) -> None:
    """Draw the box, if there are messages. They may quote the link."""
    listed = "\n".join(f"- {plain(message)}" for message in messages)
    if messages:
        st.warning(plain(messages[0]) if len(messages) == 1 else listed, icon=":material/link_off:")


def where_the_settings_are() -> None:
    """On a phone, where the sidebar is closed at first, say how to open it."""
    with st.container(key="on_a_phone"):
        st.caption("The settings are behind » at the top left.")
