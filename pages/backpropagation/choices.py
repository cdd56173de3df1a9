"""A choice among a few buttons. Streamlit stores it in the session and in the address."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from pages.ui.bound_widget import bound

T = TypeVar("T")


def choose(label: str, options: Sequence[T], key: str) -> T:
    """One of `options`; the default is the first. `key` is its name in the address."""
    return bound(st.segmented_control, label, options, default=options[0], required=True, key=key)


def count(label: str, size: int, key: str) -> int:
    """One of 1 … size; the default is 1. The name in the address contains the size, so each size has a choice of its own."""
    return choose(label, range(1, size + 1), f"{key}_{size}")
