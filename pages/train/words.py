"""Words of the live page: the presets' titles, and what to say when a run has ended."""

from nnlib.experiment.settings import Experiment
from nnlib.runs.kinds import KINDS

CONTROLS = {name: Experiment.FIELDS[name].help for name in KINDS["train"].changeable}

ABOUT_PRESETS = "A complete set of settings to start from; change anything afterwards."
LAYERS = "How many hidden layers stand between input and output: none draws straight borders only, more can bend them."

PRESET_TITLES = {
    "report": "The report's final network",
    "best": "Best single hidden layer",
    "spiral": "Spiral, 50 units",
    "digits": "Digits, 64 units",
    "moons": "Moons, 16 tanh units",
    "xor": "Exclusive or, 4 units",
    "vanishing": "Three layers learn nothing",
    "diverging": "Steps so large it blows up",
}

STORY = {
    "expected": {
        "learns": "it would learn well",
        "partly": "it would learn partly",
        "stuck": "it would stay near chance",
        "diverges": "it would blow up",
    },
    "happens": {
        "learns": "it learns well",
        "partly": "it learns partly",
        "stuck": "it stays near chance",
        "diverges": "it blows up",
    },
    "happened": {
        "learns": "it learned well",
        "partly": "it learned partly",
        "stuck": "it stayed near chance",
        "diverges": "it blew up",
    },
    "compare": {
        "before": "You expect: {happens}.",
        "match": "As you expected, {happened}.",
        "differ": "You expected that {expected}; {happened}.",
        "none": "In the end, {happened}.",
    },
    "running": "Move a slider while it trains: it acts from the very next step.",
    "changed": "The settings have changed. This run keeps its own; “Start new run” begins a new run with them.",
    "changedAfter": "The settings have changed: “Start again” begins a new run with them.",
    "resume": "Resume goes on from its last checkpoint.",
    "interrupted": "The process that trained this run ended unexpectedly; all but about the last second is kept.",
    "released": "Nobody was looking, so this run was put to sleep; it wakes where it stopped.",
}

TITLES = {
    "learns": "It learned well",
    "partly": "It learned partly",
    "stuck": "It stayed near chance",
    "diverges": "It blew up at step {step}",
}

