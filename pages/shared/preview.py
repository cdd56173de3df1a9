"""The data of the chosen settings as the live view draws them before a run exists."""

import numpy as np
import streamlit as st

from nnlib.data import DataError, load_dataset
from nnlib.pictures import MARGIN


@st.cache_data(max_entries=50, show_spinner=False)
def preview(dataset: str, noise: float, train_share: float, seed: int, points: str | None) -> dict | None:
    """Points, classes and the extent of the plane for 2-D data; None where there are none to show."""
    try:
        data = load_dataset(dataset, noise=noise, train_share=train_share, seed=seed, points=points)
    except DataError:
        return None
    parts = [("train", data.X_train, data.y_train), ("val", data.X_val, data.y_val)]
    everything = np.concatenate([data.X_train, data.X_val])
    low, high = everything.min(axis=0), everything.max(axis=0)
    (x1, x2), half = (low + high) / 2, max((high - low).max() / 2, 1e-9) * (1 + MARGIN)
    return {
        "points": {
            "x": [row for _, X, _ in parts for row in X.round(3).tolist()],
            "y": [label for _, _, y in parts for label in y.tolist()],
            "split": [split for split, X, _ in parts for _ in range(len(X))],
        },
        "extent": [float(v) for v in (x1 - half, x1 + half, x2 - half, x2 + half)],  # as a run draws it
        "classes": list(data.class_names),
    }
