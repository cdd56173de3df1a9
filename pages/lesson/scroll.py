"""Brings a place of the page into view, when the page itself has changed what is there."""

import streamlit as st

# The first look at a place is where the learner has come; only a count that goes up asks to move there.
SCRIPT = """
const seen = {};

export default function ({ data, parentElement }) {
  const { place, count, block } = data;
  const before = seen[place] ?? count;
  seen[place] = count;
  const target = count > before && document.querySelector(`.st-key-${place}`);
  if (!target) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  setTimeout(() => {
    target.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
    if (block === "start") focus(target);
  }, 50);
}

// The keyboard goes on from where the eye is.
function focus(target) {
  target.tabIndex = -1;
  target.style.outline = "none";
  target.focus({ preventScroll: true });
}
"""

_component = st.components.v2.component("backprop_lab_scroll", js=SCRIPT)


def scroll_to(place: str, block: str = "start"):
    """Bring the container with the key `place` into view if ask_to_scroll(place) was called since the last time.

    block: "start" for the top of the window, "nearest" for as far as is needed.
    """
    with st.container(key=f"unseen_scroll_{place}"):
        count = st.session_state.get(_count(place), 0)
        _component(key=f"scroll_{place}", data={"place": place, "block": block, "count": count})


def ask_to_scroll(place: str):
    st.session_state[_count(place)] = st.session_state.get(_count(place), 0) + 1


def _count(place):
    return f"scroll_count_{place}"
