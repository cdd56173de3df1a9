"""The pages without a browser."""

import functools
import sys

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once():
    """Streamlit reads the metadata of every installed package at the first run of each AppTest: a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def errors_have_their_message():
    """A learner reads a sentence in its place (pages/errors.py)."""
    config.set_option("client.showErrorDetails", "full")
    yield
    config.set_option("client.showErrorDetails", "none")


@pytest.fixture(autouse=True)
def main_module_comes_back(monkeypatch):
    """Streamlit makes the script of an AppTest the main module. A process that a later test spawns would run it first."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
