import optuna
import pytest

from nnlib.studies.storage import open_storage


@pytest.fixture(scope="session")
def folder_of_studies(tmp_path_factory):
    return tmp_path_factory.mktemp("studies")


@pytest.fixture(autouse=True)
def runs(folder_of_studies, monkeypatch):
    """A runs folder without studies. All tests share its database, because Optuna takes a while to create one."""
    monkeypatch.setenv("NNLIB_RUNS", str(folder_of_studies))
    monkeypatch.delenv("NNLIB_STORAGE", raising=False)
    monkeypatch.delenv("NNLIB_SCHEDULER", raising=False)
    storage = open_storage()
    yield folder_of_studies
    for name in optuna.get_all_study_names(storage):
        optuna.delete_study(study_name=name, storage=storage)
    for lock in folder_of_studies.glob("studies.db.*.lock"):  # one that a failed test still holds
        lock.unlink()


@pytest.fixture
def new_runs(runs, tmp_path, monkeypatch):
    """A runs folder of this test alone."""
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"
