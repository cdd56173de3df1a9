"""Missions: goals for Train and Depth that a run meets or misses, judged from what the run has recorded.

A mission is won where its goal is met on three seeds: that of the learner's run, and the two that follow it, with the same
settings and the same changes by hand at the same steps. Nobody wins one by a lucky seed. The runs are made and read by
nnlib/runs/mission_runs.py; nothing here trains anything.

    mission = MISSIONS["six-units"]
    [check.met for check in mission.checks(attempt)]
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nnlib.data import COORDINATES, DATASETS
from nnlib.training import Evaluation

SEEDS = 3  # on which a goal must be met
LAST_STEP = 20_000  # later evaluations do not count: a goal can be met in seconds


@dataclass(frozen=True)
class Attempt:
    """What is known of a run.

    Attributes
    ----------
    settings : the run's: an Experiment, or on Depth an MlpExperiment
    step : how far it has come
    evaluations : until LAST_STEP, in their order
    changes : made by hand: the step after which, and the new values by name
    dead : for each hidden layer, the share of its units that put out 0 for every example, newest; None where it is not measured
    diverged : whether that ended the run
    """

    settings: Any
    step: int = 0
    evaluations: tuple[Evaluation, ...] = ()
    changes: tuple[tuple[int, Mapping[str, float]], ...] = ()
    dead: tuple[float | None, ...] = ()
    diverged: bool = False

    def __getitem__(self, name: str) -> Any:
        """The value of a setting."""
        return self.settings.by_name[name]

    @property
    def hidden(self) -> tuple[int, ...]:
        """The units of each hidden layer."""
        return self.settings.hidden

    @property
    def classes(self) -> int:
        """The number of classes of its data, 1 for points of the learner's own."""
        return DATASETS[self["dataset"]].classes or 1

    def values_of(self, name: str) -> list[float]:
        """The values that a setting had, from the first step on."""
        return [self[name], *(values[name] for _, values in self.changes if name in values)]


@dataclass(frozen=True)
class Check:
    """One condition of a goal, with how far the run is. `text` stands after a tick or a circle."""

    text: str
    met: bool


@dataclass(frozen=True)
class Mission:
    """
    Attributes
    ----------
    id : in progress and on the command line
    title : short
    goal : what must be reached, one or two sentences
    page : "train" or "depth", which is also the kind of its runs
    start : link parameters of the settings to start from
    question : asked before the first attempt
    reasons : to choose from; the first is right, and a page shows them in another order
    idea : shown when it is won: what it was about
    lesson : the lesson and the part that explain the idea, as their addresses name them
    judge : the conditions of the goal
    """

    id: str
    title: str
    goal: str
    page: str
    start: Mapping[str, str]
    question: str
    reasons: tuple[str, ...]
    idea: str
    lesson: tuple[str, str]
    judge: Callable[[Attempt], list[Check]]

    def checks(self, attempt: Attempt) -> list[Check]:
        """The conditions, as this run stands. One that has diverged wins nothing."""
        ended = [Check("The run diverged", False)] if attempt.diverged else []
        return [*self.judge(attempt), *ended]

    def met(self, attempt: Attempt) -> bool:
        """Whether all of them hold."""
        return all(check.met for check in self.checks(attempt))


def _percent(share):
    return f"{_points(share)} %"


def _points(share):
    """Percentage points, rounded down: what falls short of a goal must not look like it."""
    return f"{math.floor(1000 * share + 1e-6) / 10:g}"


def _data(attempt, name):
    """The data set as it comes: less noise, or other inputs, would make another task of it."""
    entry, by_name = DATASETS[name], attempt.settings.by_name
    title, met = entry.title.partition(",")[0], attempt["dataset"] == name
    if entry.kind == "image":
        return Check(title, met)
    met = met and (by_name["noise"] is None or by_name["noise"] >= entry.noise) and by_name["features"] == COORDINATES
    return Check(f"{title}, noise {entry.noise:g} or more, inputs x₁ and x₂", met)


def _reaches(attempt, least, by=LAST_STEP):
    """The best validation accuracy until the step `by` is at least `least`."""
    best = max((each.val_accuracy for each in attempt.evaluations if each.step <= by), default=0)
    until = "" if by == LAST_STEP else f" by step {by:,}"
    return Check(f"best validation accuracy {_percent(best)}{until}, at least {_percent(least)}", best >= least)


def _bend(attempt):
    return [_data(attempt, "xor"), _reaches(attempt, 0.95)]


def _rate(attempt):
    return [_data(attempt, "spiral"), _reaches(attempt, 0.95, by=200)]


