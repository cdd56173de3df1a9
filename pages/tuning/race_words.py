"""Words of the race of samplers: what to say of it."""

from nnlib.studies.study_settings import DRAWN_AT_FIRST
from pages.tuning import words as tuning_texts

STORY = tuning_texts.STORY | {"running": "The three searches take turns. Each finished trial is a point of the planes below."}
BEFORE = "Before you press Start: which search will find the best network?"
QUESTION = "Which search will find the best network?"
QUESTION_OF_SEVERAL = "Which search will find the best network in most races?"
NONE_WINS = "None: they tie"
NOT_COMPARED = "It was stopped before a race had come to its end, so this is not compared."

HOW = {
    "grid": "Tries every point of a grid of {side} × {side}, in random order. Its {trials} trials see only {side} different "
    "values of each setting.",
    "random": "Draws every point anew, and takes no notice of what it found. Nearly all of its {trials} trials are at another "
    "value of each setting.",
    "tpe": f"Draws its first {DRAWN_AT_FIRST} points at random, here the very points of the random search. From then on it "
    "tries points like those that were good.",
}
TOO_FEW = (
    f"Draws its first {DRAWN_AT_FIRST} points at random, here the very points of the random search. With {{trials}} trials it "
    "never comes to look at what it found."
)

WHY = r"""
**Why random beats a grid where few settings matter.** Suppose only the learning rate mattered. A grid of 5 × 5 would spend 25
trials on 5 learning rates, each tried five times over; 25 random points are 25 learning rates. Nobody has to know beforehand
which setting it is (Bergstra and Bengio, 2012). The ticks along the axes show the values that were tried.

**How TPE chooses.** It splits its trials into the best few and the others, and models how each of these two groups is spread
over the space: $\ell(x) = p(x \mid \text{good})$ and $g(x) = p(x \mid \text{bad})$. It draws candidates from $\ell$, and
tries the one with the largest

$$
\frac{\ell(x)}{g(x)}
$$

(tree-structured Parzen estimator; Bergstra, Bardenet, Bengio and Kégl, 2011). Its first ten trials are drawn at random.

**What is the same for all.** In a race, all networks begin with the same seed, so that only the points differ. Each search has
one trial in training at a time, so that TPE knows how all earlier ones ended. The searches are Optuna's `GridSampler`,
`RandomSampler` and `TPESampler`.

**Why luck matters.** The best of many networks is picked because it did well on these validation examples, and a good part of
that is chance. Compare how many trials came near the best, too: that depends less on luck than a single maximum.
"""
