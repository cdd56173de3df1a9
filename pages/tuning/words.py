"""The texts of Tuning."""

from nnlib.studies.claims.verdict import (
    ALSO_HERE,
    CONFIRMED,
    LEVELS_OFF,
    NOT_APPLICABLE,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    NOT_HERE,
    NOT_IN_SHORTER,
)
from nnlib.support.colours import BLUE, GREEN, GREY, ORANGE, VERMILION
from pages.live import words

# What the report says about each figure, and a question before the study starts.
REPORT_SAYS = {
    "hidden": "The report says of its Figure 1, from 10 to 340 units: **the larger, the better**. The test asks whether "
    "accuracy clearly grows from each third of the sizes to the next, and still along the largest 45 % of them.",
    "lr": "The report says of its Figure 2: too high and too low are both bad; **the best lie between 0.0005 and 0.002**.",
    "iterations": "The report says of its Figure 3: accuracy is **still growing at the end, more slowly**. It chose 20,000.",
    "grid": "The report says of its Figure 6: **0.002 is almost always the best rate**. At that rate the best sizes are "
    "160 to 230, or above 300, and the best of all is 180.",
    "free": "The report tuned one or two settings at a time. Here a sampler searches several at once.",
}
BEFORE = {
    "hidden": "Before you press Start: from which hidden size on do more units not help?",
    "lr": "Before you press Start: where will the best learning rate lie, and what happens on either side of it?",
    "iterations": "Before you press Start: does twice the training bring twice the gain?",
    "grid": "Before you press Start: will the best learning rate be the same for all hidden sizes?",
    "free": "Before you press Start: which of these settings will matter most?",
}
OTHER_SCALE = (
    "The inputs of the report's networks are pixels from 0 to 255. These data have small inputs, so the best rates are much "
    "larger."
)

STORY = words.STORY | {
    "running": "Each finished trial is a point of the figure below. Click one to see how its networks learned.",
    "paused": "No new trial begins. Trials in training are finished; you see them when you resume.",
    "finished": "All trials are finished.",
    "stopped": "It was stopped before all trials were finished. Resume trains the others.",
}

VERDICTS = {  # an icon beside the word, so that colour is not the only sign
    CONFIRMED: ("✓", GREEN),
    ALSO_HERE: ("✓", GREEN),
    NOT_CONFIRMED: ("✗", VERMILION),
    NOT_HERE: ("✗", VERMILION),
    LEVELS_OFF: ("⤳", BLUE),
    NOT_IN_SHORTER: ("?", ORANGE),
    NOT_ENOUGH: ("?", ORANGE),
    NOT_APPLICABLE: ("–", GREY),
}
