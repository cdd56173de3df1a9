"""The settings of a deep network trained with PyTorch: how deep, how wide, how it starts and how it learns.

Nothing here imports torch, so that pages and commands can offer, check and link settings without paying for it.
"""

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Self

from nnlib.data import DATASETS, Dataset, load_dataset
from nnlib.data.progress import Progress
from nnlib.experiment.settings import MAX_ITERATIONS, Experiment
from nnlib.schedules import SCHEDULES, one_cycle
from nnlib.support.settings import Field, Settings, setting
from nnlib.support.validation import integer, whole_from_environment

MAX_DEPTH = 16  # hidden layers
MAX_WIDTH = whole_from_environment("NNLIB_MAX_WIDTH", 8192)  # units in each of them
MAX_EPOCHS = whole_from_environment("NNLIB_MAX_EPOCHS", 500)
MAX_BATCH = whole_from_environment("NNLIB_MAX_TORCH_BATCH", 8192)

WIDTHS = (50, 40, 30, 20)  # the report's; a deeper network goes on with 20
MAX_WEIGHTS = whole_from_environment("NNLIB_MAX_WEIGHTS", 100_000_000)  # of a network: 32 bytes each, see memory.py
MAX_STEPS = MAX_ITERATIONS  # of a run, all its networks together
MAX_CHANNELS = min(512, MAX_WIDTH)  # of a convolutional layer
MAX_CONVOLUTIONS = 6
NARROWEST = 4  # pixels: a picture that is no wider is not pooled
FILTER = 3  # pixels a side
SPLIT_SEED = 0  # the seed of a network is that of its weights and batches: all networks learn from the same images
MLP_SCHEDULES = SCHEDULES | {"one_cycle": one_cycle}
MOMENTUM = 0.9  # of the optimiser "momentum"
CLUSTER = "cluster"  # as a device: that of a worker with a GPU, through its Dask scheduler
DEVICES = ("auto", "cpu", "mps", "cuda", *(f"cuda:{i}" for i in range(16)), CLUSTER)


IMAGE_SETS = ("cifar10", "digits")

OF_EXPERIMENT = Experiment.FIELDS  # the settings that both kinds of network share are declared there
FULLY_CONNECTED = ("channels", ((),))  # settings of networks without a convolution
NETWORK, START, TRAINING = "Network", "Initial weights", "Training"
AUGMENTATION, DEVICE = "Data and augmentation", "Device and seed"


