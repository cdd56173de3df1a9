"""An experiment: which network learns what, and how. What the command line, a link and a checkpoint all mean by "settings".

One table, FIELDS, says of every setting what it may be; whoever takes settings from outside goes through it.
"""

import re
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np

from nnlib.activations import ACTIVATIONS
from nnlib.data import DATASETS, NOISE_RANGE, flip_horizontally, load_dataset
from nnlib.initialisers import INITIALISERS
from nnlib.losses import PENALTIES
from nnlib.network import MLP
from nnlib.optimisers import OPTIMISERS
from nnlib.schedules import SCHEDULES
from nnlib.training import Training
from nnlib.validation import integer, number, one_of, shown, whole_from_environment

MAX_LAYERS = whole_from_environment("NNLIB_MAX_LAYERS", 5)  # hidden layers
MAX_UNITS = whole_from_environment("NNLIB_MAX_UNITS", 1024)  # in each of them
MAX_ITERATIONS = whole_from_environment("NNLIB_MAX_ITERATIONS", 1_000_000)
MAX_BATCH = whole_from_environment("NNLIB_MAX_BATCH", 2048)


@dataclass(frozen=True)
class Field:
    """What one setting may be. kind: "choice", "int", "float", "bool", "widths" (a tuple of ints) or "digest".

    optional: None is allowed too.
    """

    kind: str
    low: float = 0
    high: float = 0
    choices: tuple = ()
    optional: bool = False

    def check(self, name, value):
        """`value` in its proper type. Raises ValueError with one sentence that names it and what is allowed."""
        if value is None and self.optional:
            return None
        if self.kind == "choice":
            return one_of(name, value, self.choices)
        if self.kind == "int":
            return integer(name, value, self.low, self.high)
        if self.kind == "float":
            return number(name, value, self.low, self.high)
        if self.kind == "bool":
            if not isinstance(value, bool):
                raise ValueError(f"{name} = {shown(value)}: must be true or false.")
            return value
        if self.kind == "digest":
            if not (isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)):
                raise ValueError(f"{name} = {shown(value)}: is not the mark of an uploaded set of points.")
            return value
        return self._check_widths(name, value)

    def parse(self, name, text):
        """Read the value from `text`, as it stands in a link or on a command line. Raises ValueError."""
        text = text.strip()
        if self.kind == "widths":
            return self.check(name, [_whole(part) for part in text.split(",")] if text not in ("", "none") else [])
        if self.kind == "int":
            return self.check(name, _whole(text))
        if self.kind == "float":
            return self.check(name, _real(text))
        if self.kind == "bool":
            return self.check(name, {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text))
        return self.check(name, text)

    def _check_widths(self, name, value):
        def fits(width):
            return isinstance(width, int) and not isinstance(width, bool) and self.low <= width <= self.high

        if not (isinstance(value, (list, tuple)) and len(value) <= MAX_LAYERS and all(map(fits, value))):
            raise ValueError(
                f"{name} = {shown(value)}: must be the units of up to {MAX_LAYERS} hidden layers, 1 to {self.high:,} each."
            )
        return tuple(value)


def _whole(text):
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,12}", text.strip()) else text


def _real(text):
    return float(text) if re.fullmatch(r"[+-]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?", text) else text


FIELDS = {
    "dataset": Field("choice", choices=tuple(DATASETS)),
    "points": Field("digest", optional=True),
    "noise": Field("float", *NOISE_RANGE, optional=True),
    "train_share": Field("float", 0.1, 0.9),
    "standardise": Field("bool"),
    "flips": Field("bool"),
    "hidden": Field("widths", 1, MAX_UNITS),
    "activation": Field("choice", choices=tuple(ACTIVATIONS)),
    "init": Field("choice", choices=tuple(INITIALISERS)),
    "std": Field("float", 0, 10),
    "learning_rate": Field("float", 0, 100),
    "batch_size": Field("int", 1, MAX_BATCH),
    "reg": Field("float", 0, 100),
    "penalty": Field("choice", choices=PENALTIES),
    "optimiser": Field("choice", choices=tuple(OPTIMISERS)),
    "schedule": Field("choice", choices=tuple(SCHEDULES)),
    "lr_decay": Field("float", 0.01, 1),
    "iterations": Field("int", 1, MAX_ITERATIONS),
    "seed": Field("int", 0, 2**31 - 1),
}


