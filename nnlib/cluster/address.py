"""The address of a Dask scheduler. Checking it takes no Dask."""

import re

from nnlib.cluster.errors import SchedulerError
from nnlib.support.validation import shown

ADDRESS = r"(tcp|tls|ws|wss)://(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}"
WANTED = "give the address that `dask scheduler` printed, such as tcp://host:8786"


def check_address(address: str) -> None:
    """Check the form of a scheduler's address. Raises SchedulerError."""
    if not re.fullmatch(ADDRESS, address):
        raise SchedulerError(f"The scheduler {shown(address)} cannot be used: {WANTED}.")
