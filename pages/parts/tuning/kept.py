"""What is kept of the study on view, read from its run folder: neither Optuna nor Dask is needed for that."""

from dataclasses import dataclass, field

from nnlib.runs.store import RunFolder
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings


@dataclass(frozen=True)
class Kept:
    """settings and records of a study; running: whether its workers are at it; importances: told at its end, else {}."""

    settings: StudySettings
    records: list = field(default_factory=list)
    running: bool = False
    importances: dict = field(default_factory=dict)


def kept(run: str | None) -> Kept | None:
    """The study of this run, or None where there is none."""
    folder = RunFolder.find(run)
    if folder is None or folder.about["kind"] != "study":
        return None
    try:
        settings = StudySettings.from_dict(folder.about["settings"])
        records, importances = {}, {}
        for event in folder.events():
            if event["event"] == "trial":
                record = TrialRecord.from_line(event)
                records[record.number] = record
            elif event["event"] == "finished":
                importances = event["importances"]
    except (ValueError, KeyError, TypeError):  # of another version
        return None
    return Kept(settings, [records[number] for number in sorted(records)], folder.status[0] == "running", importances)
