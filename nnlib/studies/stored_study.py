"""The book of one study: an Optuna study that asks for trials and keeps what came of them.

One process at a time writes in a book (StudyLock); any number may read. A trial is finished once the book says so, and one that
was in flight when its process died still stands there as running: it is taken up again under its own number, with its own
parameters. So nothing is lost, nothing is done twice, and no number is skipped.
"""

import warnings
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import optuna
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.trial import TrialState

from nnlib.studies.axes import AXES
from nnlib.studies.cleanup import OWNER
from nnlib.studies.errors import StudyError
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.storage import open_storage
from nnlib.studies.study_settings import DRAWN_AT_FIRST, StudySettings, check_name

SPARED = 1  # the last rung at which no trial is pruned
STATES = {TrialState.COMPLETE: COMPLETE, TrialState.PRUNED: PRUNED}


class UnknownStudy(StudyError):
    """There is no such study. One sentence."""


class NameTaken(StudyError):
    """There is such a study already, or one with other settings. One sentence."""


class StoredStudy:
    """The trials of one study.

    name, settings   of the study;  study: Optuna's, for its own tools, such as parameter importance
    """

    def __init__(self, study, settings):
        self.name, self.study, self.settings = study.study_name, study, settings
        self._space = {name: _distribution(AXES[name], values) for name, values in settings.values.items()}

    # Making and finding

    @classmethod
    def open(cls, name):
        """The book of the study `name`. Raises UnknownStudy."""
        study = _study_named(check_name(name))
        if study is None:
            raise UnknownStudy(f"There is no study named {name}.")
        return cls(study, StudySettings.from_dict(study.user_attrs["settings"]))

    @classmethod
    def begin(cls, name, settings, resume=False, owner=None):
        """The book of a new study, or with `resume` of one that stands there with the same settings.

        owner: who the study is deleted with (nnlib/studies/cleanup.py), None for nobody. Raises NameTaken.
        Only for who holds the StudyLock.
        """
        study = _study_named(check_name(name))
        if study is None:
            # One without settings may stand there: its process died before it had written them.
            study = optuna.create_study(storage=open_storage(), study_name=name, direction="maximize", load_if_exists=True)
            if owner is not None:
                study.set_user_attr(OWNER, owner)
            study.set_user_attr("settings", settings.to_dict())
        elif not resume:
            raise NameTaken(f"There is a study named {name} already: choose another name, or go on with it with --resume.")
        stored = cls(study, StudySettings.from_dict(study.user_attrs["settings"]))
        if (name_of := settings.difference(stored.settings)) is not None:
            raise NameTaken(
                f"The study {name} was begun with {name_of} = {getattr(stored.settings, name_of)!r}, "
                f"not {getattr(settings, name_of)!r}: go on with its own settings, or choose another name."
            )
        return stored

    # Reading

    def finished(self):
        """The TrialRecords of all finished trials, by number."""
        trials = self.study.get_trials(deepcopy=False, states=tuple(STATES))
        return [_record(trial) for trial in sorted(trials, key=lambda trial: trial.number)]

    def count(self):
        """How many trials are finished."""
        return len(self.study.get_trials(deepcopy=False, states=tuple(STATES)))

    def importances(self):
        """Axis name → its share of what moves the accuracy, the largest first; {} where too few trials are complete.

        Optuna's PED-ANOVA over the complete trials.
        """
        if len(self.settings.vary) < 2:
            return {}
        try:
            with _quiet():
                return optuna.importance.get_param_importances(self.study)
        except (ValueError, RuntimeError):
            return {}

    # Writing

    def in_flight(self):
        """The trials that were begun and are not finished, as Optuna's Trials, by number: to be run again."""
        left = self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return [self._with_params(trial.number, trial._trial_id) for trial in sorted(left, key=lambda trial: trial.number)]

    def ask(self):
        """A new Optuna Trial with its parameters, or None if all have been begun."""
        number = len(self.study.get_trials(deepcopy=False))
        return None if number >= self.settings.trials else self._with_params(number)

    def report(self, trial, rung, accuracy):
        """Note the accuracy after part number `rung` of the training. True if the pruner would end the trial here."""
        with _quiet():  # a trial that was taken up again reports what it had reported
            trial.report(accuracy, rung)
        return trial.should_prune()

    def save(self, trial, record):
        """Finish the trial with what came of it."""
        kept = {name: getattr(record, name) for name in KEPT}
        trial.set_user_attr("record", kept)
        self.study.sampler = optuna.samplers.RandomSampler()  # GridSampler stops Optuna's own loop here, and there is none
        if record.state == PRUNED:
            self.study.tell(trial, state=TrialState.PRUNED)
        else:
            self.study.tell(trial, record.val_accuracy)

    def _with_params(self, number, trial_id=None):
        """Trial `number` with all its parameters; those that stand in the book already stay.

        Each parameter is drawn by a sampler of its own seed: what is drawn depends on the study's seed and on the trial's
        number alone (for TPE on what the book holds, too), not on what one process drew before. So TPE begins with the very
        points of a random search.
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
        """It lists all points when it is made, and keeps nothing from one trial to the next."""
        values = {name: list(values) for name, values in self.settings.values.items()}
        return optuna.samplers.GridSampler(values, self.settings.seed)


KEPT = ("val_accuracies", "test_accuracies", "curves", "diverged", "seconds", "worker")


def _record(trial):
    kept = {name: tuple(value) if isinstance(value, list) else value for name, value in trial.user_attrs["record"].items()}
    return TrialRecord(trial.number, dict(trial.params), STATES[trial.state], trial.value, **kept)


def _distribution(axis, values):
    kind = IntDistribution if axis.whole else FloatDistribution
    return kind(values[0], values[-1], log=axis.log)


def _pruner(name):
    """Optuna's pruner. Rungs count from 1: none is pruned at the first, where all networks are still alike.

    halving compares at rungs 2 and 6.
    """
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=SPARED + 1)
    if name == "halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=SPARED + 1, reduction_factor=3)
    return optuna.pruners.NopPruner()


def _study_named(name):
    """Optuna's study, or None if there is none or its settings were never written."""
    try:
        study = optuna.load_study(study_name=name, storage=open_storage())
    except KeyError:
        return None
    return study if "settings" in study.user_attrs else None


@contextmanager
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def study_names():
    """The names of all studies, sorted."""
    return sorted(name for name in optuna.get_all_study_names(open_storage()) if _study_named(name) is not None)
