"""A race of samplers: grid, random and TPE search the same space, each with the same number of trials."""

from dataclasses import dataclass

from nnlib.studies.plans import planned
from nnlib.studies.study_settings import SAMPLERS, StudySettings
from nnlib.support.settings import Field, Settings, setting

RACE_AXES = ("hidden", "learning_rate")
MAX_ROUNDS = 5
OF_STUDY, STEPS_AND_SEED = StudySettings.FIELDS, "Steps and seed"


@dataclass(frozen=True)
class RaceSettings(Settings):
    """All settings of one race. A round of it is three studies, one of each sampler, over the plane of hidden sizes and
    learning rates.

    side    points of the grid on each axis: every search has side² trials
    rounds  how often the race is run. In round k (from 0) all searches have the seed seed + k, and so do their networks: within
            a round they differ in nothing but the points they choose
    """

    # fmt: off
    dataset: str = setting(
        "digits", OF_STUDY["dataset"], help="What the networks learn. A race on the digits takes seconds.",
    )
    side: int = setting(
        5, Field("int", 2, 10), group="Study", label="Trials of each search",
        help="The same for all three. A square number, so that the grid has as many values of one setting as of the other.",
    )
    rounds: int = setting(
        3, Field("int", 1, MAX_ROUNDS), group="Study", label="Races",
        help="How often the race is run, each time with other seeds. One race proves little.",
    )
    iterations: int = setting(  # few: of networks that are trained for long, nearly all points are good
        100, OF_STUDY["iterations"], group=STEPS_AND_SEED, step=50,
        help="Batches that each network is trained on. After long training nearly all networks are good, and the search has "
        "little left to find.",
    )
    seed: int = setting(
        0, OF_STUDY["seed"], high=OF_STUDY["seed"].high - MAX_ROUNDS, group=STEPS_AND_SEED,
        help="Start of all random numbers. The same seed repeats the race exactly, on any number of workers.",
    )
    # fmt: on

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
