"""A study in the database: an Optuna study that draws trials and stores their results.

One process at a time writes to a stored study (StudyLock); any number may read. A trial that was in training when its process
died is still stored as running. It is trained again, under the same number and with the same parameters. So no trial is lost or
done twice, and no number is skipped.
"""

import warnings
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import optuna
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.study import StudyDirection
from optuna.trial import TrialState

from nnlib.studies.axes import AXES
from nnlib.studies.cleanup import OWNER
from nnlib.studies.errors import StudyError
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.storage import open_storage
from nnlib.studies.study_settings import DRAWN_AT_FIRST, StudySettings, check_name

SPARED = 1  # no trial is pruned at this rung or before
STATES = {TrialState.COMPLETE: COMPLETE, TrialState.PRUNED: PRUNED}


class UnknownStudy(StudyError):
    """There is no study of this name."""


class NameTaken(StudyError):
    """A study of this name exists already, or has other settings."""


class StoredStudy:
    """The trials of one study.

    Parameters
    ----------
    study : optuna.Study
    settings : StudySettings
    """

    def __init__(self, study: optuna.Study, settings: StudySettings):
        self.name, self.study, self.settings = study.study_name, study, settings
        self._space = {name: _distribution(AXES[name], values) for name, values in settings.values.items()}

    # Create and open

    @classmethod
    def open(cls, name: str) -> "StoredStudy":
        """Open the study `name`. Raises UnknownStudy."""
        study = _study_named(check_name(name))
        if study is None:
            raise UnknownStudy(f"There is no study named {name}.")
        return cls(study, StudySettings.from_dict(study.user_attrs["settings"]))

    @classmethod
    def begin(cls, name: str, settings: StudySettings, resume: bool = False, owner: str | None = None) -> "StoredStudy":
        """Create a study, or with `resume` open the one of this name. The caller must hold the StudyLock.

        Parameters
        ----------
        name : str
        settings : StudySettings
            Those of a study that is resumed must be the same.
        resume : bool
        owner : str, optional
            With whom a new study is deleted (nnlib/studies/cleanup.py).

        Raises
        ------
        NameTaken
        """
        study = _study_named(check_name(name))
        if study is None:
            # One without settings may exist: its process died before it wrote them.
            study = optuna.create_study(storage=open_storage(), study_name=name, direction="maximize", load_if_exists=True)
            if owner is not None:
                study.set_user_attr(OWNER, owner)
            study.set_user_attr("settings", settings.to_dict())
        elif not resume:
            raise NameTaken(f"There is a study named {name} already: choose another name, or continue it with --resume.")
        stored = cls(study, StudySettings.from_dict(study.user_attrs["settings"]))
        if (different := settings.difference(stored.settings)) is not None:
            raise NameTaken(
                f"The study {name} was started with {different} = {getattr(stored.settings, different)!r}, "
                f"not {getattr(settings, different)!r}: continue with its own settings, or choose another name."
            )
        return stored

    # Reading

    def finished(self) -> list[TrialRecord]:
        """Return the records of all finished trials, by number."""
        trials = self.study.get_trials(deepcopy=False, states=tuple(STATES))
        return [_record(trial) for trial in sorted(trials, key=lambda trial: trial.number)]

    def count(self) -> int:
        """Return how many trials are finished."""
        return len(self.study.get_trials(deepcopy=False, states=tuple(STATES)))

    def importances(self) -> dict[str, float]:
        """Return axis name → importance, largest first: Optuna's PED-ANOVA over the complete trials.

        The importances sum to 1. The dict is empty if too few trials are complete.
        """
        if len(self.settings.vary) < 2:
            return {}
        try:
            with _quiet():
                return optuna.importance.get_param_importances(self.study)
        except (ValueError, RuntimeError):
            return {}

    # Writing

    def in_flight(self) -> list[optuna.Trial]:
        """Return the trials that were started and are not finished, by number: to be trained again."""
        left = self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return [self._with_params(trial.number, trial._trial_id) for trial in sorted(left, key=lambda trial: trial.number)]

    def ask(self) -> optuna.Trial | None:
        """Return a new trial with its parameters, or None if all have been started."""
        number = len(self.study.get_trials(deepcopy=False))
        return None if number >= self.settings.trials else self._with_params(number)

    def report(self, trial: optuna.Trial, rung: int, accuracy: float) -> bool:
        """Store the accuracy after part `rung` of the training. Returns whether the pruner ends the trial here."""
        with _quiet():  # a trial that is trained again reports the same rungs again
            trial.report(accuracy, rung)
        return trial.should_prune()

    def save(self, trial: optuna.Trial, record: TrialRecord) -> None:
        """Store the result of a trial, which is then finished."""
        trial.set_user_attr("record", {name: getattr(record, name) for name in STORED})
        self.study.sampler = optuna.samplers.RandomSampler()  # GridSampler would stop Optuna's own loop, which is not used
        if record.state == PRUNED:
            self.study.tell(trial, state=TrialState.PRUNED)
        else:
            self.study.tell(trial, record.val_accuracy)

    def _with_params(self, number, trial_id=None):
        """Return trial `number` with all its parameters. Parameters that are already stored do not change.

        Each parameter is drawn by a sampler with its own seed. So a draw depends on the seed of the study and on the number of
        the trial alone (with TPE also on the stored results), not on earlier draws of this process. TPE therefore begins with
        the same points as random search.
        """
        self.study.pruner = _pruner(self.settings.pruner)
        self.study.sampler = self._sampler(number, 0)
        trial = self.study.ask() if trial_id is None else optuna.Trial(self.study, trial_id)
        for place, (name, distribution) in enumerate(self._space.items()):
            if self.settings.sampler != "grid":
                self.study.sampler = self._sampler(number, place)
            if isinstance(distribution, IntDistribution):
                trial.suggest_int(name, distribution.low, distribution.high, log=distribution.log)
            else:
                trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)
        return trial

    def _sampler(self, number, place):
        settings = self.settings
        if settings.sampler == "grid":
            return self._grid
        seed = int(np.random.SeedSequence([settings.seed, number, place]).generate_state(1)[0])
        if settings.sampler == "random":
            return optuna.samplers.RandomSampler(seed)
        return optuna.samplers.TPESampler(n_startup_trials=DRAWN_AT_FIRST, seed=seed)

    @cached_property
    def _grid(self):
        """One sampler for all trials: it lists all points when it is created, and has no state between trials."""
        values = {name: list(values) for name, values in self.settings.values.items()}
        return optuna.samplers.GridSampler(values, self.settings.seed)


