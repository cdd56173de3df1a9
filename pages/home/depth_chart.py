"""The report's most surprising result as a small chart in HTML: four bars, and a line at the accuracy of guessing.

A chart library would more than double the download of Home. Text takes the page's colour.
"""

import streamlit as st

from nnlib.support.colours import BLUE, VERMILION
from pages.ui.report_figures import BY_DEPTH

GUESSING = 10.0  # %
MOST = 60.0  # %, the right end of the axis
LABEL = 72  # pixels left of the axis
LEARNED, STUCK = BLUE, VERMILION
ALT = (
    "Bar chart of validation accuracy by number of hidden layers: "
    + ", ".join(f"{layers} layer{'s' * (layers > 1)} {accuracy} %" for layers, accuracy in BY_DEPTH)
    + f". Guessing gives {GUESSING:.0f} %."
)


def depth_chart() -> None:
    """Draw the chart."""
    st.markdown("**With a third hidden layer, the network did not learn**")
    st.html(_html())


def _html():
    rows = "".join(_row(layers, accuracy) for layers, accuracy in BY_DEPTH)
    ticks = "".join(
        f'<span style="position:absolute;left:{_share(value)};transform:translateX(-50%)">{value}</span>'
        for value in range(0, int(MOST) + 1, 20)
    )
    aside = "font-size:13px;opacity:.75"
    guessing = f'<div style="position:absolute;left:{_share(GUESSING)};top:0;bottom:0;border-left:2px dashed;opacity:.6"></div>'
    return (
        f'<div role="img" aria-label="{ALT}" style="max-width:560px;font-size:14px">'
        f'<div style="position:relative">{rows}'
        f'<div style="position:absolute;left:{LABEL}px;right:0;top:0;bottom:0">{guessing}</div></div>'
        f'<div style="margin-left:{LABEL}px;border-top:1px solid;opacity:.3"></div>'
        f'<div style="margin-left:{LABEL}px;height:22px;position:relative;padding-top:2px;{aside}">{ticks}</div>'
        f'<div style="margin-left:{LABEL}px;text-align:center;{aside}">'
        "validation accuracy (%) by hidden layers; dashed: guessing</div></div>"
    )


def _row(layers, accuracy):
    colour = LEARNED if accuracy > GUESSING else STUCK
    end = max(accuracy, GUESSING + 0.5)  # the number must not lie on the line of guessing
    return (
        f'<div style="display:grid;grid-template-columns:{LABEL - 8}px 1fr;gap:8px;align-items:center;height:38px">'
        f'<span style="text-align:right">{layers} layer{"s" * (layers > 1)}</span>'
        '<span style="display:flex;align-items:center;gap:8px">'
        f'<span style="width:{_share(end)}"><span style="display:block;width:{accuracy / end:.1%};'
        f'height:24px;border-radius:4px;background:{colour}"></span></span>'
        f'<strong style="white-space:nowrap">{accuracy} %</strong></span></div>'
    )


def _share(value):
    return f"{100 * value / MOST:.1f}%"
