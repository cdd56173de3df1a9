"""Choices of this lesson that are kept from part to part."""

from collections.abc import Sequence

import streamlit as st


def choose(label: str, words: Sequence[str], key: str, help: str | None = None) -> str:
    """One of `words`, at first the first; in the address too, under `key`."""
    return st.segmented_control(
        label, words, default=words[0], required=True, key=key, bind="query-params", persist_state="session", help=help
    )


def count(label: str, size: int, key: str) -> int:
    """One of 1 … size."""
    return st.segmented_control(
        label, list(range(1, size + 1)), default=1, required=True, key=f"{key}_{size}", persist_state="session"
    )
