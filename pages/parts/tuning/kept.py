"""What is kept of the study, or the race, on view, read from its run folder: neither Optuna nor Dask is needed for that."""

from dataclasses import dataclass, field

from nnlib.runs.kinds import KINDS
from nnlib.runs.store import RunFolder
from nnlib.studies.records import TrialRecord
from nnlib.studies.search_settings import SearchSettings
from nnlib.studies.study_settings import SAMPLERS, StudySettings


@dataclass(frozen=True)
class Kept:
    """settings and records of a study.

    running      whether its workers are at it;  ended: whether it has come to its end, or was stopped
    importances  told at the end of a study of several settings, else {}
    """

    settings: StudySettings
    records: list = field(default_factory=list)
    running: bool = False
    ended: bool = False
    importances: dict = field(default_factory=dict)


@dataclass(frozen=True)
class KeptRace:
    """settings and trials of a race.

    rounds   of each that has begun: sampler → its TrialRecords by number
    running  whether its workers are at it;  ended: whether it has come to its end, or was stopped
    """

    settings: SearchSettings
    rounds: list = field(default_factory=list)
    running: bool = False
    ended: bool = False

    @property
    def complete(self):
        """The rounds in which every search has done all of its trials."""
        return [each for each in self.rounds if all(len(records) == self.settings.trials for records in each.values())]


def kept(run: str | None) -> Kept | None:
    """The study of this run, or None where there is none."""
    told = _told(run, "study")
    if told is None:
        return None
    settings, trials, end, running = told
    records = {record.number: record for _, record in trials}
    records = [records[number] for number in sorted(records)]
    return Kept(settings, records, running, end is not None, end["importances"] if end else {})


def kept_race(run: str | None) -> KeptRace | None:
    """The race of this run, or None where there is none."""
    told = _told(run, "search")
    if told is None:
        return None
    settings, trials, end, running = told
    begun = {event["round"] for event, _ in trials}
    rounds = [{sampler: {} for sampler in SAMPLERS} for _ in begun]
    for event, record in trials:
        rounds[event["round"]][event["sampler"]][record.number] = record
    rounds = [{name: [found[number] for number in sorted(found)] for name, found in each.items()} for each in rounds]
    return KeptRace(settings, rounds, running, end is not None)


def _told(run, kind):
    """(settings, [(event, TrialRecord)] of its trials, its last event or None, whether it is running) of a run.

    None where it is of another kind, or of another version.
    """
    folder = RunFolder.find(run)
    if folder is None or folder.about["kind"] != kind:
        return None
    trials, end = [], None
    try:
        settings = KINDS[kind].settings.from_dict(folder.about["settings"])
        for event in folder.events():
            if event["event"] == "trial":
                trials.append((event, TrialRecord.from_line(event)))
            elif event["event"] == "finished":
                end = event
    except (ValueError, KeyError, TypeError):
        return None
    return settings, trials, end, folder.status[0] == "running" and end is None
