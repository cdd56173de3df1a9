"""The kinds of run: what the settings of each are, what may change on the way, and what a legend calls it.

Nothing here imports torch, Optuna or Dask: the server knows all kinds, and only a worker trains.
"""

from collections.abc import Callable
from dataclasses import dataclass

from nnlib.deep.settings import DepthTable, MlpExperiment
from nnlib.experiment.settings import Experiment
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import StudySettings


@dataclass(frozen=True)
class Kind:
    """
    settings    the Settings class
    label       (settings, control events) → a run in a few characters
    changeable  names of the settings that a running network takes a new value of
    task        names of the settings that two runs must share to be drawn over each other; None: such runs never are
    checkpoint  the name of the checkpoint's file
    study       whether Dask's workers train its networks, each a process: those of this machine share its cores
    """

    settings: type
    label: Callable
    changeable: tuple
    task: tuple | None
    checkpoint: str
    study: bool = False


def train_label(settings, controls=()):
    """`controls`, the run's control events, tell where its learning rate went."""
    hidden = "·".join(map(str, settings["hidden"])) or "none"
    rates = [settings["learning_rate"], *(control["learning_rate"] for control in controls)]
    rate = f"{rates[0]:g}" if rates[-1] == rates[0] else f"{rates[0]:g} → {rates[-1]:.2g}"
    first = f" · σ {settings['std']:g}" if settings["init"] == "normal" else ""
    return f"H {hidden} · lr {rate} · {settings['optimiser']}{first}"


def depth_label(settings, controls=()):
    """How deep, how wide where all layers are alike, how its weights begin, and what else is not as in the report."""
    first = f"σ {settings['std']:g}" if settings["init"] == "normal" else NAMES[settings["init"]]
    parts = [layers_label(settings["depth"], settings["widths"]), first]
    if settings["batch_norm"]:
        parts.append("BatchNorm")
    if settings["dropout"]:
        parts.append(f"dropout {settings['dropout']:g}")
    if settings["optimiser"] != REPORT.optimiser:
        parts.append(NAMES[settings["optimiser"]])
    if settings["learning_rate"] != REPORT.learning_rate:
        parts.append(f"lr {settings['learning_rate']:g}")
    if settings["weight_decay"] != REPORT.weight_decay:
        parts.append(f"decay {settings['weight_decay']:g}")
    return " · ".join(parts)


def layers_label(depth, widths):
    """How many hidden layers, and how wide if one width serves all: "3 layers", "3 layers of 512"."""
    return f"{depth} layer{'s' * (depth > 1)}" + (f" of {widths[0]}" if len(widths) == 1 else "")


def table_label(settings, controls=()):
    return f"depths {', '.join(map(str, settings['depths']))}"


def study_label(settings, controls=()):
    return f"{', '.join(settings['vary'])} · {settings['dataset']} · {settings['sampler']}"


def race_label(settings, controls=()):
    trials = RaceSettings.from_dict(settings).trials
    return f"grid, random, TPE · {settings['dataset']} · {trials} trials each"


REPORT = MlpExperiment()
NAMES = {
    "he": "He", "xavier": "Xavier", "torch": "PyTorch's start", "orthogonal": "orthogonal",
    "adamw": "AdamW", "momentum": "momentum", "sgd": "SGD",
}  # fmt: skip

KINDS = {
    "train": Kind(Experiment, train_label, ("learning_rate", "reg", "batch_size"), ("dataset", "points"), "checkpoint.npz"),
    "depth": Kind(MlpExperiment, depth_label, (), ("dataset",), "checkpoint.pt"),
    "table": Kind(DepthTable, table_label, (), None, "checkpoint.pt"),
    "study": Kind(StudySettings, study_label, (), None, "checkpoint.json", study=True),
    # A race of samplers. Run folders, links and the protocol call it "search".
    "search": Kind(RaceSettings, race_label, (), None, "checkpoint.json", study=True),
}
# What a worker has to start first, for the kinds where that takes seconds.
STARTS = {"depth": "Starting PyTorch", "table": "Starting PyTorch", "study": "Starting workers", "search": "Starting workers"}
