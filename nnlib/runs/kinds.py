"""The kinds of run: what the settings of each are, what may change on the way, and what a legend calls it.

Nothing here imports torch: the server knows all kinds, and only a worker trains.
"""

from collections.abc import Callable
from dataclasses import dataclass

from nnlib.experiment import Experiment
from nnlib.mlp_experiment import DepthTable, MlpExperiment
from nnlib.validation import one_of


@dataclass(frozen=True)
class Kind:
    """
    settings    the Settings class
    label       (settings, control events) → a run in a few characters
    changeable  names of the settings that a running network takes a new value of
    task        names of the settings that two runs must share to be drawn over each other; None: such runs never are
    checkpoint  the name of the checkpoint's file
    """

    settings: type
    label: Callable
    changeable: tuple
    task: tuple | None
    checkpoint: str


def kind_named(name):
    """The Kind called `name`. Raises ValueError."""
    return KINDS[one_of("kind", name, KINDS)]


def train_label(settings, controls=()):
    """`controls`, the run's control events, tell where its learning rate went."""
    hidden = "·".join(map(str, settings["hidden"])) or "none"
    rates = [settings["learning_rate"], *(control["learning_rate"] for control in controls)]
    rate = f"{rates[0]:g}" if rates[-1] == rates[0] else f"{rates[0]:g} → {rates[-1]:.2g}"
    first = f" · σ {settings['std']:g}" if settings["init"] == "normal" else ""
    return f"H {hidden} · lr {rate} · {settings['optimiser']}{first}"


def depth_label(settings, controls=()):
    """How deep, how wide where all layers are alike, how its weights begin, and BatchNorm."""
    depth, widths = settings["depth"], settings["widths"]
    layers = f"{depth} layer{'s' * (depth > 1)}" + (f" of {widths[0]}" if len(widths) == 1 else "")
    first = f"σ {settings['std']:g}" if settings["init"] == "normal" else STARTS[settings["init"]]
    return " · ".join([layers, first, *(["BatchNorm"] if settings["batch_norm"] else [])])


def table_label(settings, controls=()):
    return f"depths {', '.join(map(str, settings['depths']))}"


STARTS = {"he": "He", "xavier": "Xavier", "torch": "PyTorch's start", "orthogonal": "orthogonal"}

KINDS = {
    "train": Kind(Experiment, train_label, ("learning_rate", "reg", "batch_size"), ("dataset", "points"), "checkpoint.npz"),
    "depth": Kind(MlpExperiment, depth_label, (), ("dataset",), "checkpoint.pt"),
    "table": Kind(DepthTable, table_label, (), None, "checkpoint.pt"),
}
TORCH_KINDS = ("depth", "table")
