"""The image, the filter and the bias that the lesson computes by hand. The address stores their numbers for a link."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnlib.convolution import convolve, patches
from nnlib.support.validation import number
from pages.ui.address import write_address
from pages.ui.bound_widget import bound
from pages.worked_example.worked_network import INVALID, Chosen
from pages.worked_example.worked_numbers import LARGEST

KEY = "small_image"  # in the session's state
PARAMETER = "image"
SIDE, FILTER = 4, 2  # pixels in a row: of the image, and of the filter
SUMS = SIDE - FILTER + 1  # in a row
FILTERS = {"Left minus right": [[1, -1], [1, -1]], "Top minus bottom": [[1, 1], [-1, -1]], "Mean": [[0.25, 0.25]] * 2}
FIRST = {
    "x": np.array([[0, 2, 2, 0], [0, 2, 0, 0], [0, 2, 2, 0], [0, 0, 2, 0]], float),
    "w": np.array(FILTERS["Left minus right"], float),
    "b": np.array([0.5]),
}


def batch(image: np.ndarray) -> np.ndarray:
    """(1, 1, R, R): the only image of a batch, with its only channel; or the only filter."""
    return image[np.newaxis, np.newaxis]


@dataclass(frozen=True)
class SmallImage:
    """x (4, 4), w (2, 2) and b, and what the filter makes of them: z (3, 3), and the patches P (9, 4)."""

    x: np.ndarray
    w: np.ndarray
    b: float

    @property
    def z(self) -> np.ndarray:
        return convolve(batch(self.x), batch(self.w), np.array([self.b]))[0, 0]

    @property
    def P(self) -> np.ndarray:
        return patches(batch(self.x), self.w.shape).reshape(-1, self.w.size)


def small_image() -> SmallImage:
    """The image of this visit, with its filter."""
    numbers = chosen_image().numbers
    write_address({PARAMETER: None if link_text(numbers) == link_text(FIRST) else link_text(numbers)})
    return SmallImage(numbers["x"], numbers["w"], float(numbers["b"][0]))


def chosen_image() -> Chosen:
    """The learner's numbers. At first they come from the link."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Chosen("4x4", read_link(st.query_params.get(PARAMETER, "")) or FIRST)
        if st.query_params.get(PARAMETER) and st.session_state[KEY].numbers is FIRST:
            st.toast(INVALID, icon=":material/link_off:", duration="long")
    return st.session_state[KEY]


def link_text(numbers: dict[str, np.ndarray]) -> str:
    """The numbers in a link: all pixels, then the weights, then the bias."""
    return ",".join(f"{value:.12g}" for name in FIRST for value in numbers[name].flat)


def read_link(text: str) -> dict[str, np.ndarray] | None:
    """The numbers of a link, as link_text writes them; None if they are not valid."""
    try:
        values = [number("image", float(each), -LARGEST, LARGEST) for each in text.split(",")]
        x, w, b = np.split(np.array(values), [SIDE**2, SIDE**2 + FILTER**2])
        return {"x": x.reshape(SIDE, SIDE), "w": w.reshape(FILTER, FILTER), "b": b.reshape(1)}
    except ValueError:
        return None


def position() -> tuple[int, int]:
    """Draw the choice of a position of the filter. Returns its row and column, from 0."""
    at = bound(
        st.slider,
        "Position n of the filter",
        1,
        SUMS**2,
        key="position",
        help="The arrow keys slide it: to the right, then one row down, as one reads.",
    )
    return divmod(at - 1, SUMS)


def patch_at(row: int, column: int) -> list[tuple[int, int]]:
    """The entries of the image below the filter at a position."""
    return [(row + u, column + v) for u in range(FILTER) for v in range(FILTER)]
