"""The pages without a browser."""

import functools
import sys

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once():
    """Streamlit reads the metadata of every installed package at the first run of each AppTest: a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def main_module_comes_back(monkeypatch):
    """Streamlit makes the script of an AppTest the main module. A process that a later test spawns would run it first."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
