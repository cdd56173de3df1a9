"""The dialog in which points are drawn, made of a function, and made harder. Used points are stored as uploaded ones are."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import streamlit as st

from nnlib.data import DataError, Points, drawn_points, load_points, save_points
from nnlib.data.harder_points import WAYS
from nnlib.data.points_of_function import LARGEST_X, LEAST, MOST, points_of_function
from nnlib.support.validation import integer, number, one_of
from nnlib.symbolic.answers.function_of_x import function_of_x
from pages.train.drawing.surface import drawing_of, drawing_surface, empty_drawing
from pages.ui.plain_text import plain_with_code

KEY = "points_dialog"
FUNCTION = "points_function"  # of the widgets
FUNCTION_HELP = (
    "Points above the graph of f are one class, those below the other. Type, for example, sin(2x), x² − 1, |x|, exp(-x²) or "
    "0.5x. The function is read, never executed."
)
EXAMPLE = "sin(2x)"


@dataclass
class Open:
    """What the dialog shows.

    start : the digest of the points that were in use when it opened, or None
    drawing : the newest that the surface has received
    error : see drawing_surface
    problem : why the function was refused
    read_as : the function of the points, as LaTeX
    done : the points were used, and the page has to be drawn anew
    """

    start: str | None
    drawing: dict
    error: tuple[int, str] | None = None
    problem: str | None = None
    read_as: str | None = None
    shown: bool = True
    done: bool = False
    number: int = 0  # of the error

    def fail(self, message: str) -> None:
        self.number += 1
        self.error = (self.number, message)


def open_dialog(start: str | None) -> None:
    """Open the dialog at the next run: with the points in use, or as it was closed if they are still the same."""
    opened = st.session_state.get(KEY)
    if opened is None or opened.start != start:
        opened = st.session_state[KEY] = Open(start, _drawing_in_use(start))
    opened.shown, opened.done = True, False


def points_dialog(use: Callable[[str], None]) -> None:
    """Draw the dialog, if it is open. `use` is called with the digest of the points that the learner wants to use."""
    opened = st.session_state.get(KEY)
    if opened is not None and opened.shown:
        _dialog(opened, use)


def _close():
    st.session_state[KEY].shown = False


@st.dialog("Your own points", width="medium", on_dismiss=_close)
def _dialog(opened: Open, use: Callable[[str], None]):
    if opened.done:
        opened.done = opened.shown = False
        st.rerun()
    drawing_surface(
        opened.drawing,
        opened.error,
        on_used=lambda message: take_used(opened, message, use),
        on_harder=lambda message: take_harder(opened, message),
    )
    with st.expander("Points above and below a function", icon=":material/function:"):
        _function(opened)


def take_used(opened: Open, message: object, use: Callable[[str], None]) -> None:
    """Store a drawing from the browser, and use its points."""
    try:
        digest = save_points(drawn_points(message))
    except DataError as error:
        opened.fail(str(error))
        return
    opened.error, opened.done = None, True
    use(digest)


def take_harder(opened: Open, message: object) -> None:
    """Make the points of a drawing from the browser harder to learn: {…, way, amount, seed}."""
    try:
        points = drawn_points(message)
        way = WAYS[one_of("way", message["way"], WAYS)]
        amount = number("amount", message["amount"], 0, way.most)
        rng = np.random.default_rng(integer("seed", message["seed"], 0, 2**63 - 1))
    except DataError as error:
        opened.fail(str(error))
    except (KeyError, ValueError) as error:
        opened.fail(f"The points were not changed: {error}")
    else:
        _give(opened, way.change(points, amount, rng), tuple(opened.drawing["extent"]))


def _give(opened: Open, points: Points, extent):
    opened.error = None
    opened.drawing = drawing_of(points, uuid4().hex, extent)


def _drawing_in_use(start):
    try:
        return drawing_of(load_points(start), start)
    except DataError:  # none are in use, or they are no longer stored
        return empty_drawing()


def _function(opened):
    with st.form("points_of_function", border=False):
        st.text_input(
            "f(x) =",
            EXAMPLE,
            max_chars=300,
            key=f"{FUNCTION}_text",
            help=FUNCTION_HELP,
            placeholder=EXAMPLE,
            autocomplete="off",
        )
        first, second = st.columns(2)
        third, fourth = st.columns(2)
        bounds = {"min_value": -LARGEST_X, "max_value": LARGEST_X, "step": 0.5, "format": "%g"}
        first.number_input("x from", value=-3.0, key=f"{FUNCTION}_low", help="The left edge of the plane.", **bounds)
        second.number_input("x to", value=3.0, key=f"{FUNCTION}_high", help="The right edge; the plane is a square.", **bounds)
        third.number_input("Points", LEAST, MOST, 300, 50, key=f"{FUNCTION}_n", help="Half of them above, half below.")
        fourth.slider(
            "Noise", 0.0, 0.5, 0.0, 0.01, key=f"{FUNCTION}_noise",
            help="How far the points are moved after their class is known, in halves of the plane's side: the classes overlap.",
        )  # fmt: skip
        st.number_input("Seed", 0, 10**6, 0, 1, key=f"{FUNCTION}_seed", help="Another seed draws other points.")
        st.form_submit_button("Draw these points", on_click=lambda: _draw_function(opened))
    if opened.problem:
        st.error(plain_with_code(opened.problem))
    elif opened.read_as:
        st.caption(f"Drawn above and below $f(x) = {opened.read_as}$.")


def _draw_function(opened):
    chosen = {name: st.session_state[f"{FUNCTION}_{name}"] for name in ("text", "low", "high", "n", "noise", "seed")}
    opened.problem = opened.read_as = None
    try:
        f = function_of_x(chosen.pop("text"))
        points, extent = points_of_function(f, **chosen)
    except ValueError as error:
        opened.problem = str(error)
        return
    opened.read_as = f.latex
    _give(opened, points, extent)
