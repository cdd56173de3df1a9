"""The settings of a deep network trained with PyTorch: how deep, how wide, how it starts and how it learns.

Nothing here imports torch, so that pages and commands can offer, check and link settings without paying for it.
"""

from dataclasses import dataclass, fields

from nnlib.activations import ACTIVATIONS
from nnlib.data import DATASETS, load_dataset
from nnlib.schedules import SCHEDULES, one_cycle
from nnlib.support.settings import Field, Settings
from nnlib.support.validation import integer, whole_from_environment

MAX_DEPTH = 8  # hidden layers
MAX_WIDTH = whole_from_environment("NNLIB_MAX_WIDTH", 8192)  # units in each of them
MAX_EPOCHS = whole_from_environment("NNLIB_MAX_EPOCHS", 500)
MAX_BATCH = whole_from_environment("NNLIB_MAX_TORCH_BATCH", 8192)

WIDTHS = (50, 40, 30, 20)  # the report's; a deeper network goes on with 20
MAX_WEIGHTS = whole_from_environment("NNLIB_MAX_WEIGHTS", 100_000_000)  # of a network: 16 bytes each while Adam trains it
MAX_STEPS = whole_from_environment("NNLIB_MAX_ITERATIONS", 1_000_000)  # of a run, all its networks together
SPLIT_SEED = 0  # the seed of a network is that of its weights and batches: all networks learn from the same images
MLP_SCHEDULES = SCHEDULES | {"one_cycle": one_cycle}
MOMENTUM = 0.9  # of the optimiser "momentum"
CLUSTER = "cluster"  # as a device: that of a worker with a GPU, through its Dask scheduler
DEVICES = ("auto", "cpu", "mps", "cuda", *(f"cuda:{i}" for i in range(16)), CLUSTER)


@dataclass(frozen=True)
class ImageSet:
    """A data set of images, kept as bytes on the device: numbers in an image, and images to train on."""

    inputs: int
    images: int


IMAGE_SETS = {"cifar10": ImageSet(3072, 49_000), "digits": ImageSet(64, 1297)}

FIELDS = {
    "dataset": Field("choice", choices=tuple(IMAGE_SETS)),
    "depth": Field("int", 1, MAX_DEPTH),
    "widths": Field("widths", 1, MAX_WIDTH, shortest=1, longest=MAX_DEPTH),
    "activation": Field("choice", choices=tuple(ACTIVATIONS)),
    "init": Field("choice", choices=("normal", "he", "xavier", "torch", "orthogonal")),
    "std": Field("float", 0, 10),
    "batch_norm": Field("bool"),
    "dropout": Field("float", 0, 0.95),
    "optimiser": Field("choice", choices=("adam", "adamw", "momentum", "sgd")),
    "learning_rate": Field("float", 0, 100),
    "weight_decay": Field("float", 0, 10),
    "schedule": Field("choice", choices=tuple(MLP_SCHEDULES)),
    "lr_decay": Field("float", 0.01, 1),
    "label_smoothing": Field("float", 0, 0.9),
    "shift": Field("int", 0, 8),
    "flips": Field("bool"),
    "batch_size": Field("int", 2, MAX_BATCH),
    "epochs": Field("int", 0, MAX_EPOCHS),
    "precision": Field("choice", choices=("float32", "tf32", "bf16")),
    "device": Field("choice", choices=DEVICES),
    "seed": Field("int", 0, 2**31 - 1),
}


