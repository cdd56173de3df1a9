"""With `-n 2 --dist loadgroup` two processes test at once: one in the browser, where much is waited for, the other the rest."""

from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(BROWSER):
            item.add_marker(pytest.mark.xdist_group("browser"))
