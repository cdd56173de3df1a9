"""A race of samplers: grid, random and TPE search the same space, each with the same number of trials."""

from dataclasses import dataclass

from nnlib.studies.plans import planned
from nnlib.studies.study_settings import DATASETS, SAMPLERS, StudySettings
from nnlib.support.settings import Field, Settings

RACE_AXES = ("hidden", "learning_rate")
MAX_ROUNDS = 5


@dataclass(frozen=True)
class RaceSettings(Settings):
    """All settings of one race. A round of it is three studies, one of each sampler, over the plane of hidden sizes and
    learning rates.

    side    points of the grid on each axis: every search has side² trials
    rounds  how often the race is run. In round k (from 0) all searches have the seed seed + k, and so do their networks: within
            a round they differ in nothing but the points they choose
    """

    FIELDS = {
        "dataset": Field("choice", choices=DATASETS),
        "side": Field("int", 2, 10),
        "rounds": Field("int", 1, MAX_ROUNDS),
        "iterations": StudySettings.FIELDS["iterations"],
        "seed": Field("int", 0, StudySettings.FIELDS["seed"].high - MAX_ROUNDS),
    }

    dataset: str = "digits"
    side: int = 5
    rounds: int = 3
    iterations: int = 100  # few: of networks that are trained for long, nearly all points are good
    seed: int = 0

    @property
    def trials(self):
        """Of each search."""
        return self.side**2

    @property
    def all_trials(self):
        """Of all searches in all rounds."""
        return self.trials * len(SAMPLERS) * self.rounds

    def study(self, sampler, round_=0):
        """The StudySettings of one search."""
        return planned(
            "free", self.dataset, vary=RACE_AXES, sampler=sampler, trials=self.trials, seeds=1,
            iterations=self.iterations, seed=self.seed + round_,
        )  # fmt: skip

    def studies(self):
        """(round, sampler) → StudySettings, in the order in which they are run."""
        return {(round_, sampler): self.study(sampler, round_) for round_ in range(self.rounds) for sampler in SAMPLERS}

    def load(self, progress=None):
        """The Dataset that the networks learn from, as `Experiment.load` has it."""
        return self.study("grid").load(progress)
