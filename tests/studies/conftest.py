import pytest


@pytest.fixture(autouse=True)
def runs_of_its_own(runs):
    """Every test of studies has an empty runs folder."""
