"""The three folders."""

import re

import pytest

from nnlib.support.folders import VARIABLES, cache_folder, check_folders, data_folder, runs_folder
from nnlib.support.validation import shown


def test_environment_variables_set_the_folders(monkeypatch, tmp_path):
    for variable, folder in (("NNLIB_DATA", data_folder), ("NNLIB_CACHE", cache_folder), ("NNLIB_RUNS", runs_folder)):
        monkeypatch.setenv(variable, str(tmp_path / variable))
        assert folder() == tmp_path / variable
        monkeypatch.setenv(variable, "~/below")
        assert folder().is_absolute() and "~" not in str(folder())
        monkeypatch.setenv(variable, "")
        assert "backprop-lab" in folder().parts
    assert not list(tmp_path.iterdir()), "asking for a folder creates nothing"


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_that_cannot_name_a_folder_is_an_error_that_names_it(variable, monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    for text in ("/dev/null", str(file), str(file / "below"), str(tmp_path / "dangling"), "~nobody-of-this-name/runs"):
        monkeypatch.setenv(variable, text)
        with pytest.raises(ValueError, match=f"^{variable} = {re.escape(shown(text))}: must name a folder.$"):
            check_folders()
    for text in ("", str(tmp_path), str(tmp_path / "not" / "yet"), "/proc/cannot-be-made", "relative", "a?b c%d #ü"):
        monkeypatch.setenv(variable, text)
        check_folders()
