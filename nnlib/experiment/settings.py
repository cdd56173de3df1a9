"""An experiment: which network learns what, and how. What the command line, a link and a checkpoint all mean by "settings"."""

from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

import numpy as np

from nnlib.activations import ACTIVATIONS
from nnlib.data import COORDINATES, DATASETS, FEATURES, NOISE_RANGE, Dataset, flip_horizontally, load_dataset
from nnlib.data.progress import Progress
from nnlib.initialisers import INITIALISERS
from nnlib.losses import PENALTIES
from nnlib.network import MLP
from nnlib.optimisers import OPTIMISERS
from nnlib.schedules import SCHEDULES
from nnlib.support.settings import Field, Settings, setting
from nnlib.support.validation import whole_from_environment
from nnlib.training import Training

MAX_LAYERS = whole_from_environment("NNLIB_MAX_LAYERS", 5)  # hidden layers
MAX_UNITS = whole_from_environment("NNLIB_MAX_UNITS", 1024)  # in each of them
MAX_ITERATIONS = whole_from_environment("NNLIB_MAX_ITERATIONS", 1_000_000)
MAX_BATCH = whole_from_environment("NNLIB_MAX_BATCH", 2048)


def _sets(suits):
    """For `only_if`: the data sets that `suits` accepts."""
    return "dataset", tuple(name for name, entry in DATASETS.items() if suits(entry))


OF_POINTS, OF_IMAGES = _sets(lambda entry: entry.kind == "2d"), _sets(lambda entry: entry.kind == "image")
PENALTY_AND_SEED = "Schedule, penalty and seed"


