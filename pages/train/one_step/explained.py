"""The explanation that belongs to a choice, computed from what the run has stored."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnlib.data import FEATURES, Dataset
from nnlib.experiment.settings import Experiment
from nnlib.parameter_entry import place_of
from nnlib.runs.store import RunFolder
from nnlib.runs.training_at import training_at
from nnlib.teaching.one_step import explain_step, steepest_weight
from nnlib.teaching.step_line import OneStep
from pages.train.one_step.choice import FIRST, Choice, Moment, counted_from_one

PARTS = {"train": "Training", "val": "Validation", "test": "Test"}


@dataclass(frozen=True)
class Explained:
    """
    step : the explanation
    example : the key of the one on view
    examples : the key of each example that can be chosen in a list → its title; those of the batch, and the one on view
    place : coordinates of the example on the plane, None for an image
    picture : (height, width, channels) bytes of the example, None for a point
    weight : the chosen weight or bias, in words
    """

    step: OneStep
    example: str
    examples: dict[str, str]
    place: list[float] | None
    picture: np.ndarray | None
    weight: str


def explained(choice: Choice) -> Explained | str | None:
    """Return the explanation, a sentence that says why there is none, or None where nothing is to be explained."""
    if choice.name is None:
        return None
    if choice.moment is None:
        return "Pause the run, or go back on the time slider: its next step is then explained here."
    try:
        found = _explained(choice.moment, choice.name, choice.example)
    except MemoryError:
        return "The memory of the server is too small to explain a step of this network."
    except ValueError as error:  # DataError is one
        return str(error).replace(choice.name, counted_from_one(choice.name))
    if all(np.isfinite(line.value) for line in found.step.lines):
        return found
    return "Numbers of this step are too large to be represented. Go back on the time slider to a step before."


def first_weight(choice: Choice) -> str:
    """Return the name of the weight to begin with: the steepest one for the example."""
    if choice.moment is None:
        return FIRST
    try:
        training, data = _training(choice.moment)
        return steepest_weight(training, _of_training(data, choice.example))
    except (ValueError, MemoryError):  # `explained` says why
        return FIRST


@st.cache_resource(max_entries=30, show_spinner=False)
def _explained(moment: Moment, name: str, example: str | None) -> Explained:
    training, data = _training(moment)
    step = explain_step(training, name, _of_training(data, example))
    example = example or f"train-{step.batch[0]}"
    part, i = _place(example)
    batch = [f"train-{each}" for each in step.batch]
    images = data.image_shape is not None
    return Explained(
        step,
        example,
        {key: _title(data, key, key in batch) for key in dict.fromkeys([example, *batch])},
        None if images else data.points[list(PARTS).index(part)][i].tolist(),
        _part(data, part)[0].pictures([i])[0] if images else None,
        _in_words(training.network, data, name),
    )


def _training(moment):
    """The training of a run at a moment, and its data. Raises ValueError."""
    run = RunFolder.find(moment.run)
    if run is None:
        raise ValueError("This run is no longer stored.")
    data = _data(moment.run)
    return training_at(run, moment.step, data), data


@st.cache_resource(max_entries=3, show_spinner=False)
def _data(run_id: str) -> Dataset:
    run = RunFolder.find(run_id)
    assert run is not None
    return Experiment.from_dict(run.about["settings"]).load()


def _place(example):
    """The part of the data and the index in it."""
    part, _, index = example.partition("-")
    return part, int(index)


def _part(data, part):
    """X and y of a part of the data."""
    return getattr(data, f"X_{part}"), getattr(data, f"y_{part}")


def _of_training(data, example):
    """The example as explain_step wants it. Raises ValueError if there is no such example."""
    if example is None:
        return None
    part, i = _place(example)
    X, y = _part(data, part)
    if i >= len(y):
        raise ValueError(f"There is no example {i:,}: this part of the data has {len(y):,}, counted from 0.")
    return i if part == "train" else (X[i], int(y[i]))


def _title(data, example, in_batch):
    part, i = _place(example)
    where = "" if in_batch else ", not in the batch"
    return f"{PARTS[part]} {i}: {data.class_names[_part(data, part)[1][i]]}{where}"


def _in_words(network, data, name):
    """What a weight connects, or which unit a bias belongs to."""
    _, index = place_of(network.params, name)
    l = int(name[1 : name.index("[")])

    def unit(layer, i):
        if layer == 1:
            return f"{FEATURES[data.features[i]].title}" if data.features else f"input {i + 1}"
        return f"class {data.class_names[i]}" if layer > network.depth else f"unit {i + 1} of hidden layer {layer - 1}"

    to = unit(l + 1, index[-1])
    return f"{unit(l, index[0])} → {to}" if len(index) == 2 else f"the bias of {to}"