@dataclass(frozen=True)
class MlpExperiment(Settings):
    """All settings of one run. Make one with `MlpExperiment.from_dict`, which checks.

    The defaults are the report's, and where it does not state them (std, weight_decay) those of the exercise's starter code.

    `TorchTraining(experiment, experiment.load())` in nnlib.deep.training is the training that they describe.
    """

    # fmt: off
    dataset: str = setting(
        "cifar10", OF_EXPERIMENT["dataset"], choices=IMAGE_SETS, group=AUGMENTATION,
        help="What the network learns: small photographs, as in the report, or handwritten digits, which train in seconds.",
        titles={name: DATASETS[name].title.partition(",")[0] for name in IMAGE_SETS},
    )
    channels: tuple = setting(
        (), Field("widths", 1, MAX_CHANNELS, longest=MAX_CONVOLUTIONS, counted="the channels of {} convolutional layers"),
        group=NETWORK, label="Convolutional layers",
        help="Makes the network convolutional: 32, 64, 128 are three layers of 3 × 3 filters with 32, 64 and 128 channels. "
        "Each is followed by a pooling of 2 × 2 pixels as long as more than 4 are left. Empty for a fully connected network.",
    )
    depth: int = setting(
        2, Field("int", 1, MAX_DEPTH), group="Depth", label="Depth: hidden layers", only_if=FULLY_CONNECTED,
        help="How many hidden layers there are. The report's network stops learning at 3.",
    )
    widths: tuple = setting(
        WIDTHS, Field("widths", 1, MAX_WIDTH, shortest=1, longest=MAX_DEPTH), group=NETWORK, label="Widths",
        only_if=FULLY_CONNECTED,
        help="Units of the hidden layers, first to last: 50, 40, 30, 20. The last number is used for all further layers, so "
        "512 alone means 512 units in every layer. 4x256, 2x64 is a list of blocks: four layers of 256, then layers of 64.",
    )
    activation: str = setting("relu", OF_EXPERIMENT["activation"])
    activations: tuple = setting((), OF_EXPERIMENT["activations"], longest=MAX_DEPTH)
    init: str = setting(
        "normal", OF_EXPERIMENT["init"], choices=("normal", "he", "xavier", "torch", "orthogonal"), group=START,
        help="How the initial weights are drawn. He preserves the size of the signal from layer to layer, at any depth.",
        titles=OF_EXPERIMENT["init"].titles | {"torch": "PyTorch's default"},
    )
    std: float = setting(
        1e-3, OF_EXPERIMENT["std"], group=START,
        help="Standard deviation of the initial weights. With 0.001, as in the exercise's starter code, every layer shrinks "
        "the signal.",
    )
    batch_norm: bool = setting(
        False, Field("bool"), group=START, label="BatchNorm",
        help="Gives the sums of each unit mean 0 and standard deviation 1 over the batch, so their size "
        "does not depend on the weights.",
    )
    layer_norm: bool = setting(
        False, Field("bool"), group=START, label="LayerNorm", only_if=("batch_norm", (False,)),
        help="Gives the sums of each layer mean 0 and standard deviation 1, separately for every image. Unlike BatchNorm, it "
        "does not depend on the other images.",
    )
    residual: bool = setting(
        False, Field("bool"), group=START, label="Residual connections", only_if=FULLY_CONNECTED,
        help="A layer with as many units as the layer before adds its sums to those of that layer, so signal and gradient also "
        "pass unchanged. The first and the last layer have none.",
    )
    dropout: float = setting(
        0.0, Field("float", 0, 0.95), group=NETWORK, label="Dropout", step=0.05,
        help="Share of the hidden units set to 0 at random in each training step. It reduces overfitting.",
    )
    train_mode: bool = setting(
        False, Field("bool"), group=NETWORK, label="Also validate in training mode",
        help="Adds a second validation accuracy, with Dropout on and BatchNorm's statistics of the batch. The exercise's code "
        "never calls eval(), so the report's accuracies were probably measured so.",
    )
    optimiser: str = setting(
        "adam", OF_EXPERIMENT["optimiser"], choices=("adam", "adamw", "momentum", "sgd"),
        help="How a gradient becomes an update. Adam and AdamW adapt the step to each weight; momentum sums past gradients.",
        titles=OF_EXPERIMENT["optimiser"].titles | {"adamw": "AdamW"},
    )
    learning_rate: float = setting(1e-3, OF_EXPERIMENT["learning_rate"], step=1e-4)
    weight_decay: float = setting(
        1e-3, Field("float", 0, 10), group=TRAINING, label="Weight decay", step=1e-4,
        help="Moves every weight towards zero at each step, biases and BatchNorm too. Too much prevents learning. As in "
        "torch.optim: decoupled with AdamW, else added to the gradient. With SGD, a weight decay of w does the same to a "
        "weight as λ = w/2 on Train. The exercise's starter code gives Adam 0.001.",
    )
    schedule: str = setting(
        "decay", OF_EXPERIMENT["schedule"], choices=tuple(MLP_SCHEDULES), group=TRAINING,
        help="How the learning rate changes during training. One cycle rises first, then falls almost to zero.",
        titles=OF_EXPERIMENT["schedule"].titles | {"one_cycle": "one cycle"},
    )
    lr_decay: float = setting(
        0.95, OF_EXPERIMENT["lr_decay"], group=TRAINING,
        help="Factor on the learning rate after every epoch. With 0.95 it halves in about 14 epochs.",
    )
    label_smoothing: float = setting(
        0.0, Field("float", 0, 0.9), group=TRAINING, label="Label smoothing", step=0.05,
        help="Share of each label spread over all classes, so that the best probability of the right class is below 1.",
    )
    shift: int = setting(
        0, Field("int", 0, 8), group=AUGMENTATION, label="Shift images by up to … pixels",
        help="Training images are moved by up to this many pixels, differently each time. This adds variety.",
    )
    flips: bool = setting(False, OF_EXPERIMENT["flips"], group=AUGMENTATION, only_if=None)
    batch_size: int = setting(
        200, Field("int", 2, MAX_BATCH), group=TRAINING, label="Batch size", step=50,
        help="Images averaged in one update. Small batches are noisy; large ones use a GPU better.",
    )
    epochs: int = setting(
        10, Field("int", 0, MAX_EPOCHS), group=TRAINING, label="Epochs",
        help="How many times the training images are used, each at most once an epoch, in whole batches. (On Train, images are "
        "drawn with replacement.) More take longer and can overfit; 0 shows the layers before training.",
    )
    precision: str = setting(
        "float32", Field("choice", choices=("float32", "tf32", "bf16")), group=DEVICE, label="Precision",
        help="Of matrix products on an NVIDIA GPU. float32 is the most exact; tf32 and bf16 round more and are faster.",
        only_if=("device", tuple(device for device in DEVICES if device not in ("cpu", "mps"))),
    )
    device: str = setting(
        "auto", Field("choice", choices=DEVICES), group=DEVICE, label="Device",
        help="Where the network is trained: on the best device of this machine, unless you choose. A processor is enough for "
        "the report's networks.",
        titles={"auto": "the best available", CLUSTER: "the lab's GPU"},
        cli="auto, cpu, mps, cuda, cuda:0 to cuda:15, or cluster; `python -m nnlib devices` lists those that are here",
    )
    seed: int = setting(
        0, OF_EXPERIMENT["seed"], group=DEVICE,
        help="Start of all random numbers. The same seed repeats the run exactly, on the same device and with as many threads.",
    )
    # fmt: on

    @property
    def hidden(self) -> tuple[int, ...]:
        """The units of each of the `depth` hidden layers, or the channels of each convolutional one, a tuple."""
        return self.channels or tuple(self.widths[min(l, len(self.widths) - 1)] for l in range(self.depth))

    @property
    def activation_of_layers(self) -> tuple[str, ...]:
        """The name of the activation of each hidden layer, a tuple."""
        return tuple(own or self.activation for _, own in zip_longest(self.hidden, self.activations))[: len(self.hidden)]

    @property
    def skips(self) -> tuple[bool, ...]:
        """For each layer of weights, whether it adds to its sums those of the layer before, a tuple."""
        residual = self.residual and not self.channels
        same = (residual and units == before for before, units in zip(self.hidden, self.hidden[1:]))
        return (False, *same, False)

    @property
    def normalised(self) -> str | None:
        """How the sums of the hidden layers are normalised: "batch", "layer", or None."""
        return "batch" if self.batch_norm else "layer" if self.layer_norm else None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, inputs and classes included."""
        entry = DATASETS[self.dataset]
        assert entry.classes is not None  # a set of images names its classes
        return (entry.inputs, *self.hidden, entry.classes)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        shape = DATASETS[self.dataset].image_shape
        assert shape is not None  # every set of images has one
        return shape

    @property
    def sides(self) -> tuple[int, ...]:
        """For each convolutional layer, how many pixels wide the pictures are that it computes."""
        sides = [self.image_shape[1]]
        for _ in self.channels:
            sides.append(sides[-1] // 2 if sides[-1] > NARROWEST else sides[-1])
        return tuple(sides[:-1])

    @property
    def outputs(self) -> int:
        """How many numbers the hidden layers compute for an image."""
        return sum(c * side**2 for c, side in zip(self.channels, self.sides)) if self.channels else sum(self.hidden)

    @property
    def fan_in(self) -> tuple[int, ...]:
        """For each layer of weights, how many numbers one unit adds up: for a filter, those that it covers."""
        if self.channels:
            return (FILTER**2 * self.image_shape[-1], *(FILTER**2 * c for c in self.channels[:-1]), self.channels[-1])
        return self.sizes[:-1]

    @property
    def weights(self) -> int:
        """How many weights the network has, without biases. All places of a picture share those of a convolutional layer."""
        return sum(inputs * units for inputs, units in zip(self.fan_in, self.sizes[1:]))

    @property
    def images(self) -> int:
        """How many images there are to train on."""
        split = DATASETS[self.dataset].split
        assert split is not None  # every set of images has one
        return split[0]

    @property
    def steps(self) -> int:
        """Of the whole training: an epoch has as many whole batches as there are."""
        return self.epochs * (self.images // min(self.batch_size, self.images))

    def check_together(self) -> None:
        """Raises ValueError for a network of too many weights, or a training of too many steps."""
        if self.weights > MAX_WEIGHTS:
            raise ValueError(
                f"widths = {', '.join(map(str, self.hidden))}: these layers have {self.weights:,} weights, and at most "
                f"{MAX_WEIGHTS:,} are allowed here. Choose fewer or narrower layers."
            )
        if self.steps > MAX_STEPS:
            raise ValueError(_too_many_steps(self.steps))

    def load(self, progress: Progress | None = None) -> Dataset:
        """The Dataset. `progress(what, done, total)` as in load_dataset. Raises DataError if it cannot be had."""
        return load_dataset(self.dataset, seed=SPLIT_SEED, progress=progress)


def _too_many_steps(steps):
    return (
        f"epochs and batch_size ask for {steps:,} steps, and at most {MAX_STEPS:,} are allowed here. Choose fewer epochs, "
        "larger batches, or fewer networks."
    )


# What a table can compare: the settings that make up each cure, and its name.
CURES: dict[str, tuple[dict[str, Any], str]] = {
    "as_it_is": ({}, "none"),
    "no_decay": ({"weight_decay": 0.0}, "no weight decay"),
    "he": ({"init": "he"}, "He"),
    "orthogonal": ({"init": "orthogonal"}, "orthogonal"),
    "batch_norm": ({"batch_norm": True}, "BatchNorm"),
    "layer_norm": ({"layer_norm": True}, "LayerNorm"),
    "residual": ({"residual": True}, "residual"),
    "residual_norm": ({"residual": True, "layer_norm": True}, "residual, LayerNorm"),
}


@dataclass(frozen=True)
class DepthTable(Settings):
    """One network at several depths, with several cures and seeds. The defaults are the report's table, without cures.

    The network's own `depth` means nothing; its `seed` is the first of the seeds.
    """

    network: MlpExperiment = MlpExperiment()
    # fmt: off
    depths: tuple = setting(
        (1, 2, 3, 4),
        Field("widths", 1, MAX_DEPTH, shortest=1, longest=MAX_DEPTH, counted="{} different depths"),
        group="Depths", label="Depths to train",
        help="One network is trained for each of these numbers of hidden layers, one after another, or at once in a lab with "
        "several GPUs. The report tried 1 to 4.",
    )
    seeds: int = setting(
        1, Field("int", 1, 10), group="Depths", label="Seeds: networks of each depth",
        help="With several, each depth is trained again with other random numbers, and the variation shows how much is luck.",
    )
    cures: tuple = setting(
        (), Field("names", choices=tuple(CURES)), group="Depths", label="Cures to compare",
        titles={name: title for name, (_, title) in CURES.items()},
        help="A column of the table for each of these changes to the settings. All layers then have the first of the widths, "
        "because residual connections need equal ones. With no cure, the table has the settings as they are.",
    )
    # fmt: on

    def check_together(self) -> None:
        """Raises ValueError for a depth that is named twice, a last seed out of range, or too many weights or steps."""
        if len(set(self.depths)) < len(self.depths):
            raise ValueError(f"depths = {', '.join(map(str, self.depths))}: must not name a depth twice.")
        integer("seed + seeds - 1", self.network.seed + self.seeds - 1, 0, self.FIELDS["seed"].high)
        experiments = self.experiments()
        for experiment in experiments:
            experiment.check_together()
        if (steps := sum(experiment.steps for experiment in experiments)) > MAX_STEPS:
            raise ValueError(_too_many_steps(steps))

    def load(self, progress: Progress | None = None) -> Dataset:
        """The Dataset of all networks, as `MlpExperiment.load` has it."""
        return self.network.load(progress)

    def parts(self) -> list[Self]:
        """The table as tables of one network each: cure by cure, depth by depth, and seed by seed within."""
        seeds = range(self.network.seed, self.network.seed + self.seeds)
        cures: list[tuple] = [(cure,) for cure in self.cures] or [()]
        return [
            self.having(cures=cure, depths=(depth,), seed=seed, seeds=1)
            for cure in cures for depth in self.depths for seed in seeds
        ]  # fmt: skip

    def experiments(self) -> list[MlpExperiment]:
        """The MlpExperiments of the `parts`."""
        return [part._experiment() for part in self.parts()]

    def _experiment(self):
        network = replace(self.network, depth=self.depths[0])
        for cure in self.cures:
            network = replace(network, widths=network.widths[:1], **CURES[cure][0])
        return network


def report_network(depth: int = 2) -> MlpExperiment:
    """The report's network with `depth` (1 to 16) hidden layers: learns with one or two, stays at chance with three."""
    return MlpExperiment(depth=integer("depth", depth, 1, MAX_DEPTH))


