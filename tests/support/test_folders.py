"""The three folders."""

from nnlib.support.folders import cache_folder, data_folder, runs_folder


def test_environment_variables_set_the_folders(monkeypatch, tmp_path):
    for variable, folder in (("NNLIB_DATA", data_folder), ("NNLIB_CACHE", cache_folder), ("NNLIB_RUNS", runs_folder)):
        monkeypatch.setenv(variable, str(tmp_path / variable))
        assert folder() == tmp_path / variable
        monkeypatch.setenv(variable, "~/below")
        assert folder().is_absolute() and "~" not in str(folder())
        monkeypatch.setenv(variable, "")
        assert "backprop-lab" in folder().parts
    assert not list(tmp_path.iterdir()), "asking for a folder creates nothing"
