"""The main memory of this machine, or of the container."""

import pytest

from nnlib.support import memory


@pytest.mark.parametrize(("limit", "expected"), [("max", None), ("1000000", 1_000_000)])
def test_the_limit_of_a_container_counts(monkeypatch, tmp_path, limit, expected):
    (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(memory, "CONTAINER_LIMITS", ())
    machine = memory.main_memory()
    monkeypatch.setattr(memory, "CONTAINER_LIMITS", (str(tmp_path / "missing"), str(tmp_path / "memory.max")))
    assert memory.main_memory() == (expected or machine) <= machine
