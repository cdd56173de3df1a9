"""Words of Tuning: its settings, what the report found, and what to say of a study."""

from nnlib.studies.study_settings import SAMPLER_NAMES
from pages.train import words as texts

PRESETS = {}

LABELS = {
    "figure": "Study",
    "dataset": "Data set",
    "budget": "Budget",
    "vary": "What to vary",
    "sampler": "Sampler",
    "pruner": "Pruner",
    "trials": "Trials",
    "seeds": "Networks of each point",
    "iterations": "Steps of each network",
    "seed": "Seed",
}

HELP = {
    "figure": "What is searched. The first four are the report's figures; in your own space you choose what varies, and "
    "between which ends.",
    "dataset": "What the networks learn. Digits are done in seconds. The report's claims are about CIFAR-10, where a study "
    "takes minutes to hours.",
    "budget": "How many points, how many steps for each network, and how many networks at each point. The time is an "
    "estimate for this machine as it is now, right within a factor of two or so. While others use it, too, it takes longer.",
    "vary": "The settings that the study varies. All others stay as they are.",
    "sampler": "How the next point is chosen: every point of a grid, at random, or where earlier trials were good (TPE).",
    "pruner": "Ends a trial early when others did better after the same number of steps. That saves time, and may now and "
    "then end one that would have come out on top.",
    "trials": "How many points are trained.",
    "seeds": "Each point is trained so many times, from other random numbers, and counts as their mean. The spread shows how "
    "much is luck.",
    "iterations": "Batches that each network is trained on.",
    "seed": "Start of every random draw. With the same seed, a grid or random search tries the same points and trains the "
    "same networks again. TPE and the pruners go by the trials that happened to be done, so they may turn out otherwise.",
    "from": "The lower end of the search.",
    "to": "The upper end of the search.",
}

CHOICES = SAMPLER_NAMES | {
    "hidden": "Figure 1: hidden size",
    "lr": "Figure 2: learning rate",
    "iterations": "Figure 3: iterations",
    "grid": "Figure 6: grid of both",  # the study: the sampler of this name is in SAMPLER_NAMES
    "free": "Your own space",
    "small": "Small",
    "report": "The report's",
    "none": "none",
    "median": "median",
    "halving": "successive halving",
}

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
    "confirmed": ("✓", "#009e73"),
    "not confirmed": ("✗", "#d55e00"),
    "not enough data": ("?", "#e69f00"),
}
