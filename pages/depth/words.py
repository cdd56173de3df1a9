"""Words of Depth: what sets a network apart, and what to say of its runs."""

from nnlib.deep.settings import MlpExperiment
from pages.train import words as texts

FIELDS = MlpExperiment.FIELDS

PRESET_TITLES = {
    "report": "The report's network",
    "report-best": "The report's best model",
    "best": "The best we know",
}
BEST_NEEDS_A_GPU = "Wide layers for 100 epochs: this wants a GPU. On a processor it takes hours."

ABOUT_PRESETS = (
    "Settings to start from. “The best we know” trains wide layers for 100 epochs: it wants a GPU, a processor takes hours."
)
NO_SCHEDULER = "The lab's GPU is reached through a scheduler, and this app was started without NNLIB_SCHEDULER, which names it."


def told(name: str, value) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else FIELDS[name].title(str(value))


def start_told(experiment: MlpExperiment) -> str:
    """How the first weights are drawn, in a word or two."""
    return f"σ\u00a0=\u00a0{experiment.std:g}" if experiment.init == "normal" else FIELDS["init"].title(experiment.init)


def difference_told(name: str, experiment: MlpExperiment, report: MlpExperiment) -> str:
    """What a setting is instead of the report's."""
    if name == "init":
        return f"first weights {start_told(experiment)} instead of {start_told(report)}"
    now, then = told(name, getattr(experiment, name)), told(name, getattr(report, name))
    label = FIELDS[name].label
    label = label if label.startswith("BatchNorm") else label[0].lower() + label[1:]
    return f"{label} {now} instead of {then}"


def tricks(experiment: MlpExperiment) -> str:
    """What sets the network and its training apart, in a line: how it starts, and all that the report's network has not."""
    found = [start_told(experiment)]
    if experiment.activation != "relu":
        found.append(FIELDS["activation"].title(experiment.activation))
    if experiment.batch_norm:
        found.append("BatchNorm")
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


STORY = texts.STORY | {
    "running": "Watch what reaches each layer, and whether it changes as the network learns.",
    "elsewhere": {  # said instead of a run on the lab's GPU
        "resume": "Resume begins this run again: a run on the lab's GPU has no checkpoints.",
        "interrupted": "The server's process for this run on the lab's GPU ended unexpectedly. Resume begins the run again.",
        "released": "Nobody was watching, so this run on the lab's GPU was cancelled; it begins again.",
    },
}

SMALL = {"init": "normal", "std": {"most": 0.02}, "batch_norm": False}  # first weights that shrink the signal
SHRUNK = "With σ = {std} every layer shrinks the signal, and on the way back the gradient too."
ONLY_BIASES = (
    "Only the last biases learn, and all they can say is how frequent each class is: the loss stays at that of guessing."
)
CHOOSE_HE = "Keep everything and choose He for the first weights. Look at the signal before you start."
ADAMS, PLAIN = ["adam", "adamw"], ["sgd", "momentum"]
LEARNED = ["partly", "learns"]
FEW = 200  # steps

