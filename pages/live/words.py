"""What every live view of a network says of a run: before it starts, during it and after it."""

STORY = {
    "spectated": "You are watching this run; only the browser that started it can change it. Press Reset to train a network of "
    "your own: the settings and sliders are for that.",
    "expected": {
        "learns": "it would learn well",
        "partly": "it would learn partly",
        "stuck": "it would stay near chance",
        "diverges": "it would diverge",
    },
    "happens": {
        "learns": "it learns well",
        "partly": "it learns partly",
        "stuck": "it stays near chance",
        "diverges": "it diverges",
    },
    "happened": {
        "learns": "it learned well",
        "partly": "it learned partly",
        "stuck": "it stayed near chance",
        "diverges": "it diverged",
    },
    "compare": {
        "before": "Your prediction: {happens}.",
        "match": "You predicted that {expected}. Correct.",
        "differ": "You predicted that {expected}. In fact, {happened}.",
        "none": "Result: {happened}.",
    },
    "running": "Move a slider: the change takes effect at the next step. Stop ends the run and tests its network.",
    "changed": "The settings have changed. This run keeps its old settings; “Start new run” uses the new ones.",
    "changedAfter": "The settings have changed. “Start again” uses the new ones.",
    "untrained": "This run was stopped before its first step, so there is no result.",
    "resume": "Resume continues from the last checkpoint.",
    "interrupted": "The process that trained this run ended unexpectedly. About the last second of training is lost.",
    "released": "Nobody was watching, so the server paused this run. It continues where it stopped.",
}

TITLES = {
    "learns": "It learned well",
    "partly": "It learned partly",
    "stuck": "It stayed near chance",
    "diverges": "It diverged at step {step}",
}

RESULT = {
    "titles": TITLES,
    "expected": STORY["expected"],
    "happened": STORY["happened"],
    "compare": STORY["compare"],
    "next": "Try next:",
    "steered": "During the run you set {what}.",
    "steeredPart": "{name} to {now} (from {before})",
    "names": {"learning_rate": "the learning rate", "reg": "λ", "batch_size": "the batch size"},
}
