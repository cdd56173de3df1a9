"""The finished trials of the study, or the race, on view. They are read from the run folder, without Optuna and Dask."""

from dataclasses import dataclass, field

from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import ENDS
from nnlib.runs.store import RunFolder
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import SAMPLERS, StudySettings
from pages.tuning.trial_log import trial_log


@dataclass(frozen=True)
class StudyOnView:
    """A study and its finished trials.

    Parameters
    ----------
    settings : StudySettings
    records : list of TrialRecord
    running : bool
        Whether workers train its trials now.
    ended : bool
        Whether it is finished or was stopped.
    importances : dict or None
        Of its settings: {} if there are too few trials, None if it has not ended or was stopped while paused.
    """

    settings: StudySettings
    records: list = field(default_factory=list)
    running: bool = False
    ended: bool = False
    importances: dict | None = None


@dataclass(frozen=True)
class RaceOnView:
    """A race and its finished trials.

    Parameters
    ----------
    settings : RaceSettings
    rounds : list of dict
        Sampler → its TrialRecords by number, for each round that has begun.
    running : bool
        Whether workers train its trials now.
    ended : bool
        Whether it is finished or was stopped.
    """

    settings: RaceSettings
    rounds: list = field(default_factory=list)
    running: bool = False
    ended: bool = False

    @property
    def complete(self) -> list[dict]:
        """The rounds in which every search has finished all of its trials."""
        return [each for each in self.rounds if all(len(records) == self.settings.trials for records in each.values())]


def study_on_view(run: str | None) -> StudyOnView | None:
    """Return the study of this run, or None."""
    found = _read(run, "study")
    if found is None:
        return None
    settings, trials, end, running, ended = found
    records = {record.number: record for _, record in trials}
    records = [records[number] for number in sorted(records)]
    return StudyOnView(settings, records, running, ended, end["importances"] if end else None)


def race_on_view(run: str | None) -> RaceOnView | None:
    """Return the race of this run, or None."""
    found = _read(run, "search")
    if found is None:
        return None
    settings, trials, _, running, ended = found
    begun = {event["round"] for event, _ in trials}
    rounds = [{sampler: {} for sampler in SAMPLERS} for _ in begun]
    for event, record in trials:
        rounds[event["round"]][event["sampler"]][record.number] = record
    rounds = [{name: [found[number] for number in sorted(found)] for name, found in each.items()} for each in rounds]
    return RaceOnView(settings, rounds, running, ended)


def _read(run, kind):
    """Return settings, [(event, TrialRecord)], the last event or None, whether it is running, and whether it has ended.

    Return None for a run of another kind or version. A run that is stopped while no process works on it has no last event.
    """
    folder = RunFolder.find(run)
    if folder is None or folder.about["kind"] != kind:
        return None
    state, _ = folder.status
    try:
        settings = KINDS[kind].settings.from_dict(folder.about["settings"])
        trials, end = trial_log(folder.log).read()
    except (ValueError, KeyError, TypeError):
        return None
    return settings, trials, end, state == "running" and end is None, end is not None or state in ENDS