@dataclass(frozen=True)
class Experiment(Settings):
    """All settings of one run. Make one with `Experiment.from_dict`, which checks.

    `training_on(load())` is the Training that they describe.
    """

    # fmt: off
    dataset: str = setting(
        "spiral", Field("choice", choices=tuple(DATASETS)), group="Data", label="Data set",
        help="What the network learns: points in a plane, where you see the whole problem, or images.",
        titles={name: entry.title for name, entry in DATASETS.items()},
    )
    points: str | None = setting(
        None, Field("digest", optional=True), group="Data", label="File of points", only_if=_sets(lambda entry: entry.upload),
        help="CSV or text with the columns x, y and label, named or in this order: up to 10 classes and 20,000 rows.",
        cli="the identifier of an uploaded set",
    )
    noise: float | None = setting(  # None: the data set's own
        None, Field("float", *NOISE_RANGE, optional=True), group="Data", label="Noise", step=0.01,
        help="How far the points lie from their shape. With more noise the classes overlap, and overfitting is easier to see.",
        only_if=_sets(lambda entry: entry.noise is not None),
    )
    train_share: float = setting(
        0.5, Field("float", 0.1, 0.9), group="Data", label="Share to train on", step=0.05, only_if=OF_POINTS,
        help="The share of the points used for training. With fewer, the network fits them sooner and generalises worse.",
    )
    features: tuple = setting(
        COORDINATES, Field("names", choices=tuple(FEATURES), shortest=1), group="Data", label="Inputs", only_if=OF_POINTS,
        help="What the network is given of a point. x₁ and x₂ run from −1 to 1, and sin πx makes one whole wave in between. "
        "An input that suits the data saves hidden units: with x₁² and x₂², two circles need none.",
        titles={name: feature.title for name, feature in FEATURES.items()},
    )
    standardise: bool = setting(
        False, Field("bool"), group="Data", label="Standardise the inputs", only_if=OF_IMAGES,
        help="Divides the inputs by their standard deviation, so that one learning rate suits every input.",
    )
    flips: bool = setting(
        False, Field("bool"), group="Data", label="Mirror images at random", only_if=OF_IMAGES,
        help="Mirrors training images at random. This adds variety, as long as a mirrored image still shows the same class.",
    )
    hidden: tuple = setting(
        (50,), Field("widths", 1, MAX_UNITS, longest=MAX_LAYERS), group="Network", label="Hidden layers",
        help="Units in each hidden layer. Every unit adds a bend to the borders between the classes.",
    )
    activation: str = setting(
        "relu", Field("choice", choices=tuple(ACTIVATIONS)), group="Network", label="Activation",
        help="The function applied to a unit's sum. With identity, any number of layers computes no more than one layer.",
        titles={"relu": "ReLU", "identity": "identity (none)"},
    )
    activations: tuple = setting(  # of the first layers; the others have `activation`
        (), Field("names", choices=tuple(ACTIVATIONS), longest=MAX_LAYERS, repeats=True), group="Network",
        label="An activation for each layer", titles={"relu": "ReLU", "identity": "identity (none)"},
        help="Lets you choose the activation of every hidden layer on its own, from the first to the last.",
    )
    dropout: float = setting(
        0.0, Field("float", 0, 0.9), group="Network", label="Dropout", step=0.05,
        help="While the network trains, every hidden unit is left out with this probability, for each example anew. No unit "
        "can rely on the others, which is a remedy for overfitting.",
    )
    init: str = setting(
        "he", Field("choice", choices=tuple(INITIALISERS)), group="Network", label="Initial weights",
        help="How the initial weights are drawn. He preserves the size of the signal from layer to layer with ReLU, and "
        "Xavier with tanh.",
        titles={"normal": "normal, σ of your choice", "he": "He", "xavier": "Xavier", "zeros": "all zeros"},
    )
    std: float = setting(
        1e-4, Field("float", 0, 10), group="Network", label="Initial σ", only_if=("init", ("normal",)),
        marks=(1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0),
        help="Standard deviation of the initial weights. If it is too small, the signal shrinks from layer to layer; too "
        "large, and it grows.",
    )
    learning_rate: float = setting(
        0.1, Field("float", 0, 100), group="Training", label="Learning rate", step=1e-3, option="lr",
        help="How far each update moves the weights: too small learns slowly, too large overshoots and diverges.",
    )
    batch_size: int = setting(
        64, Field("int", 1, MAX_BATCH), group="Training", label="Batch size", step=10,
        help="Examples averaged in one update: small batches are noisy and quick, large ones steady and slow.",
    )
    reg: float = setting(
        1e-4, Field("float", 0, 100), group="Training", label="Penalty λ", step=1e-4,
        help="Strength of the penalty on large weights, not biases. Some improves generalisation; too much prevents learning. "
        "On Depth, a weight decay of 2λ does the same to weights with SGD.",
    )
    penalty: str = setting(
        "l2", Field("choice", choices=PENALTIES), group=PENALTY_AND_SEED, label="Kind of penalty",
        help="L2 shrinks large weights most; L1 pulls all weights towards zero with the same strength.",
        titles={"l2": "L2: λ Σ w²", "l1": "L1: λ Σ |w|"},
    )
    optimiser: str = setting(
        "sgd", Field("choice", choices=tuple(OPTIMISERS)), group="Training", label="Optimiser",
        help="How a gradient becomes an update. Momentum sums past gradients; Adam adapts the step to each weight.",
        titles={"sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam"},
    )
    schedule: str = setting(
        "constant", Field("choice", choices=tuple(SCHEDULES)), group=PENALTY_AND_SEED, label="Learning-rate schedule",
        help="How the learning rate changes during training: large steps at first, small steps towards the end.",
        titles={"decay": "decay every epoch", "cosine": "cosine to zero"},
    )
    lr_decay: float = setting(
        0.95, Field("float", 0.01, 1), group=PENALTY_AND_SEED, label="Decay an epoch", step=0.01,
        help="Factor on the learning rate after every epoch. With 0.95 it halves in about 14 epochs. An epoch has passed when "
        "as many examples were drawn as there are to train on; a step counts as one epoch at most.",
        only_if=("schedule", ("decay",)),
    )
    iterations: int | None = setting(  # None: no limit but MAX_ITERATIONS
        20_000, Field("int", 1, MAX_ITERATIONS, optional=True, none="no limit"), group="Training", label="Iterations",
        step=1000, help="How many updates to make. More give the network time to learn, and to overfit.",
    )
    seed: int = setting(
        0, Field("int", 0, 2**31 - 1), group=PENALTY_AND_SEED, label="Seed",
        help="Start of all random numbers. The same seed repeats the run exactly; another shows how much was luck.",
    )
    data_seed: int | None = setting(  # None: the seed
        None, Field("int", 0, 2**31 - 1, optional=True, none="the seed"), group=PENALTY_AND_SEED, label="Seed of the data",
        help="Draws the data, or divides them into training, validation and test data. Left empty, the seed does that too. "
        "With a seed of their own, the data stay as they are when the seed, and with it the initial weights, changes.",
        only_if=_sets(lambda entry: entry.name != "cifar10"),  # whose division is always the same
    )
    # fmt: on

    def check_together(self) -> None:
        """Raises ValueError if uploaded points are to be learned and none are named, or a cosine has no end."""
        if self.dataset == "points" and self.points is None:
            raise ValueError("points is missing: upload a file with the columns x, y, label first.")
        if self.schedule == "cosine" and self.iterations is None:
            raise ValueError("iterations is missing: a cosine falls to zero at the last one.")

    @property
    def input_size(self) -> int:
        """The number of inputs of the network."""
        return len(self.features) if self.applies("features") else DATASETS[self.dataset].inputs

    @property
    def activation_of_layers(self) -> list[str]:
        """The activation of each hidden layer."""
        return [own or self.activation for _, own in zip_longest(self.hidden, self.activations)][: len(self.hidden)]

    @property
    def last_step(self) -> int:
        """The step at which the training ends if nobody stops it."""
        return MAX_ITERATIONS if self.iterations is None else self.iterations

    def load(self, progress: Progress | None = None) -> Dataset:
        """The Dataset. `progress(what, done, total)` as in load_dataset. Raises DataError if it cannot be had."""
        return load_dataset(
            self.dataset,
            noise=self.noise,
            train_share=self.train_share,
            seed=self.seed if self.data_seed is None else self.data_seed,
            standardise=self.standardise,
            points=self.points,
            features=self.features,
            progress=progress,
        )

    def network_for(self, data: Dataset) -> MLP:
        """The untrained MLP for the Dataset, in float32."""
        sizes = (data.input_size, *self.hidden, data.classes)
        return MLP(sizes, self.activation_of_layers, self.init, self.std, self.penalty, self.seed, np.float32)

    def training_on(self, data: Dataset) -> Training:
        """A Training on the Dataset, from newly drawn weights."""
        augment = partial(_flip, data.image_shape) if self.flips and data.image_shape else None
        X_train = data.X_train if data.image_shape else np.asarray(data.X_train, np.float32)
        return Training(
            self.network_for(data), X_train, data.y_train, data.X_val, data.y_val,
            learning_rate=self.learning_rate, reg=self.reg, iterations=self.last_step, batch_size=self.batch_size,
            lr_decay=self.lr_decay, schedule=self.schedule, optimiser=self.optimiser, seed=self.seed, augment=augment,
            dropout=self.dropout, open_end=self.iterations is None,
        )  # fmt: skip


def _flip(image_shape, batch, rng):
    return flip_horizontally(batch, image_shape, rng)
