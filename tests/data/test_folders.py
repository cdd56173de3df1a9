"""The three folders, and files written whole or not at all."""

import os

import pytest

from nnlib.data.atomic import write_atomically
from nnlib.folders import cache_folder, data_folder, runs_folder


def test_environment_variables_decide(monkeypatch, tmp_path):
    for variable, folder in (("NNLIB_DATA", data_folder), ("NNLIB_CACHE", cache_folder), ("NNLIB_RUNS", runs_folder)):
        monkeypatch.setenv(variable, str(tmp_path / variable))
        assert folder() == tmp_path / variable
        monkeypatch.setenv(variable, "~/below")
        assert folder().is_absolute() and "~" not in str(folder())
        monkeypatch.setenv(variable, "")
        assert "backprop-lab" in folder().parts
    assert not list(tmp_path.iterdir()), "asking for a folder creates nothing"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path, error):
    path = tmp_path / "deep" / "file"
    with write_atomically(path) as file:
        file.write(b"old")
    with pytest.raises(error), write_atomically(path) as file:
        file.write(b"new")
        raise error
    assert path.read_bytes() == b"old" and os.listdir(path.parent) == ["file"]
