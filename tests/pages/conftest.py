"""The pages without a browser."""

import functools
import sys

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import local_script_runner

from pages.ui import drawn_first


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once():
    """Streamlit reads the metadata of every installed package at the first run of each AppTest: a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def pages_are_compiled_once():
    """As on a server. Each run of an AppTest begins without what the run before it has compiled."""
    compiled, compile_script = {}, ScriptCache.get_bytecode

    def get_bytecode(self, path):
        if path not in compiled:
            compiled[path] = compile_script(self, path)
        return compiled[path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptCache, "get_bytecode", get_bytecode)
        yield


@pytest.fixture(scope="session", autouse=True)
def runs_are_not_polled():
    """AppTest looks a thousand times a second whether the script has ended, and takes time from it."""
    look = local_script_runner.require_widgets_deltas

    def join_and_look(runner, timeout):
        runner._script_thread.join(timeout)
        look(runner, timeout if not runner._script_thread.is_alive() else 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", join_and_look)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_waits_for_a_browser():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn_first, "SECONDS", 0)
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
