"""The data of the chosen settings, as the live view shows them before a run."""

import streamlit as st

from nnlib.data import DataError, Dataset, load_dataset
from nnlib.runs.pictures import extent, static_pictures


def preview(dataset: str, noise: float | None, train_share: float, seed: int, points: str | None) -> dict | None:
    """The data to show before a run, in the form of the `started` event.

    Parameters
    ----------
    dataset, noise, train_share, seed, points
        As in `nnlib.data.load_dataset`.

    Returns
    -------
    dict or None
        Classes, and points with the extent of the plane or a gallery of images. None where there is nothing to show yet: the
        data are missing, or must first be converted, which takes long.
    """
    try:
        return _preview(dataset, noise, train_share, seed, points)
    except (DataError, _TooLong):
        return None  # not cached: the data may be there a minute later


@st.cache_data(max_entries=50, show_spinner=False)
def _preview(dataset: str, noise: float | None, train_share: float, seed: int, points: str | None) -> dict:
    data = load_dataset(dataset, noise=noise, train_share=train_share, seed=seed, points=points, progress=_stop_conversion)
    if data.image_shape:
        shown = {"image_shape": data.image_shape, **static_pictures(data)}
    else:
        shown = _plane(data)
    return {"classes": list(data.class_names), **shown}


def _plane(data: Dataset) -> dict:
    parts = [("train", data.X_train, data.y_train), ("val", data.X_val, data.y_val)]
    return {
        "points": {
            "x": [row for _, X, _ in parts for row in X.round(3).tolist()],
            "y": [label for _, _, y in parts for label in y.tolist()],
            "split": [split for split, X, _ in parts for _ in range(len(X))],
        },
        "extent": extent(data),
    }


class _TooLong(Exception):
    """The data must be converted first, and a page must not wait for that."""


def _stop_conversion(what: str, done: int, total: int | None) -> None:
    raise _TooLong
