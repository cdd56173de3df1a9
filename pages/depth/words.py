"""Words of Depth: what sets a network apart, and what to say of its runs."""

from typing import Any

from nnlib.deep.settings import MlpExperiment
from pages.live import words

FIELDS = MlpExperiment.FIELDS

PRESET_TITLES = {
    "report": "The report's network",
    "report-best": "The report's best model",
    "best": "The best MLP we know",
    "convolutional": "A convolutional network of the same size",
    "convolutional-best": "The best in five minutes",
}
ABOUT_PRESET = {
    "best": "Wide layers for 100 epochs: use a GPU. On a processor this takes hours.",
    "convolutional": "About as many weights (154,048) as the report's network with two layers (156,000), and as many epochs.",
    "convolutional-best": "Five epochs: four to five minutes on two cores that have nothing else to do.",
}
STARTER_CODE = "σ = 0.001 and weight decay 0.001 are not in the report's text: they are those of the exercise's starter code."
TRAINING_MODE = (
    "The exercise's code never calls `eval()` when it validates, so the report's accuracies were probably measured with "
    "Dropout on, and with BatchNorm's statistics of the batch. “Also validate in training mode”, in the sidebar under "
    "Network, shows both accuracies of your network."
)
MEASURED_HERE = (
    "Measured with this program on a processor, with seed 0: on average over the 20 epochs 54.4 % with Dropout off, and 50.4 % "
    "in training mode. The average of the report's figures is 49.3 %."
)
ABOUT_PRESETS = (
    f"Settings to start from. {STARTER_CODE} “The best MLP we know” trains wide layers for 100 epochs: use a GPU, since "
    "a processor needs hours. The last two are convolutional."
)
COMPARE_CURES = (
    "A table of cures and depths 1 to 16, on digits: 40 small networks, which take one to two minutes on two cores. "
    "Change data set, σ, weight decay and optimiser afterwards as you like."
)
CURES_COMPARED = ("as_it_is", "no_decay", "he", "orthogonal", "batch_norm", "layer_norm", "residual", "residual_norm")
RESIDUAL_COLUMN = (
    "A table of cures and depths is next. Predict one of its rows first: digits, layers of 50 units, σ = 0.001, weight decay "
    "0.001, and **residual connections** as the only cure. Up to how many hidden layers does the network learn?"
)
RESIDUAL_REASON = (
    "With a residual connection, no layer can make the signal or the gradient smaller: the factor is 1 + Fσ²/2. Only the "
    "first and the last layer have no connection, as in a network with a single hidden layer, and that one learns."
)
NOTHING_TO_ADD = (
    "No residual connection: no layer has as many units as the layer before. Under Network, type one width for all layers, "
    "such as 50, and choose two layers or more."
)
NO_SCHEDULER = "The lab's GPU is reached through a scheduler, and this app was started without NNLIB_SCHEDULER, which names it."


def value_text(name: str, value: Any) -> str:
    """The value of a setting, in words."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else FIELDS[name].title(str(value))


def start_text(experiment: MlpExperiment) -> str:
    """How the initial weights are drawn, in a word or two."""
    return f"σ\u00a0=\u00a0{experiment.std:g}" if experiment.init == "normal" else FIELDS["init"].title(experiment.init)


def difference_text(name: str, experiment: MlpExperiment, report: MlpExperiment) -> str:
    """How a setting differs from the report's."""
    if name == "init":
        return f"initial weights {start_text(experiment)} instead of {start_text(report)}"
    now, then = value_text(name, getattr(experiment, name)), value_text(name, getattr(report, name))
    label = FIELDS[name].label
    label = label if label in ("BatchNorm", "LayerNorm") else label[0].lower() + label[1:]
    return f"{label} {now} instead of {then}"


def tricks(experiment: MlpExperiment) -> str:
    """How the network and its training differ from the report's, in one line that begins with the initial weights."""
    found = [start_text(experiment)]
    if experiment.activation != "relu":
        found.append(FIELDS["activation"].title(experiment.activation))
    if experiment.activations:
        found.append("layers " + ", ".join(map(FIELDS["activation"].title, experiment.activation_of_layers)))
    if experiment.normalised:
        found.append({"batch": "BatchNorm", "layer": "LayerNorm"}[experiment.normalised])
    if experiment.residual:
        found.append("residual connections")
    if experiment.dropout:
        found.append(f"dropout {experiment.dropout:g}")
    found.append(f"{FIELDS['optimiser'].title(experiment.optimiser)} at {experiment.learning_rate:g}")
    if experiment.weight_decay:
        found.append(f"weight decay {experiment.weight_decay:g}")
    if experiment.schedule != "decay":
        schedule = FIELDS["schedule"].title(experiment.schedule)
        found.append(schedule if experiment.schedule == "one_cycle" else f"{schedule} schedule")
    if experiment.label_smoothing:
        found.append(f"label smoothing {experiment.label_smoothing:g}")
    if experiment.shift:
        found.append(f"shift {experiment.shift}")
    if experiment.flips:
        found.append("flips")
    return ", ".join(found)


