"""The training of a run of Train as it stood after one of its steps, from what the run has stored."""

from typing import Any

from nnlib.data.dataset import Dataset
from nnlib.experiment.checkpoint import load_checkpoint
from nnlib.experiment.settings import Experiment
from nnlib.runs.snapshots import read_state, snapshots
from nnlib.runs.store import RunFolder
from nnlib.support.checkpoint_files import CheckpointError
from nnlib.training import Training


def training_at(run: RunFolder, step: int, data: Dataset) -> Training:
    """Return the training after `step` steps or, if the run has not stored it, after the newest stored step before it.

    A run that is paused or has ended has always stored its last step, in its checkpoint; of earlier steps there are snapshots.

    Raises
    ------
    ValueError
        There is nothing to go by, or it is damaged. SnapshotError and CheckpointError are ValueErrors.
    """
    training = Experiment.from_dict(run.about["settings"]).training_on(data)
    training.restore(_state_at(run, step))
    return training


def _state_at(run: RunFolder, step: int) -> dict[str, Any]:
    stored = [each for each in snapshots(run) if each.state and each.step <= step]
    try:
        newest, _ = load_checkpoint(run.checkpoint)
    except CheckpointError:
        newest = {"values": {"step": -1}}
    at = newest["values"].get("step", -1)
    if 0 <= at <= step and not (stored and stored[-1].step > at):
        return newest
    if not stored:
        raise ValueError(f"The weights of this network at step {step:,} are not stored.")
    return read_state(run, stored[-1])[0]
