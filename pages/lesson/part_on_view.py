"""Which part of a page is on view: in the address as `?part=…`, and in the session for a return from another page."""

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from pages.lesson.progress import progress
from pages.ui.address import named_in_address, note, write_address
from pages.ui.plain_text import clip

PARAMETER = "part"


def part_on_view(page: str, parts: list[str], today: Callable[[str], Iterable[str]] = lambda slug: [slug]) -> str:
    """The part to draw, and write it into the address. The first part needs no parameter. For `today`, see asked_part()."""
    part = asked_part(page, parts, today)
    write_address({PARAMETER: None if part == parts[0] else part})
    return part


def asked_part(page: str, parts: list[str], today: Callable[[str], Iterable[str]] = lambda slug: [slug]) -> str:
    """One of `parts`: the one that the address asks for, else the one viewed last, else the first.

    For a page that writes its whole address itself. A part viewed last on another day comes with the progress that the browser
    stored, after the first run, so that the first part, which nobody asked for, is not remembered as a choice.

    Parameters
    ----------
    page : the page's name
    parts : slugs
    today : slug of an older link, with a parameter of that link after "&" → slugs of the parts that have its content today
    """
    named = named_in_address(_key(page), [PARAMETER])
    part = st.session_state.get(_key(page)) if named is None else named.get(PARAMETER)
    if part is None and named is None:
        part = progress().at.get(page)
    elif part is not None and part not in parts:
        part = next((new for old in _with_parameters(part) for new in today(old) if new in parts), part)
    if part not in parts:
        if part is not None:
            note(f"This page has no part “{clip(part)}”: here is the first.")
        return parts[0]
    st.session_state[_key(page)] = part
    return part


def _with_parameters(part):
    """The part with each parameter of the address, and alone."""
    return [*(f"{part}&{name}={value}" for name, value in st.query_params.items()), part]


def show_part(page: str, part: str) -> None:
    """Make the next run of the page show this part."""
    note(None)
    st.session_state[_key(page)] = part


def chosen(page: str) -> bool:
    """Whether the part on view was asked for, and is not only the first."""
    return _key(page) in st.session_state


def choose_part(page: str, part: str, names: Mapping[str, str], label: str) -> None:
    """Draw the parts as pills.

    Parameters
    ----------
    page : the page's name
    part : the part on view
    names : part → its title
    label : for screen readers
    """
    widget = f"part_{page}"
    st.session_state[widget] = part
    st.pills(
        label,
        list(names),
        format_func=names.get,
        key=widget,
        required=True,
        wrap=True,
        label_visibility="collapsed",
        on_change=lambda: show_part(page, st.session_state[widget]),
    )


def _key(page):
    return f"part_on_view_{page}"