STORY = words.STORY | {
    "running": "Watch how large the signal is in each layer, and whether that changes as the network learns.",
    "elsewhere": {  # said instead of a run on the lab's GPU
        "resume": "Resume begins this run again: a run on the lab's GPU has no checkpoints.",
        "interrupted": "The server's process for this run on the lab's GPU ended unexpectedly. Resume begins the run again.",
        "released": "Nobody was watching, so this run on the lab's GPU was cancelled; it begins again.",
    },
}

SMALL = {"init": "normal", "std": {"most": 0.02}, "norm": None, "skip": False}  # initial weights that shrink the signal
SHRUNK = "With σ = {std}, every layer shrinks the signal, and the gradient on the way back."
ONLY_BIASES = "Only biases are left to learn. They learn how frequent each class is, and the loss stays at that of guessing."
CHOOSE_HE = "Keep everything else and choose He for the initial weights. Look at the signal before you start."
ADAMS, PLAIN = ["adam", "adamw"], ["sgd", "momentum"]
LEARNED = ["partly", "learns"]
FEW = 200  # steps

# As in pages/train/words.py, the first rule whose every condition holds explains the run. `obstacle` is what weakened the
# gradient at the start (nnlib.deep.obstacle). Runs that were cut short, and learning rates that are too high or too low,
# come first.
RULES = [
    {
        "when": {"outcome": "diverges", "init": "normal", "std": {"least": 0.2}, "norm": None,
                 "learning_rate": {"most": 0.05}},
        "why": "With σ = {std}, every layer makes the signal larger. The outputs, and with them the gradients and the steps, "
        "became too large to represent.",
        "next": "Choose He for the initial weights: it preserves the size of the signal.",
    },
    {
        "when": {"outcome": "diverges"},
        "why": "Each step overshot and ended where the slope is steeper, so the next step was longer still. With a learning "
        "rate of {rate}, the numbers became too large to represent.",
        "next": "Divide the learning rate by ten.",
    },
    {
        "when": {"outcome": "stuck", "stopped": True, "obstacle": ["drowned", "below", "standing", "zero"]},
        "why": "The run was stopped at step {step}, before the loss had moved away from that of guessing. More steps would "
        "hardly have helped: almost no gradient reached the weights at the start.",
        "next": "Look at the signal figure, and choose He for the initial weights.",
    },
    {
        "when": {"outcome": "stuck", "stopped": True},
        "why": "The run was stopped at step {step}, before the loss had moved away from that of guessing.",
        "next": "Let it run longer, and see whether it learns.",
    },
    {
        "when": {"outcome": LEARNED, "stopped": True},
        "why": "The run was stopped at step {step}. These are its results at that step.",
        "next": "Let it run to the end, and compare.",
    },
    {
        "when": {"outcome": "stuck", "epochs": {"most": 0}},
        "why": "It was not trained: with 0 epochs you only see its layers before training.",
        "next": "Train for one epoch or more.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.05}, "optimiser": ADAMS, "activation": "relu"},
        "why": "Adam moves every weight by about the learning rate in each step, whatever its gradient. With {rate}, the first "
        "steps moved units out of the range in which they respond, and a dead ReLU gets no gradient.",
        "next": "Make the learning rate a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.05}, "optimiser": ADAMS},
        "why": "Adam moves every weight by about the learning rate in each step, whatever its gradient. Steps of {rate} are "
        "larger than most weights, and each step undoes what the one before it learned.",
        "next": "Make the learning rate a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.2}, "optimiser": PLAIN, "obstacle": None},
        "why": "Steps of {rate} times the gradient overshoot: they move the weights to where units no longer respond.",
        "next": "Make the learning rate ten times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"most": 1e-6}},
        "why": "With a learning rate of {rate}, the weights hardly move from their first values.",
        "next": "Choose a learning rate of 0.001.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "zero", "init": "normal", "std": 0},
        "why": "With σ = 0, all weights start at 0: every unit outputs 0, and every weight has gradient 0. " + ONLY_BIASES,
        "next": "Choose He for the initial weights.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "zero"},
        "why": "No gradient reaches any weight: all units of a layer output 0 for every image. " + ONLY_BIASES,
        "next": "Widen the layers, or try another seed.",
    },
    {
        "when": {"outcome": ["stuck", "partly"], "steps": {"most": FEW}, "obstacle": None},
        "why": "It made only {step} steps, too few to learn much.",
        "next": "Train for more epochs, or use smaller batches: then an epoch has more steps.",
    },
    {
        "when": {"outcome": "stuck", "restored": True},
        "why": "The signal was faint at the start. Training restored it, but late: the steps that were left were too few to "
        "learn much, and with most schedules they have a smaller learning rate.",
        "next": "Choose He for the initial weights: then the signal is there from the first step. Or train for more epochs.",
    },
    {
        "when": {"outcome": "stuck", "weight_decay": {"least": 0.05}, "optimiser": ["adam", *PLAIN]},
        "why": "Weight decay has more effect on the weights than the examples have, so all weights end near zero.",
        "next": "Make the weight decay a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "drowned", **SMALL},
        "why": SHRUNK + " The gradient that is left is smaller than the weight decay, so weight decay dominates the update and "
        "takes the weights to zero. " + ONLY_BIASES,
        "next": CHOOSE_HE,
    },
    {
        "when": {"outcome": "stuck", "obstacle": "drowned"},
        "why": "The gradient that reaches the weights is smaller than the weight decay, so weight decay dominates the update "
        "and takes the weights to zero. " + ONLY_BIASES,
        "next": "Make the weight decay ten times smaller, or choose He for the initial weights.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "below", **SMALL},
        "why": SHRUNK + " The gradient that is left is far smaller than the 0.00000001 that Adam adds before it divides, so the"
        " weights hardly move. " + ONLY_BIASES,
        "next": CHOOSE_HE,
    },
    {
        "when": {"outcome": "stuck", "obstacle": "below"},
        "why": "The gradient that reaches the weights is far smaller than the 0.00000001 that Adam adds before it divides, so "
        "the weights hardly move. " + ONLY_BIASES,
        "next": "Choose He for the initial weights, or switch BatchNorm on.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "standing", **SMALL},
        "why": SHRUNK + " Steps along such a small gradient hardly change the weights.",
        "next": CHOOSE_HE,
    },
    {
        "when": {"outcome": "stuck", "obstacle": "standing"},
        "why": "The gradient that reaches the weights is so small that the steps hardly change them.",
        "next": "Choose He for the initial weights, or Adam.",
    },
    {
        "when": {"outcome": "stuck", "activation": "sigmoid", "norm": None, "skip": False, "layers": {"least": 2}},
        "why": "The slope of a sigmoid is at most a quarter, and each layer multiplies the gradient by it, so the first layers "
        "receive almost no gradient.",
        "next": "Choose ReLU or tanh, or switch BatchNorm on.",
    },
    {
        "when": {"outcome": "stuck", "dropout": {"least": 0.7}},
        "why": "Dropout sets {dropout} of the units to 0 in every step: too few are left, and different ones each time.",
        "next": "Set dropout to 0.2.",
    },
    {
        "when": {"outcome": "stuck", "init": "normal", "std": {"least": 0.2}, "norm": None},
        "why": "With σ = {std}, every layer makes the signal larger. The first steps have to undo that before the network can "
        "learn.",
        "next": "Choose He for the initial weights.",
    },
    {
        "when": {"outcome": "stuck", "optimiser": PLAIN},
        "why": "The signal reaches every layer, but steps of {rate} times the gradient are small, and {step} of them are not "
        "enough.",
        "next": "Make the learning rate ten times larger, or choose Adam.",
    },
    {
        "when": {"outcome": "stuck"},
        "why": "The loss stayed close to that of guessing. The signal figure shows what reaches each layer.",
        "next": "Choose what you do not have yet: He for the initial weights, BatchNorm, or Adam with a rate of 0.001.",
    },
    {
        "when": {"outcome": LEARNED, "convolutional": True, "gap": {"most": 0.15}},
        "why": "{test}: a convolutional layer looks for the same small patterns at every place, so what it learns of a cat in "
        "one corner is known in all others. A fully connected network has to learn it for each place anew.",
        "next": "Compare with a fully connected network that has as many weights, or as much time: leave "
        "“Convolutional layers” empty, and start again.",
    },
    {
        "when": {"outcome": LEARNED, "dataset": "cifar10", "optimiser": "adamw", "batch_norm": True, "flips": True,
                 "shift": {"least": 1}, "label_smoothing": {"least": 0.01}, "schedule": ["cosine", "one_cycle"]},
        "why": "Shifted and mirrored images, smoothed labels, and a learning rate that ends near zero: together they reach "
        "{test}. Unlike a convolutional network, an MLP does not know that a cat is a cat wherever it appears.",
        "next": "Remove one of them, and see how much it contributed. The leaderboard lists all results.",
    },
    {
        "when": {"outcome": LEARNED, "gap": {"least": 0.15}},
        "why": "It is {gap} points better on the training images than on new ones. This is overfitting: the network has partly "
        "memorised the training images.",
        "next": "Shift the images a little, raise dropout, or use narrower layers.",
    },
    {
        "when": {"outcome": LEARNED, "dataset": "cifar10", "init": "torch", "activation": "relu", "batch_norm": True,
                 "dropout": 0.4, "epochs": {"least": 20}},
        "why": "Blocks of Linear, BatchNorm, ReLU and Dropout, as in the report's best model, which reached 55.8 % on "
        "validation after 20 epochs, probably with Dropout on; this network reached {val} with Dropout off. The accuracy "
        "goes up and down by a point or two from epoch to epoch, so a single epoch is weak evidence.",
        "next": "Shift and mirror the images, or start from “The best MLP we know”.",
    },
    {
        "when": {"outcome": LEARNED, "obstacle": ["drowned", "below", "standing", "zero"]},
        "why": "Almost no gradient reached the weights at the start. By chance, the first steps moved the weights to where more"
        " gradient arrives.",
        "next": "Try another seed: it may not learn then. With He for the initial weights, it does not depend on chance.",
    },
    {
        "when": {"outcome": LEARNED, **SMALL, "std": {"most": 0.005}, "layers": {"most": 2}, "optimiser": ADAMS},
        "why": "With so few layers, σ = {std} still works: the signal is small, but Adam divides each gradient by its own size,"
        " which makes up for it.",
        "next": "Set the depth to 3, change nothing else, and start again.",
    },
    {
        "when": {"outcome": LEARNED, "init": "normal", "std": {"most": 0.02}, "batch_norm": True},
        "why": "BatchNorm divides the sums of each layer by their standard deviation, so a small σ = {std} hardly matters.",
        "next": "Switch BatchNorm off, choose He instead, and see which is better.",
    },
    {
        "when": {"outcome": LEARNED, "init": "normal", "std": {"most": 0.02}, "norm": "layer"},
        "why": "LayerNorm divides the sums of a layer by their standard deviation, separately for every image, so a small "
        "σ = {std} hardly matters.",
        "next": "Switch LayerNorm off, choose residual connections with equal widths instead, and see which is better.",
    },
    {
        "when": {"outcome": LEARNED, "init": "normal", "std": {"most": 0.02}, "norm": None, "skip": True},
        "why": "Residual connections carry the signal and the gradient past each layer unchanged, so with σ = {std} this "
        "network starts like one with a single hidden layer, and learns like it.",
        "next": "Increase the depth to 16 and start again. Then switch LayerNorm on as well.",
    },
    {
        "when": {"outcome": LEARNED, **SMALL, "layers": {"least": 3, "most": 7}, "optimiser": ADAMS},
        "why": "σ = {std} leaves little of the signal, but enough for Adam, which divides each gradient by its own size.",
        "next": "Increase the depth by one, and start again. Then choose He.",
    },
    {
        "when": {"outcome": LEARNED, "init": "normal", "std": {"least": 0.02}, "norm": None, "layers": {"least": 3}},
        "why": "σ = {std} is close enough to √(2/F), which He chooses for F inputs of a unit, for the signal to pass these few "
        "layers.",
        "next": "Set the depth to 16 with the same σ. Then choose He.",
    },
    {
        "when": {"outcome": LEARNED, "init": ["he", "orthogonal", "xavier", "torch"], "norm": None,
                 "layers": {"least": 3}},
        "why": "The initial weights are large enough for the signal to reach the last layer, and for the gradient to come "
        "back, so this depth can learn.",
        "next": "Set the depth to 1 and start again: is it worse? Or widen the layers to 512 and switch BatchNorm on.",
    },
    {
        "when": {"outcome": LEARNED, "dataset": "cifar10", "val": {"least": 0.45}},
        "why": "{test} is what to expect here. A fully connected network sees 3,072 separate numbers, not a picture: it does "
        "not know that a cat is a cat wherever it appears.",
        "next": "Start from “The report's best model”, or shift and mirror the images.",
    },
    {
        "when": {"outcome": "partly", "falling": True},
        "why": "The loss was still falling at the end: with a learning rate of {rate}, {step} steps were not enough.",
        "next": "Train for more epochs, or make the learning rate three times larger.",
    },
    {
        "when": {"outcome": "partly"},
        "why": "It learned, but had too few steps or too few units for the rest.",
        "next": "Widen the layers, or train for more epochs.",
    },
    {
        "when": {"outcome": "learns"},
        "why": "The classes differ in many pixels at once, so weighted sums of the pixels separate most examples.",
        "next": "Set the depth to 8 with σ = 0.001, then with He.",
    },
]  # fmt: skip

