"""The texts of the race of samplers."""

from nnlib.studies.study_settings import DRAWN_AT_FIRST
from pages.tuning import words as tuning_texts

STORY = tuning_texts.STORY | {"running": "The three searches take turns. Each finished trial is a point of the planes below."}
BEFORE = "Before you press Start: which search will find the best network?"
QUESTION = "Which search will find the best network?"
QUESTION_OF_SEVERAL = "Which search will find the best network in most races?"
NONE_WINS = "None: they tie"
NOT_COMPARED = "It was stopped before a race was finished, so this is not compared."

HOW = {
    "grid": "Tries every point of a grid of {side} × {side}, in random order. Its {trials} trials see only {side} different "
    "values of each setting.",
    "random": "Draws every point independently of the results. Nearly all of its {trials} trials have another value of each "
    "setting.",
    "tpe": f"Draws its first {DRAWN_AT_FIRST} points at random, the same points as random search. From then on it "
    "tries points similar to the good ones.",
}
TOO_FEW = (
    f"Draws its first {DRAWN_AT_FIRST} points at random, the same points as random search. With {{trials}} trials it "
    "never uses its results."
)

WHY = r"""
**Why random search beats a grid if few settings matter.** Suppose that only the learning rate matters. A grid of 5 × 5 spends
25 trials on 5 learning rates and tries each of them five times; 25 random points have 25 learning rates. Random search does not
need to know which setting matters (Bergstra and Bengio, 2012). The ticks along the axes show the values that were tried.

**How TPE chooses.** It splits its trials into the best few and the others, and models the density of each group
in the space: $\ell(x) = p(x \mid \text{good})$ and $g(x) = p(x \mid \text{bad})$. It draws candidates from $\ell$, and
tries the one with the largest

$$
\frac{\ell(x)}{g(x)}
$$

(tree-structured Parzen estimator; Bergstra, Bardenet, Bengio and Kégl, 2011). Its first ten trials are drawn at random.

**What is the same for all.** In a race, all networks begin with the same seed, so that only the points differ. Each search has
one trial in training at a time, so that TPE has the results of all earlier trials. The searches are Optuna's `GridSampler`,
`RandomSampler` and `TPESampler`.

**Why luck matters.** The best of many networks is chosen because it did well on these validation examples, and that is partly
chance. Also compare how many trials came near the best: this number depends less on luck than a single maximum.
"""
