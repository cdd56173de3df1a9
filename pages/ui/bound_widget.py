"""Widgets whose value is in the address, under their key."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui.address import went_through_history
from pages.ui.plain_text import clip, plain


def bound(widget: Callable, *args: Any, key: str, **options: Any) -> Any:
    """Draw a widget that Streamlit stores in the address and in the session, and return its value.

    Streamlit replaces an invalid value of the address without a word, so a message says it.
    """
    asked = st.query_params.get(key) if key not in st.session_state or went_through_history() else None
    value = widget(*args, key=key, bind="query-params", persist_state="session", **options)
    if value is None:  # what Streamlit makes of an empty text for buttons, even where one is required
        value = options["default"]
    if asked is not None and not _is_text_of(asked, options.get("format_func", str)(value), value):
        message = f"“{clip(key)}={clip(asked)}” in the link is invalid, so another value is shown."
        st.toast(plain(message), icon=":material/link_off:", duration="long")
    return value


def _is_text_of(asked: str, text: str, value: Any) -> bool:
    """Whether the address means the value that is shown: its text, true or True, 0.1 or 0.10."""
    if asked == text or isinstance(value, bool) and asked.lower() == text.lower():
        return True
    try:
        return not isinstance(value, str) and float(asked) == value
    except ValueError:
        return False