# The first rule whose every condition holds explains the run. A condition is a plain value (equal), a list (one of them), or
# {"least": …, "most": …} (a number in between). Names are those of the settings, and: outcome, stopped, layers, narrowest
# (units of the narrowest hidden layer), gap (training minus validation accuracy), image, epochs.
RULES = [
    {
        "when": {"outcome": "diverges", "reg": {"least": 10}},
        "why": "The penalty's gradient is so strong that each update throws the weights past zero, further out every time.",
        "next": "Make λ at least ten times smaller.",
    },
    {
        "when": {"outcome": "diverges"},
        "why": "Each step overshot the valley and landed higher on the other side, where the slope is steeper and the next "
        "step longer still. At a rate of {rate}, that ends in numbers too large to hold.",
        "next": "Divide the learning rate by ten.",
    },
    {
        "when": {"outcome": "stuck", "init": "zeros"},
        "why": "All hidden units started equal, received equal gradients and stayed equal: as good as no hidden layer at "
        "all. With ReLU they even start at zero, where no gradient flows back.",
        "next": "Choose He for the first weights; nothing else needs to change.",
    },
    {
        "when": {"outcome": "stuck", "init": "normal", "std": {"most": 0.02}, "layers": {"least": 2}},
        "why": "With σ = {std} every layer shrinks the signal, and on the way back the gradient too. After a few layers "
        "nothing is left to learn from: the network only found that all classes are about equally frequent.",
        "next": "Keep everything and choose He for the first weights: it is made to keep the signal's size.",
    },
    {
        "when": {"outcome": "stuck", "activation": "sigmoid", "layers": {"least": 2}},
        "why": "A sigmoid passes back at most a quarter of the gradient at each layer, so the first layers hardly hear "
        "anything.",
        "next": "Choose ReLU or tanh.",
    },
    {
        "when": {"outcome": "stuck", "reg": {"least": 0.5}},
        "why": "The penalty costs more than right answers save, so the cheapest network is one whose weights are all near "
        "zero.",
        "next": "Make λ a hundred times smaller.",
    },
    {
        "when": {"outcome": "stuck", "learning_rate": {"least": 0.5}},
        "why": "The first steps were so large that the units were thrown out of the region where they respond; dead ReLUs "
        "get no gradient and cannot come back.",
        "next": "Divide the learning rate by ten.",
    },
    {
        "when": {"outcome": "stuck", "stopped": True},
        "why": "It was stopped at step {step}, before the loss had moved away from guessing.",
        "next": "Let it run on, or raise the learning rate.",
    },
    {
        "when": {"outcome": "stuck"},
        "why": "The loss hardly moved away from that of guessing: with a rate of {rate}, {step} steps do not lead far.",
        "next": "Make the learning rate ten times larger, or give it more iterations.",
    },
    {
        "when": {"outcome": "partly", "stopped": True},
        "why": "It was stopped at step {step}; this is how it stood at that moment.",
        "next": "Let it run to the end, and compare.",
    },
    {
        "when": {"outcome": ["partly", "learns"], "gap": {"least": 0.15}},
        "why": "It is {gap} points better on the examples it trained on than on new ones: part of what it learned is those "
        "examples themselves, noise included.",
        "next": "Give it more to learn from, make λ larger, or take fewer units.",
    },
    {
        "when": {"outcome": "partly", "layers": 0, "image": False},
        "why": "Without a hidden layer the borders between classes are straight lines, and no straight line separates these.",
        "next": "Add one hidden layer.",
    },
    {
        "when": {"outcome": "partly", "activation": "identity"},
        "why": "Layers without an activation collapse into one: however many there are, the borders stay straight.",
        "next": "Choose ReLU or tanh.",
    },
    {
        "when": {"outcome": "partly", "image": False, "narrowest": {"most": 4}},
        "why": "Few units mean few bends, and these classes need more bends than the network has.",
        "next": "Double the units.",
    },
    {
        "when": {"outcome": ["partly", "learns"], "dataset": "cifar10"},
        "why": "{test} is what to expect here: a fully connected network sees 3,072 separate numbers, not a picture, and has "
        "to learn a cat in the left corner and a cat in the right corner as two different things.",
        "next": "Compare learning rates between 0.0005 and 0.002, or look at which classes it takes for each other below.",
    },
    {
        "when": {"outcome": "partly", "reg": {"least": 0.005}},
        "why": "The penalty holds the weights so small that the borders cannot bend as sharply as the classes do.",
        "next": "Make λ ten times smaller.",
    },
    {
        "when": {"outcome": "partly"},
        "why": "It found the rough shape of the classes, and had neither the steps nor the units for the rest.",
        "next": "Double the units, give it more iterations, or make the learning rate a little larger.",
    },
    {
        "when": {"outcome": "learns", "image": False, "layers": 0},
        "why": "Without a hidden layer the borders between classes are straight lines, and here they nearly suffice.",
        "next": "Add one hidden layer, and see which points it wins.",
    },
    {
        "when": {"outcome": "learns", "image": False},
        "why": "Every hidden unit contributes one bend, the output layer adds them up, and gradient descent has put the "
        "bends where the classes meet.",
        "next": "Find the fewest units that still do it, or raise the noise and watch training and validation part.",
    },
    {
        "when": {"outcome": "learns"},
        "why": "The classes differ in many pixels at once, so a weighted sum of them carries far.",
        "next": "Halve the units until it hurts, or take the learning rate up until it blows up.",
    },
]

RESULT = {
    "titles": TITLES,
    "expected": STORY["expected"],
    "happened": STORY["happened"],
    "compare": STORY["compare"],
    "next": "Try next:",
    "steered": "On the way you set {what}.",
    "steeredPart": "{name} to {now} (it began at {before})",
    "names": {"learning_rate": "the learning rate", "reg": "λ", "batch_size": "the batch size"},
    "rules": RULES,
}

DIAGNOSTICS = {
    "read": "One update should change a layer's weights by about a thousandth of their size (the mark on the gauge): far "
    "above, the learning rate is too large, far below, the layer hardly learns.",
    "healthy": "Every layer is moving.",
    "fast": "Updates are large for the weights they change.",
    "slow": "Updates are tiny: the layers hardly move.",
    "dead": "Many units are dead: silent for every example.",
}

LIVE_VIEW = {"controls": CONTROLS, "story": STORY, "result": RESULT, "diagnostics": DIAGNOSTICS}