# Experiments worth starting from, by a short name that a link or a command may use.
MLP_PRESETS = {
    "report": report_network(),
    # The report's best model, blocks of Linear, BatchNorm, ReLU and Dropout. The report does not state its widths; with these,
    # 55.8 % on validation is reached within its 20 epochs.
    "report-best": MlpExperiment(
        depth=2, widths=(512,), init="torch", batch_norm=True, dropout=0.4, weight_decay=0.0, epochs=20,
    ),
    # The best MLP that we know.
    "best": MlpExperiment(
        depth=3, widths=(2048,), init="he", batch_norm=True, dropout=0.2, optimiser="adamw", learning_rate=2e-3,
        weight_decay=0.05, schedule="one_cycle", label_smoothing=0.1, shift=3, flips=True, batch_size=256, epochs=100,
        precision="bf16",
    ),
    # With as many weights as the report's network, 156,000, and its training.
    "convolutional": MlpExperiment(channels=(32, 48, 96, 112), init="he", batch_norm=True),
    # Sized for five minutes on two cores.
    "convolutional-best": MlpExperiment(
        channels=(32, 64, 128, 256), init="he", batch_norm=True, optimiser="adamw", learning_rate=5e-3, weight_decay=0.05,
        schedule="one_cycle", label_smoothing=0.1, shift=2, flips=True, epochs=5,
    ),
}  # fmt: skip
