"""The drawing surface as a Streamlit component. Its modules, in browser/, use those of the live view."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from nnlib.data import Points
from nnlib.data.harder_points import WAYS
from nnlib.data.planar import visible_box
from nnlib.data.point_rules import MAX_CLASSES, MAX_ROWS, MIN_CLASSES, MIN_ROWS, MIN_ROWS_OF_CLASS
from pages.ui.browser_modules import MODULES, modules_path
from pages.ui.component_message import sent

FOLDER = Path(__file__).parent / "browser"
KEY = "drawing_surface"
Extent = tuple[float, float, float, float]  # lowest and highest x, lowest and highest y, of a square
UNIT: Extent = (-1.0, 1.0, -1.0, 1.0)
MARGIN = 1.1  # of the plane around points that do not fit into the one before
RULES = {
    "rows": MIN_ROWS, "classes": MIN_CLASSES, "rowsOfClass": MIN_ROWS_OF_CLASS, "mostRows": MAX_ROWS,
    "mostClasses": MAX_CLASSES,
}  # fmt: skip

SCRIPT = """
export default function (component) {
  const { parentElement } = component;
  import(`${MODULES}/drawing/surface.js`)
    .then((surface) => surface.mount(component))
    .catch((error) => {
      const place = parentElement.querySelector(".error");
      if (place) place.textContent = `The drawing surface could not be loaded (${error.message}). Reload the page.`;
    });
}
""".replace("MODULES", MODULES)

_component = st.components.v2.component(
    "backprop_lab_drawing",
    html=(FOLDER / "surface.html").read_text(encoding="utf-8"),
    css=(FOLDER / "surface.css").read_text(encoding="utf-8"),
    js=SCRIPT,
)


def drawing_of(points: Points, version: str, extent: Extent = UNIT) -> dict:
    """The points for the surface, which takes them over when the version is new. `extent`: the plane, if they fit into it."""
    x_low, x_high, y_low, y_high = extent
    if (points.X < [x_low, y_low]).any() or (points.X > [x_high, y_high]).any():
        low, high = visible_box(points.X, points.labels)
        (x, y), half = (low + high) / 2, MARGIN * (high - low).max() / 2
        extent = (x - half, x + half, y - half, y + half)
    rows = [[*place, k] for place, k in zip(points.X.tolist(), points.labels.tolist(), strict=True)]
    return {"version": version, "points": rows, "classes": list(points.class_names), "extent": list(extent)}


def empty_drawing() -> dict:
    """A plane without points."""
    return {"version": "empty", "points": [], "classes": ["class 1", "class 2"], "extent": list(UNIT)}


def drawing_surface(
    drawing: dict, error: tuple[int, str] | None, on_used: Callable[[object], None], on_harder: Callable[[object], None]
) -> None:
    """Draw the surface.

    Parameters
    ----------
    drawing : from drawing_of or empty_drawing
    error : the number and the text of a message about what was sent last
    on_used, on_harder : called before the next run with what the browser has sent, unchecked; see browser/surface.js
    """

    def passed_to(handler, name):
        def passed():
            if (message := sent(KEY, name)) is not None:
                handler(message)

        return passed

    _component(
        key=KEY,
        data={
            "modules": modules_path(),
            "drawing": drawing,
            "rules": RULES,
            "ways": {name: {"title": way.title, "help": way.help, "most": way.most} for name, way in WAYS.items()},
            "error": {"number": error[0], "text": error[1]} if error else None,
        },
        on_used_change=passed_to(on_used, "used"),
        on_harder_change=passed_to(on_harder, "harder"),
    )
