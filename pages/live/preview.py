"""What the live view shows before a run: the data of the chosen settings and, on Train, their untrained network."""

import streamlit as st

from nnlib.data import DataError, load_dataset
from nnlib.experiment.settings import Experiment
from nnlib.runs.pictures import frame_pictures, static_pictures

# Settings of an experiment that change neither its data nor its initial weights.
NOT_SHOWN = ("learning_rate", "batch_size", "reg", "penalty", "optimiser", "schedule", "lr_decay", "iterations", "flips")


def data_preview(dataset: str, seed: int) -> dict | None:
    """Return the images to show before a run, in the form of the `started` event.

    Returns
    -------
    dict or None
        Classes and a gallery of images. None where there is nothing to show yet: the data are missing, or must first be
        converted, which takes long.
    """
    return _or_none(_data, dataset, seed)


def network_preview(experiment: Experiment) -> dict | None:
    """Return the data and the untrained network to show before a run, in the form of the `started` event.

    Returns
    -------
    dict or None
        What `data_preview` returns, or points with the extent of the plane; beside it `sizes`, and as `frame` the pictures of
        the `frame` event. None as for `data_preview`.
    """
    default = Experiment()
    return _or_none(_network, experiment.having(**{name: getattr(default, name) for name in NOT_SHOWN}))


def _or_none(show, *arguments):
    try:
        return show(*arguments)
    except (DataError, _TooLong):
        return None  # not cached: the data may be there a minute later


@st.cache_data(max_entries=10, show_spinner=False)
def _data(dataset: str, seed: int) -> dict:
    return _started(load_dataset(dataset, seed=seed, progress=_stop_conversion))


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs={Experiment: repr})
def _network(experiment: Experiment) -> dict:
    data = experiment.load(_stop_conversion)
    network = experiment.network_for(data)
    return _started(data) | {"sizes": network.sizes, "frame": frame_pictures(network, data, with_weights=True)}


def _started(data):
    return {"classes": list(data.class_names), "image_shape": data.image_shape, **static_pictures(data)}


class _TooLong(Exception):
    """The data must be converted first, and a page must not wait for that."""


def _stop_conversion(what: str, done: int, total: int | None) -> None:
    raise _TooLong
