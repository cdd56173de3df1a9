"""A prediction before a study starts: where will the best value be? It is stored with the predictions of the lessons."""

import streamlit as st

from nnlib.studies.axes import AXES
from nnlib.studies.chance import accuracies_of
from nnlib.studies.charts import number
from nnlib.studies.records import COMPLETE
from nnlib.studies.study_settings import StudySettings
from pages.lesson.lessons import TUNING
from pages.lesson.prediction import ask as draw_question
from pages.lesson.prediction import commit
from pages.lesson.progress import Prediction, progress, save_progress
from pages.tuning.finished_trials import StudyOnView

REGIONS = 4
UNKNOWN = "I do not know yet"


def expectation(study: StudyOnView) -> None:
    """Ask before the first trial, show the prediction during the study, and compare at the end. For studies of one setting.

    A study that was stopped is not compared: it may have tried only one end of its axis.
    """
    settings = study.settings
    if len(settings.vary) != 1:
        return
    choices = [words for words, _, _ in regions(settings)]
    key, question = _key(settings), _question(settings)
    made = expected(key, [*choices, UNKNOWN])
    if not study.records:
        ask(key, question, [*choices, UNKNOWN])
    elif made and made.choice != UNKNOWN:
        _recall(study, key, made)


def regions(settings: StudySettings) -> list[tuple[str, float, float]]:
    """(words, low, high): equal parts of the axis. A whole number lies in one of them alone."""
    (name,) = settings.vary
    low, high = settings.values[name][0], settings.values[name][-1]
    edges = AXES[name].spread(low, high, REGIONS + 1)
    lows = [edges[0], *(edge + AXES[name].whole for edge in edges[1:-1])]
    return [(f"{number(low)} to {number(high)}", low, high) for low, high in zip(lows, edges[1:])]


def _key(settings):
    return f"tuning_{settings.figure}_{settings.dataset}"


def _question(settings):
    (name,) = settings.vary
    return f"Where will the best {'number of ' * (name == 'iterations')}{AXES[name].title} lie?"


def expected(key: str, options: list[str]) -> Prediction | None:
    """Return the learner's prediction, if it is still one of the options."""
    made = progress().predictions.get(key)
    return made if made and made.choice in options else None


def ask(key: str, question: str, options: list[str]) -> None:
    """Draw the question with the present answer, and store a new answer."""
    made = expected(key, options)

    def answered(choice):
        commit(key, Prediction(TUNING.key, question, choice, None))

    draw_question(f"expect_{key}", question, options, answered, options.index(made.choice) if made else None)
    if made:
        st.caption(f"Your answer: {made.choice}. You can change it until you press Start.")


def _recall(study, key, made):
    between = f"the best between {made.choice.replace(' to ', ' and ')}"
    if not study.ended:
        st.caption(f"You predict {between}.")
        return
    done, trials = len(study.records), study.settings.trials
    if done < trials:
        st.caption(f"You predicted {between}. The study was stopped after {done} of {trials} trials, so this is not compared.")
        return
    complete = [record for record in study.records if record.state == COMPLETE]
    if not complete:
        st.caption(f"You predicted {between}. A pruner ended all trials early, so this is not compared.")
        return
    (name,) = study.settings.vary
    best = max(complete, key=lambda record: record.val_accuracy)
    low, high = next((low, high) for words, low, high in regions(study.settings) if words == made.choice)
    within = [record for record in complete if low <= record.params[name] <= high]
    points = accuracies_of(study.settings, [[record] for record in complete])
    margins = points.margins(complete.index(best), max(1, len(complete) - 1))
    right = any(best.val_accuracy - record.val_accuracy <= margins[complete.index(record)] for record in within)
    if made.right is None:  # the first study decides
        commit(key, Prediction(made.lesson, made.question, made.choice, right))
        save_progress()
    text = (
        f"You predicted the best {AXES[name].title} between {number(low)} and {number(high)}. It is {number(best.params[name])}"
    )
    if best in within:
        st.success(f"{text}. Correct.", icon=":material/check_circle:")
    elif right:
        st.success(
            f"{text}, but a value in your range is not clearly worse: the difference may be luck.",
            icon=":material/check_circle:",
        )
    else:
        st.info(f"{text}.", icon=":material/lightbulb:")