RESULT = words.RESULT | {"rules": RULES, "whole": "Why it collapses: the full explanation"}

DIAGNOSTICS = {
    "read": "Read the signal downwards, from the first layer to the last, and the gradient upwards. Where one of them falls by "
    "powers of ten, it does not reach the layers after that.",
    "healthy": "Signal and gradient reach every layer.",
    "slow": "In one layer, the gradient of a weight is below 10⁻⁸: almost too small to learn from.",
    "dead": "Many units are dead: their output is 0 for every checked image.",
    "diverged": "The run diverged. These figures are the last ones from before that.",
    "obstacles": {
        "zero": "No gradient reaches any weight, so no weight moves.",
        "standing": "The gradient that reaches the weights is so small that the steps hardly change them.",
        "drowned": "The gradient that reaches the weights is smaller than the weight decay: weight decay dominates the update.",
        "below": "The gradient that reaches the weights is far below the 10⁻⁸ that Adam adds before it divides: the weights "
        "hardly move.",
    },
}

SIGNAL = {
    "title": "What reaches each layer",
    "kept": "The signal keeps its size in every layer",
    "faint": "The signal is faint: about {power} of it is left after {layer}",
    "rising": "Training is raising the signal, from {before} to {power} so far",
    "lost": "The signal is lost: about {power} of it is left after {layer}",
    "gone": "The signal is lost: nothing of it is left after {layer}",
    "grown": "The signal grows too large, to {size} in {layer}",
    "regained": "Training has restored the signal, from {before} to {size}",
    "broken": "The signal is no longer a finite number",
    "diverged": "The run diverged: these are the layers before that",
    "biases": "The output is large only because of its biases. They learn how frequent each class is, without the images.",
    "next": "The dotted line is what the settings would start with now.",
    "drawn": "Start draws other weights, and measures them with other images, so its figures differ a little from these.",
    "measured": "It is measured when the run starts. For convolutional layers there is no prediction.",
    "hint": "Point at a layer, or use the arrow keys, to read its figures.",
    "tap": "Tap a layer to read its figures.",
}