# As in pages/train/words.py, the first rule whose every condition holds explains the run. `obstacle` is what was in the way of
# the gradient at the start (nnlib.deep.signal_at_start). What was cut short, and rates too high or too low, come before all
# else.
RULES = [
    {
        "when": {"outcome": "diverges", "init": "normal", "std": {"least": 0.2}, "batch_norm": False,
                 "learning_rate": {"most": 0.05}},
        "why": "With σ = {std} every layer makes the signal larger, until the answers, and with them the steps, are beyond all "
        "measure.",
        "next": "Choose He for the first weights: it is made to keep the signal's size.",
    },
    {
        "when": {"outcome": "diverges"},
        "why": "Each step overshot, and landed where the slope is steeper and the next step longer still. At a rate of {rate}, "
        "that ends in numbers too large to hold.",
        "next": "Divide the learning rate by ten.",
    },
    {
        "when": {"outcome": "stuck", "stopped": True, "obstacle": ["drowned", "below", "standing", "zero"]},
        "why": "It was stopped at step {step}, before the loss had moved away from guessing. The signal at the start promised "
        "no better: next to nothing of the gradient got through to the weights.",
        "next": "Look at the signal figure, and choose He for the first weights.",
    },
    {
        "when": {"outcome": "stuck", "stopped": True},
        "why": "It was stopped at step {step}, before the loss had moved away from guessing.",
        "next": "Let it run on, and see whether it learns.",
    },
    {
        "when": {"outcome": LEARNED, "stopped": True},
        "why": "It was stopped at step {step}; this is how it stood at that moment.",
        "next": "Let it run to the end, and compare.",
    },
    {
        "when": {"outcome": "stuck", "epochs": {"most": 0}},
        "why": "It was not trained at all: with 0 epochs you only see its layers as they begin.",
        "next": "Give it an epoch or more.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.05}, "optimiser": ADAMS, "activation": "relu"},
        "why": "Adam moves every weight by about the learning rate in each step, whatever its gradient. With {rate} the first "
        "steps threw units out of the region where they respond, and dead ReLUs cannot come back.",
        "next": "Make the learning rate a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.05}, "optimiser": ADAMS},
        "why": "Adam moves every weight by about the learning rate in each step, whatever its gradient. Steps of {rate} are "
        "larger than most weights, and each undoes what the last one learned.",
        "next": "Make the learning rate a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.2}, "optimiser": PLAIN, "obstacle": None},
        "why": "Steps of {rate} times the gradient overshoot: they throw the weights to where units no longer respond.",
        "next": "Make the learning rate ten times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"most": 1e-6}},
        "why": "With a learning rate of {rate} the weights hardly move from where they began.",
        "next": "Choose a learning rate of 0.001.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "zero", "init": "normal", "std": 0},
        "why": "With σ = 0 all weights begin at 0: every unit passes on 0, and the gradient of every weight is 0. "
        + ONLY_BIASES,
        "next": "Choose He for the first weights.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "zero"},
        "why": "No gradient reaches any weight: a whole layer is silent for every image. " + ONLY_BIASES,
        "next": "Widen the layers, or try another seed.",
    },
    {
        "when": {"outcome": ["stuck", "partly"], "steps": {"most": FEW}, "obstacle": None},
        "why": "It made {step} steps in all. That is few: learning had hardly begun.",
        "next": "Give it more epochs, or take smaller batches, which make more steps of an epoch.",
    },
    {
        "when": {"outcome": "stuck", "weight_decay": {"least": 0.05}, "optimiser": ["adam", *PLAIN]},
        "why": "Weight decay pulls harder at the weights than the examples do, so they all end near zero.",
        "next": "Make the weight decay a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "drowned", **SMALL},
        "why": SHRUNK + " What is left of the gradient is smaller than the pull of weight decay, so that pull is all the "
        "weights hear: it takes them to zero. " + ONLY_BIASES,
        "next": CHOOSE_HE,
    },
    {
        "when": {"outcome": "stuck", "obstacle": "drowned"},
        "why": "What arrives of the gradient is smaller than the pull of weight decay, so that pull is all the weights hear: "
        "it takes them to zero. " + ONLY_BIASES,
        "next": "Make the weight decay ten times smaller, or choose He for the first weights.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "below", **SMALL},
        "why": SHRUNK + " What is left of the gradient is far smaller than the 0.00000001 that Adam adds before it divides, so "
        "the weights hardly move. " + ONLY_BIASES,
        "next": CHOOSE_HE,
    },
    {
        "when": {"outcome": "stuck", "obstacle": "below"},
        "why": "What arrives of the gradient is far smaller than the 0.00000001 that Adam adds before it divides, so the "
        "weights hardly move. " + ONLY_BIASES,
        "next": "Choose He for the first weights, or switch BatchNorm on.",
    },
    {
        "when": {"outcome": "stuck", "obstacle": "standing", **SMALL},
        "why": SHRUNK + " Steps along a gradient so small lead nowhere.",
        "next": CHOOSE_HE,
    },
    {
        "when": {"outcome": "stuck", "obstacle": "standing"},
        "why": "What arrives of the gradient is so small that steps along it lead nowhere.",
        "next": "Choose He for the first weights, or Adam.",
    },
    {
        "when": {"outcome": "stuck", "activation": "sigmoid", "batch_norm": False, "layers": {"least": 2}},
        "why": "A sigmoid passes back at most a quarter of the gradient at each layer, so the first layers hardly hear "
        "anything.",
        "next": "Choose ReLU or tanh, or switch BatchNorm on.",
    },
    {
        "when": {"outcome": "stuck", "dropout": {"least": 0.7}},
        "why": "Dropout silences {dropout} of the units in every step: what is left is too little, and never the same.",
        "next": "Set dropout to 0.2.",
    },
    {
        "when": {"outcome": "stuck", "init": "normal", "std": {"least": 0.2}, "batch_norm": False},
        "why": "With σ = {std} every layer makes the signal larger, and the first steps have to undo that before anything "
        "can be learned.",
        "next": "Choose He for the first weights.",
    },
    {
        "when": {"outcome": "stuck", "optimiser": PLAIN},
        "why": "The signal arrives, but steps of plain gradient times {rate} are small, and there were {step} of them.",
        "next": "Make the learning rate ten times larger, or choose Adam.",
    },
    {
        "when": {"outcome": "stuck"},
        "why": "The loss hardly moved away from that of guessing: look in the signal figure where it gets lost.",
        "next": "Switch BatchNorm on, or go back to Adam with a learning rate of 0.001.",
    },
    {
        "when": {"outcome": LEARNED, "dataset": "cifar10", "optimiser": "adamw", "batch_norm": True, "flips": True,
                 "shift": {"least": 1}, "label_smoothing": {"least": 0.01}, "schedule": ["cosine", "one_cycle"]},
        "why": "Images that are never twice the same, labels that are never quite sure, and a learning rate that ends near "
        "zero: together they bring {test}. What is missing to a convolutional network is that a cat is a cat wherever it sits.",
        "next": "Take one of them away, and see what it was worth. The leaderboard keeps them all.",
    },
    {
        "when": {"outcome": LEARNED, "gap": {"least": 0.15}},
        "why": "It is {gap} points better on the images it trained on than on new ones: part of what it learned is those "
        "images themselves.",
        "next": "Shift the images a little, raise dropout, or take narrower layers.",
    },
    {
        "when": {"outcome": LEARNED, "dataset": "cifar10", "init": "torch", "activation": "relu", "batch_norm": True,
                 "dropout": 0.4, "epochs": {"least": 20}},
        "why": "Blocks of Linear, BatchNorm, ReLU and Dropout, as in the report's best model: that had 55.8 % on validation "
        "after 20 epochs, here it is {val}. From one epoch to the next it goes up and down by a point or two, so one epoch "
        "says little.",
        "next": "Shift and mirror the images, or start from “The best we know”.",
    },
    {
        "when": {"outcome": LEARNED, "obstacle": ["drowned", "below", "standing", "zero"]},
        "why": "The signal at the start promised nothing: next to nothing of the gradient got through. But the first steps "
        "happened to move the weights to where more of it does.",
        "next": "Try another seed: it may not happen again. Then choose He for the first weights, which needs no luck.",
    },
    {
        "when": {"outcome": LEARNED, **SMALL, "std": {"most": 0.005}, "layers": {"most": 2}, "optimiser": ADAMS},
        "why": "So few layers survive σ = {std}: the signal is faint, but Adam divides each gradient by its own size, and that "
        "makes up for it.",
        "next": "Set the depth to 3, change nothing else, and start again.",
    },
    {
        "when": {"outcome": LEARNED, "init": "normal", "std": {"most": 0.02}, "batch_norm": True},
        "why": "BatchNorm divides each layer's sums by their own spread, so it hardly matters how small σ = {std} has made "
        "them.",
        "next": "Switch BatchNorm off, choose He instead, and see which is better.",
    },
    {
        "when": {"outcome": LEARNED, **SMALL, "layers": {"least": 3, "most": 7}, "optimiser": ADAMS},
        "why": "σ = {std} leaves little of the signal, but enough for Adam, which divides each gradient by its own size.",
        "next": "Set the depth one higher, and start again. Then choose He.",
    },
    {
        "when": {"outcome": LEARNED, "init": ["he", "orthogonal", "xavier", "torch"], "batch_norm": False,
                 "layers": {"least": 3}},
        "why": "The first weights are large enough for the signal to arrive, and for the gradient to come back: so this depth "
        "can learn. It does not win by being deep, though: one hidden layer does about as well.",
        "next": "Choose σ = 0.001 again to see what this changed, or widen the layers to 512 and switch BatchNorm on.",
    },
    {
        "when": {"outcome": LEARNED, "dataset": "cifar10"},
        "why": "{test} is what to expect here: a fully connected network sees 3,072 separate numbers, not a picture, and has "
        "to learn a cat in the left corner and a cat in the right corner as two different things.",
        "next": "Start from “The report's best model”, or shift and mirror the images.",
    },
    {
        "when": {"outcome": "partly"},
        "why": "It learned, and had neither the steps nor the units for the rest.",
        "next": "Widen the layers, or give it more epochs.",
    },
    {
        "when": {"outcome": "learns"},
        "why": "The classes differ in many pixels at once, so a weighted sum of them carries far.",
        "next": "Set the depth to 8 with σ = 0.001, then with He.",
    },
]  # fmt: skip