@dataclass(frozen=True)
class Experiment:
    """All settings of one run. Make one with `Experiment.from_dict`, which checks.

    `training_on(load())` is the Training that they describe.
    """

    dataset: str = "spiral"
    points: str | None = None  # the mark of an uploaded set, for the data set "points"
    noise: float | None = None  # of generated points; None is the data set's own
    train_share: float = 0.5
    standardise: bool = False
    flips: bool = False  # mirror training images at random
    hidden: tuple = (50,)
    activation: str = "relu"
    init: str = "he"
    std: float = 1e-4  # of the initialiser "normal"
    learning_rate: float = 0.1
    batch_size: int = 64
    reg: float = 1e-4  # λ
    penalty: str = "l2"
    optimiser: str = "sgd"
    schedule: str = "constant"
    lr_decay: float = 0.95  # an epoch, for the schedule "decay"
    iterations: int = 20_000
    seed: int = 0

    def __post_init__(self):
        """Defaults and presets are cut down to what the environment allows; `from_dict` refuses what is beyond it."""
        object.__setattr__(self, "hidden", tuple(min(width, MAX_UNITS) for width in self.hidden[:MAX_LAYERS]))
        object.__setattr__(self, "batch_size", min(self.batch_size, MAX_BATCH))
        object.__setattr__(self, "iterations", min(self.iterations, MAX_ITERATIONS))

    @classmethod
    def from_dict(cls, settings):
        """The experiment that `settings` describes, defaults for what it leaves out.

        Raises ValueError, one sentence, for an unknown name, a value that is not allowed, or values that do not go together.
        """
        if not isinstance(settings, dict):
            raise ValueError("The settings must be an object of names and values.")
        unknown = settings.keys() - FIELDS.keys()
        if unknown:
            raise ValueError(f"{shown(sorted(map(str, unknown))[0])} is not a setting: there are {', '.join(FIELDS)}.")
        experiment = cls(**{name: FIELDS[name].check(name, value) for name, value in settings.items()})
        if experiment.dataset == "points" and experiment.points is None:
            raise ValueError("points is missing: upload a CSV file with the columns x, y, label first.")
        return experiment

    @classmethod
    def parse(cls, name, text):
        """The value of the setting `name` from `text`. Raises ValueError."""
        return FIELDS[one_of("setting", name, FIELDS)].parse(name, text)

    def to_dict(self):
        """All settings as JSON can hold them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def changes(self):
        """Only the settings that differ from the defaults, as `to_dict` gives them."""
        default = Experiment().to_dict()
        return {name: value for name, value in self.to_dict().items() if value != default[name]}

    def load(self, progress=None):
        """The Dataset. `progress(what, done, total)` as in load_dataset. Raises DataError if it cannot be had."""
        return load_dataset(
            self.dataset,
            noise=self.noise,
            train_share=self.train_share,
            seed=self.seed,
            standardise=self.standardise,
            points=self.points,
            progress=progress,
        )

    def training_on(self, data):
        """A Training on the Dataset, from newly drawn weights, in float32."""
        sizes = (data.input_size, *self.hidden, data.classes)
        network = MLP(sizes, self.activation, self.init, self.std, self.penalty, self.seed, np.float32)
        augment = partial(_flip, data.image_shape) if self.flips and data.image_shape else None
        X_train = data.X_train if data.image_shape else data.X_train.astype(np.float32)
        return Training(
            network, X_train, data.y_train, data.X_val, data.y_val,
            learning_rate=self.learning_rate, reg=self.reg, iterations=self.iterations, batch_size=self.batch_size,
            lr_decay=self.lr_decay, schedule=self.schedule, optimiser=self.optimiser, seed=self.seed, augment=augment,
        )  # fmt: skip


def _flip(image_shape, batch, rng):
    return flip_horizontally(batch, image_shape, rng)