STORED = ("val_accuracies", "test_accuracies", "curves", "diverged", "seconds", "worker", "answers")


def _record(trial):
    stored = trial.user_attrs["record"]
    results: dict = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return TrialRecord(trial.number, dict(trial.params), STATES[trial.state], trial.value, **results)


def _distribution(axis, values):
    kind = IntDistribution if axis.whole else FloatDistribution
    return kind(values[0], values[-1], log=axis.log)


def _pruner(name):
    """Return Optuna's pruner. Rungs count from 1. At the first, all networks are still similar, so none is pruned.

    Successive halving compares at rungs 2 and 6.
    """
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=SPARED + 1)
    if name == "halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=SPARED + 1, reduction_factor=3)
    return optuna.pruners.NopPruner()


def _study_named(name):
    """Return Optuna's study, or None if there is none, or if its settings were never written.

    Raises
    ------
    NameTaken
        If another program has made it.
    """
    try:
        study = optuna.load_study(study_name=name, storage=open_storage())
    except KeyError:
        return None
    trials, settings = study.get_trials(deepcopy=False), study.user_attrs.get("settings")
    if study.directions != [StudyDirection.MAXIMIZE] or any(_is_foreign(trial, settings) for trial in trials):
        raise NameTaken(f"The database holds a study named {name} that another program made: choose another name.")
    return study if isinstance(settings, dict) else None


def _is_foreign(trial, settings):
    return not isinstance(settings, dict) or (trial.state in STATES and "record" not in trial.user_attrs)


@contextmanager
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def study_names() -> list[str]:
    """Return the names of all studies of this program, sorted."""
    return sorted(name for name in optuna.get_all_study_names(open_storage()) if _is_ours(name))


def _is_ours(name):
    try:
        return _study_named(name) is not None
    except NameTaken:
        return False
