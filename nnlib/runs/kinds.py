"""The kinds of run, and everything that differs between them, in one table.

Nothing here imports torch, Optuna or Dask: the server knows all kinds, and only a worker trains.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from nnlib.deep.memory import memory_bytes as deep_memory_bytes
from nnlib.deep.settings import DepthTable, MlpExperiment
from nnlib.experiment.memory import memory_bytes
from nnlib.experiment.settings import Experiment
from nnlib.parameter_entry import is_entry
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import StudySettings
from nnlib.support.settings import Settings

Label = Callable[[dict, Sequence[dict]], str]


@dataclass(frozen=True)
class Kind:
    """What is particular to one kind of run.

    Attributes
    ----------
    settings : class of Settings
    label : function of the settings and the run's control events
        Describes a run in a few characters, for legends.
    memory : function of the settings (an instance)
        Bytes of memory that a process which trains the run's largest network needs.
    job : "module:class"
        The Job that a worker does, imported only by a worker.
    checkpoint : name of the checkpoint's file in the run folder
    offers_checkpoint : whether the checkpoint can be downloaded, so that it is of use when the run has ended
    starts : message while a worker loads a slow library or starts processes, or None
    changeable : names of the settings that a running network accepts new values of
    same_task : names of the settings that two runs must share to be drawn over each other; None: such runs never are
    is_study : whether Dask's workers train its networks, each in a process: those of this machine share its cores
    """

    settings: type[Settings]
    label: Label
    memory: Callable[[Any], int]
    job: str
    checkpoint: str
    offers_checkpoint: bool = False
    starts: str | None = None
    changeable: tuple[str, ...] = ()
    same_task: tuple[str, ...] | None = None
    is_study: bool = False

    def job_class(self) -> type:
        """Import and return the Job class."""
        return resolve_name(f"nnlib.runs.worker.{self.job}")


def train_label(settings: dict, controls: Sequence[dict] = ()) -> str:
    """Describe a NumPy network: hidden sizes, learning rate (from the first to the one last set), optimiser, σ, edits."""
    hidden = "·".join(map(str, settings["hidden"])) or "none"
    rates = [settings["learning_rate"], *(control["learning_rate"] for control in controls)]
    rate = f"{rates[0]:g}" if rates[-1] == rates[0] else f"{rates[0]:g} → {rates[-1]:.2g}"
    first = f" · σ {settings['std']:g}" if settings["init"] == "normal" else ""
    dropout = f" · dropout {settings['dropout']:g}" if settings.get("dropout") else ""
    edits = (
        " · weights set by hand" if any(is_entry(name) for control in controls for name in control.get("changed", ())) else ""
    )
    return f"H {hidden} · lr {rate} · {settings['optimiser']}{first}{dropout}{edits}"


def depth_label(settings: dict, controls: Sequence[dict] = ()) -> str:
    """Describe a PyTorch network: depth, width where all layers are alike, initialisation, and what differs from the report."""
    first = f"σ {settings['std']:g}" if settings["init"] == "normal" else NAMES[settings["init"]]
    channels = settings.get("channels")
    network = f"conv {'·'.join(map(str, channels))}" if channels else layers_label(settings["depth"], settings["widths"])
    parts = [network, first]
    if settings["batch_norm"]:
        parts.append("BatchNorm")
    elif settings.get("layer_norm"):  # runs from before this setting do not have it
        parts.append("LayerNorm")
    if settings.get("residual"):
        parts.append("residual")
    if settings["dropout"]:
        parts.append(f"dropout {settings['dropout']:g}")
    if settings["optimiser"] != REPORT.optimiser:
        parts.append(NAMES[settings["optimiser"]])
    if settings["learning_rate"] != REPORT.learning_rate:
        parts.append(f"lr {settings['learning_rate']:g}")
    if settings["weight_decay"] != REPORT.weight_decay:
        parts.append(f"decay {settings['weight_decay']:g}")
    return " · ".join(parts)


def layers_label(depth: int, widths: Sequence[int]) -> str:
    """Describe the hidden layers: "3 layers of 512", or "3 layers" where their widths differ."""
    return f"{depth} layer{'s' * (depth > 1)}" + (f" of {widths[0]}" if len(widths) == 1 else "")


def table_label(settings: dict, controls: Sequence[dict] = ()) -> str:
    """Describe a table by its depths, and how many cures it compares."""
    cures = len(settings.get("cures", ()))
    return f"depths {', '.join(map(str, settings['depths']))}" + (f" · {cures} cure{'s' * (cures > 1)}" if cures else "")


def study_label(settings: dict, controls: Sequence[dict] = ()) -> str:
    """Describe a study by its axes, data set and sampler."""
    return f"{', '.join(settings['vary'])} · {settings['dataset']} · {settings['sampler']}"


def race_label(settings: dict, controls: Sequence[dict] = ()) -> str:
    """Describe a race by its data set and the trials of each sampler."""
    trials = RaceSettings.from_dict(settings).trials
    return f"grid, random, TPE · {settings['dataset']} · {trials} trials each"


def study_memory(settings: StudySettings) -> int:
    """Bytes for the largest network of a study."""
    return memory_bytes(settings.experiment({name: values[-1] for name, values in settings.values.items()}))


def race_memory(settings: RaceSettings) -> int:
    """Bytes for the largest network of a race."""
    return study_memory(settings.study("grid"))


REPORT = MlpExperiment()
NAMES = {
    "he": "He", "xavier": "Xavier", "torch": "PyTorch's start", "orthogonal": "orthogonal",
    "adamw": "AdamW", "momentum": "momentum", "sgd": "SGD",
}  # fmt: skip

KINDS = {
    "train": Kind(
        Experiment, train_label, memory_bytes, "network_job:NetworkJob", "checkpoint.npz", offers_checkpoint=True,
        changeable=("learning_rate", "reg", "batch_size"), same_task=("dataset", "points"),
    ),
    "depth": Kind(
        MlpExperiment, depth_label, deep_memory_bytes, "deep_jobs:DepthJob", "checkpoint.pt", starts="Starting PyTorch",
        same_task=("dataset",),
    ),
    "table": Kind(
        DepthTable, table_label, deep_memory_bytes, "deep_jobs:TableJob", "checkpoint.pt", starts="Starting PyTorch"
    ),
    "study": Kind(
        StudySettings, study_label, study_memory, "study_job:StudyJob", "checkpoint.json", starts="Starting workers",
        is_study=True,
    ),
    "search": Kind(  # a race of samplers; run folders, links and the protocol call it "search"
        RaceSettings, race_label, race_memory, "race_job:RaceJob", "checkpoint.json", starts="Starting workers", is_study=True
    ),
}  # fmt: skip
