"""Scrolls to a place of the page after a button has changed its content."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

# The first count of a place does not scroll; a larger one does.
SCRIPT = """
const seen = {};

export default function ({ data, parentElement }) {
  const { place, count, block } = data;
  const before = seen[place] ?? count;
  seen[place] = count;
  const target = count > before && document.querySelector(`.st-key-${place.replace(/[^\\w-]/g, "-")}`);
  if (!target) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  setTimeout(() => {
    target.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
    if (block === "start") focus(target);
  }, 50);
}

// Keyboard users continue at the same place.
function focus(target) {
  target.tabIndex = -1;
  target.style.outline = "none";
  target.focus({ preventScroll: true });
}
"""

_component = st.components.v2.component("backprop_lab_scroll", js=SCRIPT)


def scroll_to(place: str, block: str = "start") -> None:
    """Scroll to the container with the key `place` if ask_to_scroll(place) was called since the last run.

    block : "start" for the top of the window, "nearest" for the shortest distance
    """
    with st.container(key=f"unseen_scroll_{place}"):
        count = st.session_state.get(_count(place), 0)
        _component(key=f"scroll_{place}", data={"place": place, "block": block, "count": count})


@contextmanager
def feedback(place: str) -> Iterator[None]:
    """A container for what a button answers, which is scrolled into view after ask_to_scroll(place). place: its key."""
    with st.container(key=place):
        yield
    scroll_to(place, "nearest")


def ask_to_scroll(place: str) -> None:
    """Make the next run of the page scroll to the place."""
    st.session_state[_count(place)] = st.session_state.get(_count(place), 0) + 1


def _count(place):
    return f"scroll_count_{place}"
