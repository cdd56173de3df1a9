"""Words of Tuning: what the report found, and what to say of a study."""

from nnlib.support.colours import GREEN, ORANGE, VERMILION
from pages.train import words as texts

# What the report says of each figure, and what to ask oneself before the study begins.
REPORT_SAYS = {
    "hidden": "In the report's Figure 1, from 10 to 340 units, **the larger, the better**.",
    "lr": "In the report's Figure 2, too high and too low are both bad; **the best rates lie between 0.0005 and 0.002**.",
    "iterations": "In the report's Figure 3, accuracy is **still growing at the end, more slowly**. It chose 20,000.",
    "grid": "In the report's Figure 6, **0.002 is almost always the best rate**. At that rate the best sizes are 160 to 230, "
    "or above 300, and the best of all is 180.",
    "free": "The report tuned by hand, one or two settings at a time. Here a sampler searches several at once.",
}
BEFORE = {
    "hidden": "Before you press Start: at which hidden size does more no longer help?",
    "lr": "Before you press Start: where will the best learning rate lie, and what happens on either side of it?",
    "iterations": "Before you press Start: does twice the training bring twice the gain?",
    "grid": "Before you press Start: will the best learning rate be the same for all hidden sizes?",
    "free": "Before you press Start: which of these settings will matter most?",
}
OTHER_SCALE = (
    "The report's networks see pixels from 0 to 255. With these data the inputs are small numbers, and the best rates "
    "far larger."
)

STORY = texts.STORY | {
    "running": "Each finished trial is a point of the figure below. Click one to see how its networks learned.",
    "paused": "No new trial begins. Those in training still go on to their end; you see them when you resume.",
    "finished": "All trials are done.",
    "stopped": "It was stopped before all trials were done.",
}

VERDICTS = {  # an icon beside the word, so that colour is not alone in saying it
    "confirmed": ("✓", GREEN),
    "not confirmed": ("✗", VERMILION),
    "not enough data": ("?", ORANGE),
}
