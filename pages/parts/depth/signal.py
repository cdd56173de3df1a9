"""What reaches each layer of a network that is still to be trained."""

import math

import streamlit as st

from nnlib.data import DataError, load_dataset
from nnlib.mlp_experiment import MlpExperiment
from nnlib.signal_at_start import LayerSignal, probe_images, signal_at_start

IMAGES = 200  # to look with
MOST_WEIGHTS = 20_000_000  # drawn within a second, in 160 MB
MOST_ORTHOGONAL = 4_000_000  # these are drawn far more slowly
MATTERS = ("dataset", "init", "batch_norm", "activation", "seed")


def signal(experiment: MlpExperiment) -> list[dict] | None:
    """What `look` finds, in the form that the live view draws: for each layer of weights, input side first, layer,
    predicted, measured and gradient_norm; what is unknown or not finite is None."""
    layers = look(experiment)
    return layers and [_layer(each.layer, each.predicted, each.measured, each.gradient_norm) for each in layers]


def look(experiment: MlpExperiment, draws: int = 1) -> list[LayerSignal] | None:
    """A LayerSignal for each layer of weights, of a network drawn `draws` times; predicted only where that is too much.

    None where the images are not here, or not converted yet.
    """
    try:
        data = load_dataset(experiment.dataset, seed=experiment.seed, progress=_too_long)
    except (DataError, _TooLong):
        return None
    std = experiment.std if experiment.init == "normal" else 0.0
    settings = {name: getattr(experiment, name) for name in MATTERS}
    return _look(experiment.hidden, std, settings, draws if can_draw(experiment, draws) else 0, data)


def can_draw(experiment: MlpExperiment, draws: int) -> bool:
    """Whether so many draws of the network take the server about a second at most."""
    return draws * experiment.weights <= (MOST_ORTHOGONAL if experiment.init == "orthogonal" else MOST_WEIGHTS)


@st.cache_data(max_entries=200, show_spinner=False)
def _look(hidden, std, settings, draws, _data):
    experiment = MlpExperiment(depth=len(hidden), widths=hidden, std=std, **settings)
    return signal_at_start(experiment, probe_images(_data.X_train, IMAGES), _data.y_train[:IMAGES], _data.classes, draws)


def _layer(layer, *figures):
    predicted, measured, gradient = (each if each is not None and math.isfinite(each) else None for each in figures)
    return {"layer": layer, "predicted": predicted, "measured": measured, "gradient_norm": gradient}


class _TooLong(Exception):
    """A page must not wait for this."""


def _too_long(what, done, total):
    raise _TooLong
