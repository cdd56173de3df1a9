"""Words of Train: the titles of the presets, and the explanation of a run that has ended."""

from nnlib.experiment.settings import MAX_ITERATIONS, Experiment
from nnlib.runs.kinds import KINDS
from pages.live import words

CONTROLS = {name: Experiment.FIELDS[name].help for name in KINDS["train"].changeable}

ABOUT_PRESETS = "A complete set of settings to start from; change anything afterwards."
NO_LIMIT = f"Without a limit, the network trains until you press Stop, or to step {MAX_ITERATIONS:,}. With one, it ends itself."
LAYERS = (
    "How many hidden layers stand between input and output. With none, the borders between classes are straight lines if "
    "the inputs are x₁ and x₂ alone."
)

POINTS_FORMAT = (
    "A line for each point: two numbers and the name of its class. At least 10 points, 2 to 10 classes with at least 3 "
    "points each. Semicolons, tabs, decimal commas and further columns are understood too."
)
DRAW = "Draw points with the mouse, a finger or the keyboard, create them from a function, or make yours harder to learn."

PRESET_TITLES = {
    "report": "The report's final network",
    "best": "Best single hidden layer",
    "spiral": "Spiral, 50 units",
    "digits": "Digits, 64 units",
    "moons": "Moons, 16 tanh units",
    "xor": "Exclusive or, 4 units",
    "vanishing": "Three layers learn nothing",
    "diverging": "Learning rate too large: it diverges",
}

