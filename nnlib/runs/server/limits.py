"""The limits of one server. Each can be set by an environment variable."""

import os
from dataclasses import dataclass, field

from nnlib.studies.local_workers import study_workers
from nnlib.support.cores import cores
from nnlib.support.memory import main_memory
from nnlib.support.validation import shown, whole_from_environment

UNKNOWN = 10**12  # bytes of memory where the system does not say: no limit


def memory_for_runs() -> int:
    """Return three quarters of the memory of this machine, in 10⁶ bytes: the server and the system need the rest."""
    return round(0.75 * (main_memory() or UNKNOWN) / 10**6)


@dataclass(frozen=True)
class Limits:
    """The limits of one server.

    Attributes
    ----------
    max_runs : NNLIB_MAX_RUNS
        Processes at once; the next runs queue, but for one of each teacher. Default: twice the cores.
    memory_mb : NNLIB_MEMORY_MB
        Memory of all processes of runs together, as estimated (10⁶ bytes). Default: three quarters of the machine's.
    max_queued : NNLIB_MAX_QUEUED
        Runs that wait; the next ones are refused. Browsers of one network address may have half of them.
    runs_per_session : NNLIB_RUNS_PER_SESSION
        Runs of one browser, working or queued.
    release_minutes : NNLIB_RELEASE_MINUTES
        How long a run continues while nobody watches it.
    runs_kept, runs_mb, runs_days : NNLIB_RUNS_KEPT, NNLIB_RUNS_MB, NNLIB_RUNS_DAYS
        Runs on disk: how many of each class, and of all learners who are in none; how large all together (10⁶ bytes); and how
        long after they last changed.
    study_workers : NNLIB_STUDY_WORKERS
        Workers of one study on this machine. Default: one a core, and never more.
    """

    max_runs: int
    memory_mb: int = field(default_factory=memory_for_runs)
    max_queued: int = 200
    runs_per_session: int = 4
    release_minutes: float = 10.0
    runs_kept: int = 1000
    runs_mb: int = 10_000
    runs_days: int = 180
    study_workers: int = field(default_factory=cores)

    @classmethod
    def from_environment(cls) -> "Limits":
        """Return the limits in force. Raises ValueError that names the variable with an invalid value."""
        return cls(
            max_runs=whole_from_environment("NNLIB_MAX_RUNS", 2 * cores()),
            memory_mb=whole_from_environment("NNLIB_MEMORY_MB", memory_for_runs()),
            max_queued=whole_from_environment("NNLIB_MAX_QUEUED", cls.max_queued),
            runs_per_session=whole_from_environment("NNLIB_RUNS_PER_SESSION", cls.runs_per_session),
            release_minutes=_minutes("NNLIB_RELEASE_MINUTES", cls.release_minutes),
            runs_kept=whole_from_environment("NNLIB_RUNS_KEPT", cls.runs_kept),
            runs_mb=whole_from_environment("NNLIB_RUNS_MB", cls.runs_mb),
            runs_days=whole_from_environment("NNLIB_RUNS_DAYS", cls.runs_days),
            study_workers=study_workers(),
        )


def _minutes(variable, default):
    text = os.environ.get(variable, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 10**6:
        raise ValueError(f"{variable} = {shown(text)}: must be a number from 0 to 1,000,000.")
    return value