def _straight(attempt):
    layers, rate = attempt.hidden, min(attempt.values_of("learning_rate"))
    best = max((each.val_accuracy for each in attempt.evaluations), default=0)
    return [
        _data(attempt, "spiral"),
        Check("three hidden layers of 20 units or more", len(layers) >= 3 and min(layers) >= 20),
        Check(f"learning rate {rate:g}, at least 0.03", rate >= 0.03),
        Check(f"step {attempt.step:,}, at least 2,000", attempt.step >= 2000),
        Check(f"best validation accuracy {_percent(best)}, between 40 % and 75 %", 0.4 <= best <= 0.75),
    ]


def _six_units(attempt):
    units = sum(attempt.hidden)
    return [_data(attempt, "spiral"), Check(f"{units} hidden units, at most 6", units <= 6), _reaches(attempt, 0.95)]


def _one_example(attempt):
    size = max(attempt.values_of("batch_size"))
    newest = attempt.evaluations[-10:]
    lowest = min((each.val_accuracy for each in newest), default=0)
    return [
        _data(attempt, "spiral"),
        Check(f"largest batch size {size}, must be 1", size == 1),
        Check(
            f"the last ten evaluations at 95 % or more: the lowest is {_percent(lowest)}", len(newest) == 10 and lowest >= 0.95
        ),
    ]


def _dead(attempt):
    shares = [share for share, units in zip(attempt.dead, attempt.hidden) if share is not None and units >= 20]
    return [
        _data(attempt, "spiral"),
        Check(
            f"{_percent(max(shares, default=0))} of the units of a layer of 20 or more are dead, at least 50 %",
            max(shares, default=0) >= 0.5,
        ),
    ]


def _from_zeros(attempt):
    edited = {name for _, values in attempt.changes for name in values if "[" in name}
    weights = sum(name.startswith("W") for name in edited)
    return [
        _data(attempt, "moons"),
        Check("initial weights all zeros", attempt["init"] == "zeros"),
        Check(f"{weights} weights set by hand", weights > 0),
        _reaches(attempt, 0.95),
    ]


def _three_layers(attempt):
    return [
        _data(attempt, "spiral"),
        Check("three hidden layers of 30 units", attempt.hidden == (30, 30, 30)),
        _reaches(attempt, 0.95),
    ]


def _sigmoid(attempt):
    return [
        _data(attempt, "spiral"),
        Check("three hidden layers or more", len(attempt.hidden) >= 3),
        Check("sigmoid in all of them", set(attempt.settings.activation_of_layers) == {"sigmoid"}),
        _reaches(attempt, 0.95),
    ]


def _gap(evaluation):
    return evaluation.train_accuracy - evaluation.val_accuracy


def _moved(attempt, name, direction):
    """The steps after which a setting was raised (1) or lowered (-1) by hand."""
    values = attempt.values_of(name)
    steps = [step for step, changed in attempt.changes if name in changed]
    return [step for step, before, after in zip(steps, values, values[1:]) if direction * (after - before) > 0]


def _cure(attempt):
    """Overfitted before λ was raised, and cured after it."""
    wide = next((each for each in attempt.evaluations if _gap(each) >= 0.15), None)
    raised = [step for step in _moved(attempt, "reg", 1) if wide and step >= wide.step]
    before = [each for each in attempt.evaluations if not raised or each.step <= raised[-1]]
    worst = max(before, key=_gap, default=None)
    cured = worst is not None and any(
        _gap(each) <= _gap(worst) / 2 and each.val_accuracy >= worst.val_accuracy
        for each in attempt.evaluations
        if raised and each.step > raised[-1]
    )
    gap = max(_gap(worst), 0) if worst else 0
    return [
        Check(f"training accuracy up to {_points(gap)} points above validation, at least 15", gap >= 0.15),
        Check("then λ raised in the same run", bool(raised)),
        Check("after that, at most half the gap, and validation no worse", cured),
    ]


def _save(attempt):
    limit = 2 * math.log(max(attempt.classes, 2))
    high = next((each.step for each in attempt.evaluations if not each.loss < limit), math.inf)
    lowered = next((step for step in _moved(attempt, "learning_rate", -1) if step >= high), math.inf)
    saved = max((each.val_accuracy for each in attempt.evaluations if each.step > lowered), default=0)
    worst = max((each.loss for each in attempt.evaluations), default=0)
    return [
        _data(attempt, "spiral"),
        Check(f"training loss {worst:.3g} at its highest, at least {limit:.2g}: twice that of guessing", high < math.inf),
        Check("then the learning rate lowered in the same run", lowered < math.inf),
        Check(f"after that, validation accuracy {_percent(saved)}, at least 90 %", saved >= 0.9),
    ]


def _deep(attempt, layers):
    return [
        _data(attempt, "digits"),
        Check(f"{len(attempt.hidden)} hidden layers, at least {layers}", len(attempt.hidden) >= layers),
        Check("without BatchNorm", not attempt["batch_norm"]),
        _reaches(attempt, 0.9),
    ]


