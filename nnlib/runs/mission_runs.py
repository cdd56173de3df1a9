"""The runs of a mission: what is known of the learner's own, and the same on other seeds."""

import math
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from nnlib.export.recipe import Recipe
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import Event
from nnlib.runs.store import RunFolder
from nnlib.runs.stored_json import NUMBER, has_fields
from nnlib.teaching.missions import LAST_STEP, SEEDS, Attempt, Check, Mission
from nnlib.training import Diverged, Evaluation, Frame

FIGURES = {"step": int, "epoch": NUMBER, "train_accuracy": NUMBER, "val_accuracy": NUMBER}


def attempt_of(mission: Mission, run: RunFolder) -> Attempt:
    """Return what is known of a run that may win a mission, from its log and its newest frame.

    Raises ValueError, one sentence, if it is a run of another kind, has not taken a step yet, or cannot be read.
    """
    about = run.about
    if about.get("kind") != mission.page:
        where = "a run of Train" if mission.page == "train" else "one network on Depth"
        raise ValueError(f"This mission is won with {where}.")
    settings: Any = KINDS[about["kind"]].settings.from_dict(about["settings"])
    events = list(takewhile(_counts, run.events()))
    recipe = Recipe.of_run(settings, events)
    frame = run.read("frame.json")
    measured = [event for event in events if event["event"] == "evaluation"]
    if isinstance(frame.get("evaluation"), dict):  # at a pause
        measured.append(frame["evaluation"])
    layers = frame.get("diagnostics") or []
    return Attempt(
        settings,
        min(recipe.steps, LAST_STEP),
        tuple(_evaluation(figures) for figures in measured if _counts_too(figures)),
        tuple((change.step, change.values) for change in recipe.changes),
        tuple(layer.get("dead_share") for layer in layers if has_fields(layer, {})),
        any(event["event"] == "diverged" for event in events),
    )


def _counts(event: Event) -> bool:
    return event["event"] != "metrics" or event["first"] <= LAST_STEP


def _counts_too(figures):
    return has_fields(figures, FIGURES) and 0 < figures["step"] <= LAST_STEP


def _evaluation(figures):
    """A loss that is not finite is null in the log."""
    loss, val_loss = (figures[name] if has_fields(figures, {name: NUMBER}) else math.inf for name in ("loss", "val_loss"))
    return Evaluation(figures["step"], figures["epoch"], loss, figures["train_accuracy"], val_loss, figures["val_accuracy"])


def repeat(attempt: Attempt, seed: int) -> Attempt:
    """Train a run's settings on another seed, as far as that run has come, with its changes by hand at the same steps."""
    with_data = {"data_seed": None} if "data_seed" in attempt.settings.by_name else {}  # other points, too
    settings = attempt.settings.having(seed=seed, **with_data)
    training = _training(settings)
    evaluations, dead, diverged = [], attempt.dead, False
    for step, values in (*attempt.changes, (attempt.step, {})):
        for event in training.events(min(step, attempt.step) - training.step, seconds=math.inf):
            if isinstance(event, Evaluation):
                evaluations.append(event)
            elif isinstance(event, Frame):
                dead = tuple(layer.get("dead_share") for layer in event.diagnostics)
            diverged = diverged or isinstance(event, Diverged)
        if values:
            training.change(**values)
    if hasattr(training, "evaluate") and not diverged:  # as at a pause
        evaluations.append(training.evaluate())
    return Attempt(settings, training.step, tuple(evaluations), attempt.changes, dead, diverged)


def _training(settings: Any) -> Any:
    if "depth" not in settings.by_name:
        return settings.training_on(settings.load())
    from nnlib.deep.training import TorchTraining

    settings = settings.having(device="cpu")  # the digits are quickest there, and no learner waits for another's GPU
    return TorchTraining(settings, settings.load())


def trials(mission: Mission, run: RunFolder) -> Iterator[tuple[int, list[Check]]]:
    """Yield (seed, checks) for the seed of a run and, as long as each meets the goal, for the seeds that follow it.

    Raises ValueError as `attempt_of` does.
    """
    own = attempt_of(mission, run)
    for further in range(SEEDS):
        seed = own["seed"] + further
        checks = mission.checks(repeat(own, seed) if further else own)
        yield seed, checks
        if not all(check.met for check in checks):
            return
