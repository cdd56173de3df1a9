"""Choices among a few buttons, kept from part to part, from page to page, and over a reload."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def choose(label: str, options: Sequence[T], key: str) -> T:
    """One of `options`, at first the first; in the address too, under `key`."""
    return st.segmented_control(
        label, options, default=options[0], required=True, key=key, bind="query-params", persist_state="session"
    )


def count(label: str, size: int, key: str) -> int:
    """One of 1 … size, at first 1. Its name in the address holds the size too: another size is another choice."""
    return choose(label, range(1, size + 1), f"{key}_{size}")
