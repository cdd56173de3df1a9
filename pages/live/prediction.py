"""The predictions that a learner makes before a run on Train or Depth, compared with its outcome when it ends."""

from typing import Any

from nnlib.data import DATASETS
from nnlib.runs.kinds import KINDS
from pages.classroom.put_to_class import put_to_class
from pages.lesson.prediction import commit
from pages.lesson.progress import Prediction, progress
from pages.live.words import STORY
from pages.ui.plain_text import plain

MOST = 30  # of a page; the oldest go first, because the browser stores all progress
OUTCOMES = STORY["happens"]


def record_live_prediction(page: str, predicted: Any) -> None:
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
    question = _question(dataset, label)
    if key not in made:
        commit(key, Prediction(page, question, OUTCOMES[expected].capitalize(), expected == outcome), by_browser=True)
    of_page = [each for each in made if each.startswith(f"{page}_")]
    for each in of_page[:-MOST]:
        del made[each]


def put_outcome_to_class(kind: str, settings: dict) -> None:
    """For a teacher: let the class predict the run that these settings of a kind of run would make."""
    question = plain(_question(settings["dataset"], KINDS[kind].label(settings, ())))
    put_to_class(f"outcome_{kind}", question, [outcome.capitalize() for outcome in OUTCOMES.values()])


def _question(dataset, label):
    return f"{DATASETS[dataset].title}, {label[:200]}: what will happen?"
