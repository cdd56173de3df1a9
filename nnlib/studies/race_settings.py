"""A race of samplers: grid, random and TPE search the same space, each with the same number of trials."""

from dataclasses import dataclass

from nnlib.data import Dataset
from nnlib.data.progress import Progress
from nnlib.studies.plans import planned
from nnlib.studies.study_settings import SAMPLERS, StudySettings
from nnlib.support.settings import Field, Settings, setting

RACE_AXES = ("hidden", "learning_rate")
MAX_ROUNDS = 5
OF_STUDY, STEPS_AND_SEED = StudySettings.FIELDS, "Steps and seed"


@dataclass(frozen=True)
class RaceSettings(Settings):
    """All settings of one race.

    A round consists of three studies, one for each sampler, over the plane of hidden sizes and learning rates. The grid has
    `side` points on each axis, and every search has side² trials. In round k (from 0) all searches and their networks have the
    seed seed + k: within a round they differ only in the points.
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
    iterations: int = setting(  # few: after long training, nearly all points are good
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
    def trials(self) -> int:
        """The trials of each search."""
        return self.side**2

    @property
    def all_trials(self) -> int:
        """The trials of all searches in all rounds."""
        return self.trials * len(SAMPLERS) * self.rounds

    def study(self, sampler: str, round_: int = 0) -> StudySettings:
        """Return the settings of one search."""
        return planned(
            "free", self.dataset, vary=RACE_AXES, sampler=sampler, trials=self.trials, seeds=1,
            iterations=self.iterations, seed=self.seed + round_,
        )  # fmt: skip

    def studies(self) -> dict[tuple[int, str], StudySettings]:
        """Return (round, sampler) → settings, in the order in which they run."""
        return {(round_, sampler): self.study(sampler, round_) for round_ in range(self.rounds) for sampler in SAMPLERS}

    def load(self, progress: Progress | None = None) -> Dataset:
        """Load the data, as `Experiment.load` does."""
        return self.study("grid").load(progress)
