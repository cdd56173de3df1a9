"""What reaches each layer of a network that is still to be trained."""

import math

import streamlit as st

from nnlib.data import DataError
from nnlib.deep.obstacle import obstacle
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.signal_at_start import LayerSignal, look_at_start

MATTERS = ("dataset", "init", "batch_norm", "layer_norm", "residual", "activation", "activations", "seed")


def signal(experiment: MlpExperiment) -> dict | None:
    """What `look` finds, in the form that the live view draws. layers: for each layer of weights, input side first, layer,
    predicted, measured and gradient_norm; what is unknown or not finite is None. obstacle: as in nnlib.deep.obstacle."""
    layers = look(experiment)
    return {"layers": [_layer(each) for each in layers], "obstacle": obstacle(experiment, layers)} if layers else None


def look(experiment: MlpExperiment, draws: int = 1) -> list[LayerSignal] | None:
    """A LayerSignal for each layer of weights, of a network drawn `draws` times; predicted only where that is too much.

    None where the images are not here, or not converted yet, and of a convolutional network.
    """
    if experiment.channels:
        return None
    try:
        data = experiment.load(_too_long)
    except (DataError, _TooLong):
        return None
    std = experiment.std if experiment.init == "normal" else 0.0
    return _look(experiment.hidden, std, {name: getattr(experiment, name) for name in MATTERS}, draws, data)


@st.cache_data(max_entries=200, show_spinner=False)
def _look(hidden, std, settings, draws, _data):
    return look_at_start(MlpExperiment(depth=len(hidden), widths=hidden, std=std, **settings), _data, draws)


def _layer(found):
    predicted, measured, gradient = map(_finite, (found.predicted, found.measured, found.gradient_norm))
    return {"layer": found.layer, "predicted": predicted, "measured": measured, "gradient_norm": gradient}


def _finite(figure):
    return figure if figure is not None and math.isfinite(figure) else None


class _TooLong(Exception):
    """A page must not wait for this."""


def _too_long(what, done, total):
    raise _TooLong
