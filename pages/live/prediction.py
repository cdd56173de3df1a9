"""The predictions that a learner makes before a run on Train or Depth, compared with its outcome when it ends."""

from typing import Any

from nnlib.data import DATASETS
from pages.lesson.progress import Prediction, progress
from pages.live.words import STORY

MOST = 30  # of a page; the oldest go first, because the browser stores all progress
OUTCOMES = STORY["happens"]


def record_live_prediction(page: str, predicted: Any):
    """Store the prediction of a run that has ended.

    Parameters
    ----------
    page : "train" or "depth"
    predicted : what the live view sent: run, label, dataset, expectation and outcome. Anything else is ignored
    """
    if not isinstance(predicted, dict):
        return
    run, label, dataset, expected, outcome = map(predicted.get, ("run", "label", "dataset", "expectation", "outcome"))
    if not all(isinstance(each, str) for each in (run, label, dataset, expected, outcome)):
        return
    if dataset not in DATASETS or expected not in OUTCOMES or outcome not in OUTCOMES:
        return
    made, key = progress().predictions, f"{page}_{run}"[:60]
    question = f"{DATASETS[dataset].title}, {label[:200]}: what will happen?"
    made.setdefault(key, Prediction(page, question, OUTCOMES[expected].capitalize(), expected == outcome))
    of_page = [each for each in made if each.startswith(f"{page}_")]
    for each in of_page[:-MOST]:
        del made[each]
