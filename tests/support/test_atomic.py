"""Files written whole or not at all."""

import os

import pytest

from nnlib.support.atomic import write_atomically


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failed_write_leaves_the_old_file_unchanged(tmp_path, error):
    path = tmp_path / "deep" / "file"
    with write_atomically(path) as file:
        file.write(b"old")
    with pytest.raises(error), write_atomically(path) as file:
        file.write(b"new")
        raise error
    assert path.read_bytes() == b"old" and os.listdir(path.parent) == ["file"]


def test_a_folder_or_a_device_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(OSError, match=f"{name} is not an ordinary file"), write_atomically(tmp_path / name):
            pass
    assert sorted(os.listdir(tmp_path)) == ["folder", "pipe"]
