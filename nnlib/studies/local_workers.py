"""How many worker processes one study may start on this machine."""

from nnlib.support.cores import cores
from nnlib.support.validation import whole_from_environment

STUDY_WORKERS = "NNLIB_STUDY_WORKERS"


def study_workers() -> int:
    """Return the most workers that one study may have on this machine: NNLIB_STUDY_WORKERS, by default one a core, never more.

    The server sets the variable for each process that works on a study, to its share of the cores.

    Raises
    ------
    ValueError
        If NNLIB_STUDY_WORKERS is not a whole number.
    """
    return min(cores(), whole_from_environment(STUDY_WORKERS, cores()))
