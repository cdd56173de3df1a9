"""What is kept of the study, or the race, on view, read from its run folder: neither Optuna nor Dask is needed for that."""

from dataclasses import dataclass, field

from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import ENDS
from nnlib.runs.store import RunFolder
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import SAMPLERS, StudySettings
from pages.tuning.trial_log import trial_log


@dataclass(frozen=True)
class StudyOnView:
    """settings and records of a study.

    running      whether its workers are at it;  ended: whether it has come to its end, or was stopped
    importances  of its settings, worked out when it ends; {} where its trials were too few; None where it has not ended, or
                 was stopped while no process was at work on it
    """

    settings: StudySettings
    records: list = field(default_factory=list)
    running: bool = False
    ended: bool = False
    importances: dict | None = None


@dataclass(frozen=True)
class RaceOnView:
    """settings and trials of a race.

    rounds   of each that has begun: sampler → its TrialRecords by number
    running  whether its workers are at it;  ended: whether it has come to its end, or was stopped
    """

    settings: RaceSettings
    rounds: list = field(default_factory=list)
    running: bool = False
    ended: bool = False

    @property
    def complete(self):
        """The rounds in which every search has done all of its trials."""
        return [each for each in self.rounds if all(len(records) == self.settings.trials for records in each.values())]


def study_on_view(run: str | None) -> StudyOnView | None:
    """The study of this run, or None where there is none."""
    told = _read(run, "study")
    if told is None:
        return None
    settings, trials, end, running, ended = told
    records = {record.number: record for _, record in trials}
    records = [records[number] for number in sorted(records)]
    return StudyOnView(settings, records, running, ended, end["importances"] if end else None)


def race_on_view(run: str | None) -> RaceOnView | None:
    """The race of this run, or None where there is none."""
    told = _read(run, "search")
    if told is None:
        return None
    settings, trials, _, running, ended = told
    begun = {event["round"] for event, _ in trials}
    rounds = [{sampler: {} for sampler in SAMPLERS} for _ in begun]
    for event, record in trials:
        rounds[event["round"]][event["sampler"]][record.number] = record
    rounds = [{name: [found[number] for number in sorted(found)] for name, found in each.items()} for each in rounds]
    return RaceOnView(settings, rounds, running, ended)


def _read(run, kind):
    """(settings, [(event, TrialRecord)] of its trials, its last event or None, whether it is running, whether it has ended).

    None where it is of another kind, or of another version. A run that is stopped while no process works on it has ended
    without a last event.
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
