"""A run of Train as files that need nothing of this project. What each holds is in nnlib/export."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib.data import DATASETS
from nnlib.experiment.checkpoint import load_checkpoint
from nnlib.experiment.settings import Experiment
from nnlib.export import PROGRAMS, Recipe
from nnlib.export.replay import replay
from nnlib.runs.snapshots import read_frame, snapshots
from nnlib.runs.store import RunFolder
from nnlib.runs.story import story


@dataclass(frozen=True)
class Form:
    """A kind of file.

    Parameters
    ----------
    ending : str
        Of the file's name.
    media_type : str
    of_run : function
        Returns the file of a run folder, as far as the run has come. Raises ValueError, with a sentence for the learner, if
        there is nothing to make it of.
    """

    ending: str
    media_type: str
    of_run: Callable[[RunFolder], bytes]


def recipe_of(run: RunFolder) -> Recipe:
    """Return how to repeat a run, as far as it has come. Raises ValueError if it cannot be repeated."""
    if run.about["kind"] != "train":
        raise ValueError("Only a run of Train can be taken home.")
    return Recipe.of_run(Experiment.from_dict(run.about["settings"]), run.events())


def _program(name):
    return lambda run: PROGRAMS[name](recipe_of(run)).encode()


def _replay(run):
    recipe = recipe_of(run)
    found = snapshots(run)
    if not found:
        raise ValueError("This run has no snapshots to replay: it was trained by an earlier version of this app.")
    about = run.about | {"run": "replay"}  # the id is the key to the run
    events = [json.loads(line) for line in story(run, about)] + [{"event": "state", "state": run.status[0]}]
    title = f"A network learns: {DATASETS[recipe.settings.dataset].title}"
    return replay(title, events, [read_frame(run, snapshot) for snapshot in found]).encode()


def _weights(run):
    """Its newest weights and biases as arrays W1, b1, W2, …, for np.load."""
    recipe_of(run)  # raises where there is none
    arrays = load_checkpoint(run.checkpoint)[0]["arrays"]
    file = io.BytesIO()
    np.savez(file, **{name.removeprefix("params/"): array for name, array in arrays.items() if name.startswith("params/")})
    return file.getvalue()


FORMS = {
    "script": Form(".py", "text/x-python", _program("script")),
    "notebook": Form(".ipynb", "application/x-ipynb+json", _program("notebook")),
    "torch": Form("-torch.py", "text/x-python", _program("torch")),
    "html": Form(".html", "text/html", _replay),
    "weights": Form(".npz", "application/octet-stream", _weights),
}