RESULT = texts.RESULT | {"rules": RULES, "whole": "Why it collapses: the whole story"}

DIAGNOSTICS = {
    "read": "The signal goes down its column, the gradient comes up its own. Where either falls by powers of ten, the layers "
    "beyond are cut off.",
    "healthy": "Signal and gradient reach every layer.",
    "slow": "The gradient of a weight is below 10⁻⁸ in a layer: hardly anything there to learn from.",
    "dead": "Many units are dead: silent for every image.",
    "obstacles": {
        "zero": "No gradient arrives at all: nothing moves the weights.",
        "standing": "What arrives of the gradient is so small that steps along it lead nowhere.",
        "drowned": "What arrives of the gradient is smaller than the pull of weight decay: that is all the weights hear.",
        "below": "What arrives of the gradient is far below the 10⁻⁸ that Adam adds before it divides: hardly a weight moves.",
    },
}

SIGNAL = {
    "title": "What reaches each layer",
    "kept": "The signal arrives whole",
    "faint": "The signal arrives faint: about {power} of it comes out of {layer}",
    "lost": "The signal is lost: about {power} of it comes out of {layer}",
    "gone": "The signal is lost: nothing of it comes out of {layer}",
    "grown": "The signal grows out of hand, to {size} in {layer}",
    "regained": "Training has brought the signal back, from {before} to {size}",
    "broken": "The signal is no longer a finite number",
    "next": "The dotted line is what the settings on the left would start with.",
    "hint": "Point at a layer, or walk with the arrow keys, to read its figures.",
}

TABLE = {
    "title": "Validation accuracy at each depth",
    "soFar": "{done} of {all} networks are trained",
    "asReport": "As in the report: nothing is learned from {from} layers on",
    "collapse": "Nothing is learned from {from} layers on",
    "never": "Nothing is learned at any depth",
    "recovered": "Every depth learns, up to {to} layers",
    "mixed": "{learn} of {all} networks learn",
    "caption": "Share of the validation images that is right after the last epoch.",
    "captionSeeds": "Share of the validation images that is right after the last epoch: the mean over the seeds, ± their "
    "standard deviation.",
}

TABLE_STORY = STORY | {
    "before": "Before you press Start: at which depth will the accuracy fall, and to what?",
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
