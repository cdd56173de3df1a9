"""An SVG drawing with a caption. st.html removes SVG, so a component inserts it into the page."""

import streamlit as st

_component = st.components.v2.component(
    "backprop_lab_svg_figure",
    html="<figure></figure>",
    css="""
figure { margin: 0; color: var(--st-text-color); font-family: var(--st-font); }
svg { display: block; width: 100%; height: auto; }
figcaption { font-size: 13px; opacity: .8; }
""",
    js="""
export default function ({ data, parentElement }) {
  parentElement.querySelector("figure").innerHTML = data.picture;
}
""",
)


def svg_figure(svg: str, caption: str, key: str) -> None:
    """Draw it.

    Parameters
    ----------
    svg, caption : markup of the app's own, never a learner's text
    key : unique among the figures of the app
    """
    _component(data={"picture": f"{svg}<figcaption>{caption}</figcaption>"}, key=key)
