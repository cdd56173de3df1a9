"""A file that is made once has one content for all who ask, at once or later."""

import stat
from concurrent.futures import ThreadPoolExecutor

from nnlib.support.made_once import made_once
from nnlib.support.server_secret import path_of_secret, secret_of_this_server


def test_all_who_ask_at_once_get_the_same(tmp_path):
    path = tmp_path / "new" / "file"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda n: made_once(path, f"text {n}"), range(40)))
    assert found == {path.read_text()} and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_secret_is_stored(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path))
    assert secret_of_this_server() == path_of_secret().read_text()


def test_a_secret_that_cannot_be_stored_stays_the_same(tmp_path, monkeypatch):
    """What one call has signed, the next one can read."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "file" / "runs"))
    assert secret_of_this_server() == secret_of_this_server()