# The first rule whose every condition holds explains the run. A condition is a plain value (equal), a list (one of them), or
# {"least": …, "most": …} (a number in between). Names are those of the settings, and: outcome, stopped, layers, narrowest
# (units of the narrowest hidden layer), gap (training minus validation accuracy), image, epochs, validated (examples).
RULES = [
    {
        "when": {"outcome": "diverges", "reg": {"least": 10}},
        "why": "The gradient of the penalty is so large that each update moves the weights past zero, farther each time.",
        "next": "Make λ at least ten times smaller.",
    },
    {
        "when": {"outcome": "diverges"},
        "why": "Each step overshot the minimum and ended where the slope is steeper, so the next step was longer still. With a "
        "learning rate of {rate}, the numbers became too large to represent.",
        "next": "Divide the learning rate by ten.",
    },
    {
        "when": {"outcome": "stuck", "init": "zeros"},
        "why": "No gradient passes back through weights of 0. Even where it does later, the units of a layer receive equal "
        "gradients and stay equal, so the layer is worth no more than one unit.",
        "next": "Choose He for the initial weights; nothing else needs to change.",
    },
    {
        "when": {"outcome": "stuck", "init": "normal", "std": {"most": 0.02}, "layers": {"least": 2}},
        "why": "With σ = {std}, every layer shrinks the signal, and the gradient on the way back. After a few layers almost no "
        "gradient is left: the network learned only that all classes are about equally frequent.",
        "next": "Keep everything else and choose He for the initial weights: it preserves the size of the signal.",
    },
    {
        "when": {"outcome": "stuck", "activation": "sigmoid", "layers": {"least": 2}},
        "why": "The slope of a sigmoid is at most a quarter, and each layer multiplies the gradient by it, so the first layers "
        "receive almost no gradient.",
        "next": "Choose ReLU or tanh.",
    },
    {
        "when": {"outcome": "stuck", "reg": {"least": 0.5}},
        "why": "The penalty costs more than correct predictions save, so the loss is lowest with all weights near zero.",
        "next": "Make λ a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.5}},
        "why": "The first steps were so large that the units left the range in which they respond. A dead ReLU gets no gradient"
        " from the examples, so they cannot bring it back.",
        "next": "Divide the learning rate by ten.",
    },
    {
        "when": {"outcome": "stuck", "validated": {"most": 40}},
        "why": "Only {validated} examples validate, and on so few, guessing can reach {val} by luck: this shows no learning.",
        "next": "Use more examples, or a smaller share of them for training.",
    },
    {
        "when": {"outcome": "stuck", "stopped": True},
        "why": "The run was stopped at step {step}, before the loss had moved away from that of guessing.",
        "next": "Let it run longer, or raise the learning rate.",
    },
    {
        "when": {"outcome": "stuck"},
        "why": "The loss stayed close to that of guessing: with a learning rate of {rate}, {step} steps are not enough.",
        "next": "Make the learning rate ten times larger, or train for more iterations.",
    },
    {
        "when": {"outcome": "partly", "stopped": True},
        "why": "The run was stopped at step {step}. These are its results at that step.",
        "next": "Let it run to the end, and compare.",
    },
    {
        "when": {"outcome": ["partly", "learns"], "gap": {"least": 0.15}},
        "why": "It is {gap} points better on the training examples than on new ones. This is overfitting: the network has "
        "partly memorised the training examples, noise included.",
        "next": "Use more training examples, make λ larger, or use fewer units.",
    },
    {
        "when": {"outcome": "partly", "layers": 0, "image": False},
        "why": "Without a hidden layer, the borders between classes are straight lines, and no straight line separates these "
        "classes.",
        "next": "Add one hidden layer.",
    },
    {
        "when": {"outcome": "partly", "activation": "identity"},
        "why": "Without an activation, several layers together compute no more than one layer: the borders stay straight.",
        "next": "Choose ReLU or tanh.",
    },
    {
        "when": {"outcome": ["partly", "learns"], "dataset": "cifar10", "val": {"least": 0.45}},
        "why": "{test} is what to expect here. A fully connected network sees 3,072 separate numbers, not a picture: it does "
        "not know that a cat is a cat wherever it appears.",
        "next": "Compare learning rates between 0.0005 and 0.002, or look at the confusion matrix below.",
    },
    {
        "when": {"outcome": "partly", "falling": True},
        "why": "The loss was still falling at the end: with a learning rate of {rate}, {step} steps were not enough.",
        "next": "Make the learning rate three times larger, or train for more iterations.",
    },
    {
        "when": {"outcome": "partly", "image": False, "narrowest": {"most": 4}},
        "why": "Each unit adds one bend to the borders, and these classes need more bends than the network has.",
        "next": "Double the units.",
    },
    {
        "when": {"outcome": "partly", "reg": {"least": 0.005}},
        "why": "The penalty keeps the weights too small for the borders to bend as sharply as the classes require.",
        "next": "Make λ ten times smaller.",
    },
    {
        "when": {"outcome": "partly"},
        "why": "It found the rough shape of the classes, but had too few steps or too few units for the rest.",
        "next": "Double the units, train for more iterations, or make the learning rate a little larger.",
    },
    {
        "when": {"outcome": "learns", "image": False, "layers": 0},
        "why": "Without a hidden layer, the borders between classes are straight lines, and here they are nearly sufficient.",
        "next": "Add one hidden layer, and see which points it classifies correctly now.",
    },
    {
        "when": {"outcome": "learns", "image": False},
        "why": "Every hidden unit adds one bend, the output layer adds the bends up, and gradient descent has moved them to "
        "where the classes meet.",
        "next": "Find the smallest number of units that still works, or raise the noise and compare training with validation.",
    },
    {
        "when": {"outcome": "learns"},
        "why": "The classes differ in many pixels at once, so weighted sums of the pixels separate most examples.",
        "next": "Halve the units until the accuracy drops, or raise the learning rate until training diverges.",
    },
]

RESULT = words.RESULT | {"rules": RULES}

# What can be wrong with a run that trains: a name, and what was measured.
CAUSES = {
    "exploding": {"name": "Exploding gradient", "why": "The gradient of a weight of {layer} is {size} on average."},
    "rate": {"name": "Learning rate too large", "why": "One update changes the weights of {layer} by {size} of their length."},
    "vanishing": {"name": "Vanishing gradient", "why": "The gradient of a weight of {layer} is only {size} on average."},
    "dead": {
        "name": "Dead units",
        "why": "{size} of the units of {layer} are 0 for every checked example: no gradient reaches them.",
    },
    "overfitting": {"name": "Overfitting", "why": "It is {size} points better on the training examples than on new ones."},
}

DIAGNOSTICS = {
    "causes": CAUSES,
    "read": "One update should change the weights of a layer by about a thousandth of their size (the mark on the gauge). Far "
    "above the mark, the learning rate is too large; far below it, the layer hardly learns.",
    "healthy": "The weights of every layer are changing.",
    "fast": "The updates are large compared with the weights.",
    "slow": "The updates are tiny: the weights hardly change.",
    "dead": "Many units are dead: their output is 0 for every checked example.",
    "diverged": "The run diverged. These figures are the last ones from before that.",
}

LIVE_VIEW = {"controls": CONTROLS, "story": words.STORY, "result": RESULT, "diagnostics": DIAGNOSTICS}