TABLE = {
    "title": "Validation accuracy at each depth",
    "soFar": "{done} of {all} networks are trained",
    "asReport": "As in the report: from {from} layers on, no network learns",
    "collapse": "From {from} layers on, no network learns",
    "never": "No network learns at any depth",
    "recovered": "Networks learn at every depth, up to {to} layers",
    "mixed": "{learn} of {all} networks learn",
    "curesTitle": "Validation accuracy with each cure, at each depth",
    "curesWhole": "Up to {to} layers learn well with: {cures}",
    "curesNone": "With none of these cures, networks of all depths up to {to} learn well",
    "curesCaption": "Share of the validation images classified correctly after the last epoch. Shaded: it learned, or partly. "
    "“Why it collapses” says what each cure does, and where it is not enough.",
    "caption": "Share of the validation images classified correctly after the last epoch.",
    "captionSeeds": "Share of the validation images classified correctly after the last epoch: mean over the seeds, ± standard "
    "deviation.",
}

TABLE_STORY = STORY | {
    "before": "Before you press Start, write down at which depth you expect the accuracy to fall, and to what.",
    "running": "Each depth is trained from the beginning, one after another; its row fills in when it is done.",
    "elsewhere": STORY["elsewhere"]
    | {
        "running": "Each depth is trained from the beginning, as many at once as the lab has GPUs; its row fills in when "
        "it is done.",
        "paused": "Paused: networks that are being trained are trained to their end, and no other begins.",
        "resume": "Resume trains the networks that were not done.",
        "interrupted": "The server's process for this table ended unexpectedly. Resume trains the networks that were not done.",
        "released": "Nobody was watching, so this table was cancelled in the lab; the networks that were not done begin again.",
    },
    "finished": "All networks are trained.",
    "stopped": "It was stopped before all networks were trained.",
}

LIVE_VIEW = {"controls": {}, "story": STORY, "result": RESULT, "diagnostics": DIAGNOSTICS, "signal": SIGNAL}
LIVE_TABLE = {"controls": {}, "story": TABLE_STORY, "result": RESULT, "diagnostics": DIAGNOSTICS, "table": TABLE}
