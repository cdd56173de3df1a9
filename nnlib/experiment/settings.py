"""An experiment: which network learns what, and how. What the command line, a link and a checkpoint all mean by "settings".

One table, FIELDS, says of every setting what it may be; whoever takes settings from outside goes through it.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from nnlib.activations import ACTIVATIONS
from nnlib.data import DATASETS, NOISE_RANGE, flip_horizontally, load_dataset
from nnlib.initialisers import INITIALISERS
from nnlib.losses import PENALTIES
from nnlib.network import MLP
from nnlib.optimisers import OPTIMISERS
from nnlib.schedules import SCHEDULES
from nnlib.support.settings import Field, Settings
from nnlib.support.validation import whole_from_environment
from nnlib.training import Training

MAX_LAYERS = whole_from_environment("NNLIB_MAX_LAYERS", 5)  # hidden layers
MAX_UNITS = whole_from_environment("NNLIB_MAX_UNITS", 1024)  # in each of them
MAX_ITERATIONS = whole_from_environment("NNLIB_MAX_ITERATIONS", 1_000_000)
MAX_BATCH = whole_from_environment("NNLIB_MAX_BATCH", 2048)


FIELDS = {
    "dataset": Field("choice", choices=tuple(DATASETS)),
    "points": Field("digest", optional=True),
    "noise": Field("float", *NOISE_RANGE, optional=True),
    "train_share": Field("float", 0.1, 0.9),
    "standardise": Field("bool"),
    "flips": Field("bool"),
    "hidden": Field("widths", 1, MAX_UNITS, longest=MAX_LAYERS),
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
class Experiment(Settings):
    """All settings of one run. Make one with `Experiment.from_dict`, which checks.

    `training_on(load())` is the Training that they describe.
    """

    FIELDS = FIELDS

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

    def check_together(self):
        """Raises ValueError for a learner's own points that are not named."""
        if self.dataset == "points" and self.points is None:
            raise ValueError("points is missing: upload a CSV file with the columns x, y, label first.")

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