_ALL = (
    Mission(
        "bend",
        "A bend",
        "Classify 95 % of the points of the exclusive or.",
        "train",
        {"dataset": "xor", "hidden": "none"},
        "This network has no hidden layer, and never gets far above 70 %. What does it lack?",
        (
            "Something that bends: a sum of inputs has only straight borders.",
            "Steps: the loss has not reached its minimum yet.",
            "Larger weights: the penalty keeps them too small.",
        ),
        "A hidden unit adds one bend to the border, and the output layer adds the bends up. Without them, the loss reaches its "
        "minimum and the border is still straight.",
        ("forward", "relu"),
        _bend,
    ),
    Mission(
        "two-hundred-steps",
        "Two hundred steps",
        "Reach 95 % on the spiral within the first 200 steps.",
        "train",
        {"learning_rate": "0.001"},
        "With these settings 200 steps change almost nothing. Why?",
        (
            "Each update moves the weights too little.",
            "The network has too few units for three arms.",
            "A batch of 64 examples shows too little of the data.",
        ),
        "A step is −η times the gradient. While the loss falls smoothly, a rate ten times larger needs a tenth of the steps; "
        "far above that, it overshoots.",
        ("backpropagation", "one-step"),
        _rate,
    ),
    Mission(
        "straight",
        "Three layers, no bend",
        "Train a network of three hidden layers, each of 20 units or more, for 2,000 steps, so that it finds only straight "
        "borders: its best validation accuracy is between 40 % and 75 %. The learning rate stays at 0.03 or above.",
        "train",
        {"hidden": "20,20,20"},
        "Which one change makes three layers worth no more than one?",
        (
            "No activation: a sum of sums is a sum.",
            "A batch size of 1: the layers see too little at once.",
            "No penalty: the weights grow, and the layers saturate.",
        ),
        "Without an activation, W⁽¹⁾W⁽²⁾W⁽³⁾W⁽⁴⁾ is one matrix. Depth adds nothing; the border between two classes is a line.",
        ("forward", "relu"),
        _straight,
    ),
    Mission(
        "six-units",
        "Six units",
        "Reach 95 % on the spiral with six hidden units or fewer, in all layers together.",
        "train",
        {"hidden": "6", "learning_rate": "0.01"},
        "Is it better to put the six units into one layer, or three and three?",
        (
            "Into one layer: a narrow layer loses what the next one needs.",
            "Three and three: two layers bend bends, so fewer units suffice.",
            "It makes no difference: six units make six bends.",
        ),
        "Six bends are enough for three arms, but only if none is wasted. A layer of three units passes on three numbers, and "
        "one that dies takes a third of them with it: with ReLU, three and three succeeds on some seeds only.",
        ("forward", "hidden-layer"),
        _six_units,
    ),
    Mission(
        "one-example",
        "One example at a time",
        "Train with a batch size of 1, so that the last ten evaluations are all at 95 % or more.",
        "train",
        {"batch_size": "1", "learning_rate": "0.5"},
        "The gradient of one example is noisy. What calms the training without another batch size?",
        (
            "A smaller learning rate: many small steps average the noise.",
            "A larger penalty: small weights have small gradients.",
            "More units: each of them then receives less noise.",
        ),
        "On average the gradient of one example is the gradient of all. A small η lets the steps average it; a large one "
        "follows each example.",
        ("backpropagation", "one-step"),
        _one_example,
    ),
    Mission(
        "dead",
        "Kill half the units",
        "Make half of the units of a hidden layer die on the spiral, without a divergence. The layer has 20 units or more.",
        "train",
        {},
        "What kills a ReLU unit for good?",
        (
            "One update so large that its sum is negative for every example.",
            "A penalty that moves its weights to zero.",
            "A gradient that is zero for a single example.",
        ),
        "Where z < 0 for every example, the mask stops every gradient: the examples cannot bring the unit back. One "
        "step that is too long is enough, and the accuracy hardly shows it.",
        ("backpropagation", "z-2-and-its-mask"),
        _dead,
    ),
    Mission(
        "from-zeros",
        "From nothing",
        "Start with all weights at zero and reach 95 % on the moons. Before the first step, set some weights by hand: click a "
        "link in the picture of the network.",
        "train",
        {"dataset": "moons", "hidden": "4", "init": "zeros", "learning_rate": "0.3"},
        "Why does this network learn nothing if no weight is set by hand?",
        (
            "Each weight has a gradient of 0: the units put out 0, and W⁽²⁾ = 0 passes nothing back.",
            "Zero is a minimum of the loss, and gradient descent stays there.",
            "The softmax of zeros is not defined.",
        ),
        "Only the biases of the output move. If the gradients were not 0, the units would still stay equal, and be worth one "
        "unit. Random initial weights are there to make the units different, not to be nearly right.",
        ("backpropagation", "weights-w-1"),
        _from_zeros,
    ),
    Mission(
        "three-layers",
        "Three layers that learn nothing",
        "Mend this network, so that it reaches 95 % on the spiral with its three hidden layers of 30 units.",
        "train",
        {"hidden": "30,30,30", "init": "normal", "std": "0.001"},
        "The loss stays at that of guessing. Where is the gradient lost?",
        (
            "In the weights: each layer multiplies the signal, and the gradient, by a small number.",
            "In the ReLUs: most of the units are dead from the start.",
            "In the learning rate: a larger one would make up for it.",
        ),
        "Backwards, the gradient is multiplied by Wᵀ at each layer, as the signal is by W on its way. Initial weights of the "
        "variance 2/n (He) preserve the size of both.",
        ("gradient_check", "signal-and-depth"),
        _three_layers,
    ),
    Mission(
        "sigmoid",
        "A quarter of a quarter",
        "Reach 95 % on the spiral with three hidden layers of sigmoid units.",
        "train",
        {"hidden": "30,30,30", "activation": "sigmoid"},
        "Sigmoid layers start slowly. Why?",
        (
            "The slope of a sigmoid is at most ¼: the slopes of three layers multiply the gradient by at most 1/64.",
            "A sigmoid is never 0, so no unit is ever off.",
            "Sigmoids need larger inputs than points of this plane.",
        ),
        "Each layer multiplies the gradient by its slope. Larger steps make up for it: by hand, by momentum, or weight by "
        "weight as in Adam. ReLU, whose slope is 1 where it is on, has no need of this.",
        ("backpropagation", "z-2-and-its-mask"),
        _sigmoid,
    ),
    Mission(
        "overfit",
        "Overfit, then cure it",
        "Let a network overfit, until its training accuracy is 15 points above that of validation. Then, in the same run, "
        "raise λ until the gap is half as wide and validation is no worse than it was.",
        "train",
        {"train_share": "0.1", "noise": "0.2", "reg": "0.0", "optimiser": "adam", "learning_rate": "0.02", "batch_size": "30"},
        "Why does a larger λ narrow the gap?",
        (
            "Sharp bends around single points need large weights, which the penalty makes expensive.",
            "It stops the training before the network has learned everything.",
            "It adds noise to the gradient, so the network cannot memorise.",
        ),
        "The network had learned the noise of its few points. The penalty adds 2λW to the gradient: only weights that pay for "
        "themselves on many points stay large.",
        ("backpropagation", "penalty"),
        _cure,
    ),
    Mission(
        "save",
        "Make it diverge, and save it",
        "On the spiral, drive the training loss to twice that of guessing or more. Then save the same run, without a restart: "
        "90 % on validation.",
        "train",
        {"activation": "tanh", "learning_rate": "0.3", "iterations": "4000"},
        "While the loss shoots up, what must still hold so that the run can be saved?",
        (
            "Some units still respond: where every slope is zero, no gradient comes back.",
            "The loss is still below that of the first step.",
            "No weight has changed its sign.",
        ),
        "If η is larger than 2/curvature, each step lands higher on the other side of the valley. As long as gradients come "
        "back, a smaller η descends again; dead or saturated units get hardly any gradient.",
        ("backpropagation", "one-step"),
        _save,
    ),
    Mission(
        "deep-three",
        "Three layers without BatchNorm",
        "The report's network of three hidden layers learns nothing, here on the digits. Mend it without BatchNorm: 90 %.",
        "depth",
        {"dataset": "digits", "depth": "3"},
        "BatchNorm would mend it. What can replace it?",
        (
            "Initial weights that preserve the size of the signal.",
            "A smaller learning rate, so that the small gradients count.",
            "More weight decay, so that the layers stay equally large.",
        ),
        "BatchNorm divides each sum by its standard deviation. Initial weights of the right size do so once, at the start, and "
        "that is enough: the gradient arrives.",
        ("gradient_check", "signal-and-depth"),
        partial(_deep, layers=3),
    ),
    Mission(
        "deep-eight",
        "Eight layers",
        "Reach 90 % on the digits with eight hidden layers, without BatchNorm.",
        "depth",
        {"dataset": "digits", "depth": "8"},
        "What is harder with eight layers than with three?",
        (
            "Each layer multiplies the signal by a factor: it may survive three layers, but not eight.",
            "Eight layers have too many weights for so few images.",
            "The gradient needs eight steps to arrive at the first layer.",
        ),
        "A factor of 0.5 at each layer leaves 1/8 after three layers and 1/256 after eight. The deeper a network, the more "
        "exactly its initial weights must preserve the signal; the wider its layers, the closer they come to that.",
        ("gradient_check", "signal-and-depth"),
        partial(_deep, layers=8),
    ),
)  # fmt: skip

MISSIONS: Mapping[str, Mission] = {mission.id: mission for mission in _ALL}
