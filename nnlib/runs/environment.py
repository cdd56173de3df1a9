"""The environment variables that name folders, an address and a database: checked before anything starts."""

import os

from nnlib.cluster.address import check_address
from nnlib.cluster.errors import SchedulerError
from nnlib.support.extras import missing_extra
from nnlib.support.folders import check_folders


def check_environment() -> None:
    """Check the variables that every command uses. Raises ValueError with one sentence that names the variable."""
    check_folders()
    scheduler = os.environ.get("NNLIB_SCHEDULER")
    if scheduler:
        try:
            check_address(scheduler)
        except SchedulerError as error:
            raise ValueError(f"NNLIB_SCHEDULER: {error}") from None


def check_database() -> None:
    """Check the variable that names the database of the studies, which takes Optuna. Raises ValueError in the same way."""
    if os.environ.get("NNLIB_STORAGE") and not missing_extra("optuna"):
        from nnlib.studies.storage import check_storage

        check_storage()
