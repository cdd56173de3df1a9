"""What is kept of the study on view, read from its run folder: neither Optuna nor Dask is needed for that."""

from dataclasses import dataclass, field

from nnlib.runs.store import RunFolder
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings


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


def kept(run: str | None) -> Kept | None:
    """The study of this run, or None where there is none."""
    folder = RunFolder.find(run)
    if folder is None or folder.about["kind"] != "study":
        return None
    try:
        settings = StudySettings.from_dict(folder.about["settings"])
        records, importances, ended = {}, {}, False
        for event in folder.events():
            if event["event"] == "trial":
                record = TrialRecord.from_line(event)
                records[record.number] = record
            elif event["event"] == "finished":
                importances, ended = event["importances"], True
    except (ValueError, KeyError, TypeError):  # of another version
        return None
    records = [records[number] for number in sorted(records)]
    return Kept(settings, records, folder.status[0] == "running" and not ended, ended, importances)