@dataclass(frozen=True)
class MlpExperiment(Settings):
    """All settings of one run. Make one with `MlpExperiment.from_dict`, which checks. The defaults are the report's.

    `TorchTraining(experiment, experiment.load())` in nnlib.deep.training is the training that they describe.
    """

    FIELDS = FIELDS

    dataset: str = "cifar10"
    depth: int = 2  # hidden layers
    widths: tuple = WIDTHS  # of the first layers; the last of these numbers serves all further ones
    activation: str = "relu"
    init: str = "normal"
    std: float = 1e-3  # σ of the initialiser "normal"
    batch_norm: bool = False  # after each hidden Linear
    dropout: float = 0.0  # share of the hidden units set to 0 in training
    optimiser: str = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 1e-3  # as torch.optim has it: added to the gradient (adam, momentum, sgd) or decoupled (adamw)
    schedule: str = "decay"
    lr_decay: float = 0.95  # an epoch, for the schedule "decay"
    label_smoothing: float = 0.0
    shift: int = 0  # training images move by up to so many pixels each way
    flips: bool = False  # training images are mirrored at random
    batch_size: int = 200
    epochs: int = 10
    precision: str = "float32"  # of matrix products on a CUDA device; elsewhere always float32
    device: str = "auto"
    seed: int = 0

    def __post_init__(self):
        """Defaults and presets are cut down to what the environment allows; `from_dict` refuses what is beyond it."""
        object.__setattr__(self, "widths", tuple(min(width, MAX_WIDTH) for width in self.widths))
        object.__setattr__(self, "batch_size", min(self.batch_size, MAX_BATCH))
        object.__setattr__(self, "epochs", min(self.epochs, MAX_EPOCHS))

    @property
    def hidden(self):
        """The units of each of the `depth` hidden layers, a tuple."""
        return tuple(self.widths[min(l, len(self.widths) - 1)] for l in range(self.depth))

    @property
    def sizes(self):
        """Units of every layer, inputs and classes included."""
        return (IMAGE_SETS[self.dataset].inputs, *self.hidden, DATASETS[self.dataset].classes)

    @property
    def weights(self):
        """How many weights the network has, biases apart."""
        return sum(fan_in * fan_out for fan_in, fan_out in zip(self.sizes, self.sizes[1:]))

    @property
    def steps(self):
        """Of the whole training: an epoch has as many whole batches as there are."""
        images = IMAGE_SETS[self.dataset].images
        return self.epochs * (images // min(self.batch_size, images))

    def check_together(self):
        """Raises ValueError for a network of too many weights, or a training of too many steps."""
        if self.weights > MAX_WEIGHTS:
            raise ValueError(
                f"widths = {', '.join(map(str, self.hidden))}: these layers have {self.weights:,} weights, and at most "
                f"{MAX_WEIGHTS:,} are allowed here. Choose fewer or narrower layers."
            )
        if self.steps > MAX_STEPS:
            raise ValueError(_too_many_steps(self.steps))

    def load(self, progress=None):
        """The Dataset. `progress(what, done, total)` as in load_dataset. Raises DataError if it cannot be had."""
        return load_dataset(self.dataset, seed=SPLIT_SEED, progress=progress)


def _too_many_steps(steps):
    return (
        f"epochs and batch_size ask for {steps:,} steps, and at most {MAX_STEPS:,} are allowed here. Choose fewer epochs, "
        "larger batches, or fewer networks."
    )


TABLE_FIELDS = {
    "depths": Field("widths", 1, MAX_DEPTH, shortest=1, longest=MAX_DEPTH, counted="{} different depths"),
    "seeds": Field("int", 1, 10),
}


@dataclass(frozen=True)
class DepthTable(MlpExperiment):
    """One experiment at several depths, each repeated with several seeds. The defaults are the report's table.

    Its own `depth` means nothing; `seed` is the first of the seeds.
    """

    FIELDS = FIELDS | TABLE_FIELDS

    depths: tuple = (1, 2, 3, 4)
    seeds: int = 1  # networks of each depth

    def check_together(self):
        """Raises ValueError for a depth that is named twice, a last seed that is none, or too many weights or steps."""
        if len(set(self.depths)) < len(self.depths):
            raise ValueError(f"depths = {', '.join(map(str, self.depths))}: must not name a depth twice.")
        integer("seed + seeds - 1", self.seed + self.seeds - 1, 0, FIELDS["seed"].high)
        experiments = self.experiments()
        for experiment in experiments:
            experiment.check_together()
        if (steps := sum(experiment.steps for experiment in experiments)) > MAX_STEPS:
            raise ValueError(_too_many_steps(steps))

    def experiments(self):
        """The MlpExperiments of the table, depth by depth, and seed by seed within."""
        shared = {field.name: getattr(self, field.name) for field in fields(MlpExperiment)}
        return [
            MlpExperiment(**shared | {"depth": depth, "seed": self.seed + i})
            for depth in self.depths
            for i in range(self.seeds)
        ]  # fmt: skip


def report_network(depth=2):
    """The report's network with `depth` (1 to 8) hidden layers: learns with one or two, stays at chance with three."""
    return MlpExperiment(depth=integer("depth", depth, 1, MAX_DEPTH))


# Experiments worth starting from, by a short name that a link or a command may use.
MLP_PRESETS = {
    "report": report_network(),
    # The report's best model, blocks of Linear, BatchNorm, ReLU and Dropout. Its widths are not told; these reach its 55.8 % on
    # validation within its 20 epochs.
    "report-best": MlpExperiment(
        depth=2, widths=(512,), init="torch", batch_norm=True, dropout=0.4, weight_decay=0.0, epochs=20,
    ),
    # The best we know without a convolution.
    "best": MlpExperiment(
        depth=3, widths=(2048,), init="he", batch_norm=True, dropout=0.2, optimiser="adamw", learning_rate=2e-3,
        weight_decay=0.05, schedule="one_cycle", label_smoothing=0.1, shift=3, flips=True, batch_size=256, epochs=100,
        precision="bf16",
    ),
}  # fmt: skip
