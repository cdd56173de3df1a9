"""Deep networks in the tests' own process."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Networks this small gain nothing from a second thread, which slows them down where another process needs the core."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
