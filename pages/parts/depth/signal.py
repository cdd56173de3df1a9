"""What reaches each layer of a network that is still to be trained, in the form that the live view draws."""

import math

import streamlit as st

from nnlib.data import DataError, load_dataset
from nnlib.mlp_experiment import MlpExperiment
from nnlib.signal_at_start import predicted_spreads, probe_images, signal_at_start
from pages.shared.depth_settings import weights

IMAGES = 200  # to look with
MOST_WEIGHTS = 20_000_000  # drawn within a second, in 160 MB
MOST_ORTHOGONAL = 4_000_000  # these are drawn far more slowly
MATTERS = ("dataset", "init", "batch_norm", "activation", "seed")


def signal(experiment: MlpExperiment) -> list[dict] | None:
    """For each layer of weights, input side first: layer, predicted, and measured and gradient_norm, or None of a network
    that is too large to be drawn for a look. None where the images are not here, or not converted yet."""
    try:
        data = load_dataset(experiment.dataset, seed=experiment.seed, progress=_too_long)
    except (DataError, _TooLong):
        return None
    std = experiment.std if experiment.init == "normal" else 0.0
    settings = {name: getattr(experiment, name) for name in MATTERS}
    return _signal(experiment.hidden, std, settings, data)


@st.cache_data(max_entries=200, show_spinner=False)
def _signal(hidden, std, settings, _data):
    experiment = MlpExperiment(depth=len(hidden), widths=hidden, std=std, **settings)
    X, y = probe_images(_data.X_train, IMAGES), _data.y_train[:IMAGES]
    if weights(experiment) > (MOST_ORTHOGONAL if experiment.init == "orthogonal" else MOST_WEIGHTS):
        predicted = predicted_spreads(experiment, X, _data.classes)
        return [_layer(l, each, None, None) for l, each in enumerate(predicted, start=1)]
    layers = signal_at_start(experiment, X, y, _data.classes)
    return [_layer(each.layer, each.predicted, each.measured, each.gradient_norm) for each in layers]


def _layer(layer, *figures):
    predicted, measured, gradient = (each if each is not None and math.isfinite(each) else None for each in figures)
    return {"layer": layer, "predicted": predicted, "measured": measured, "gradient_norm": gradient}


class _TooLong(Exception):
    """A page must not wait for this."""


def _too_long(what, done, total):
    raise _TooLong
