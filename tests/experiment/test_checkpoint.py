import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import MLP
from nnlib.experiment.checkpoint import load_checkpoint, load_network, save_checkpoint, save_network
from nnlib.support.checkpoint_files import CheckpointError
from tests.helpers import all_losses, small_training


def test_a_saved_network_loads_completely(tmp_path):
    net = MLP((3, 5, 4, 2), ("tanh", "relu"), penalty="l1", dtype=np.float32, seed=4)
    save_network(tmp_path / "net.npz", net)
    again = load_network(tmp_path / "net.npz")
    X = np.ones((2, 3))
    np.testing.assert_array_equal(again.probabilities(X), net.probabilities(X))
    assert [each.name for each in again.activations.values()] == ["tanh", "relu"]
    assert (again.penalty, again.dtype) == ("l1", np.float32)


def test_a_training_resumed_from_disk_gives_the_same_numbers(tmp_path):
    expected = all_losses(small_training(optimiser="adam").events())
    training = small_training(optimiser="adam")
    losses = all_losses(training.events(steps=40))
    save_checkpoint(tmp_path / "c.npz", training.state(), {"seed": 0})
    state, config = load_checkpoint(tmp_path / "c.npz")
    resumed = small_training(optimiser="adam")
    resumed.restore(state)
    assert losses + all_losses(resumed.events()) == expected
    assert config == {"seed": 0}


def test_no_partial_file_is_left_behind(tmp_path):
    save_network(tmp_path / "net.npz", MLP((2, 2)))
    assert [path.name for path in tmp_path.iterdir()] == ["net.npz"]


def npz(**members):
    """The bytes of a zip file with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name + ".npy", content)
    return stream.getvalue()


def npy(array, allow_pickle=False):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def as_json(content):
    return npy(np.frombuffer(json.dumps(content).encode(), np.uint8))


class Boom:
    def __reduce__(self):
        return (pytest.fail, ("unpickled",))


HUGE_HEADER = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000), }"
HUGE = b"\x93NUMPY\x01\x00v\x00" + HUGE_HEADER.ljust(117) + b"\n"

HOSTILE = {
    "empty": b"",
    "not a zip": b"hello",
    "a pickle": pickle.dumps({"a": 1}),
    "no json": npz(W1=npy(np.zeros(2))),
    "not json inside": npz(json=npy(np.frombuffer(b"{", np.uint8))),
    "json of the wrong kind": npz(json=as_json([1])),
    "another version": npz(json=as_json({"version": 99, "values": {}, "config": {}})),
    "objects inside": npz(json=as_json({"version": 1, "values": {}, "config": {}}), W1=npy(np.array([Boom()]), True)),
    "a header that lies": npz(json=as_json({"version": 1, "values": {}, "config": {}}), W1=HUGE),
    "text instead of an array": npz(json=b"hello"),
    "json too deep": npz(json=npy(np.frombuffer(b"[" * 100_000, np.uint8))),
    "a header that is no Python": npz(json=b"\x93NUMPY\x01\x00v\x00" + b"{'descr': (((".ljust(117) + b"\n"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_not_a_checkpoint_raises_one_kind_of_error(tmp_path, content):
    (tmp_path / "c.npz").write_bytes(content)
    with pytest.raises(CheckpointError):
        load_checkpoint(tmp_path / "c.npz")


def test_a_missing_file_is_a_checkpoint_error(tmp_path):
    with pytest.raises(CheckpointError, match="no checkpoint"):
        load_checkpoint(tmp_path / "c.npz")


@pytest.mark.parametrize(
    "network",
    [
        {"sizes": [3, 4]},
        {"sizes": [10**9, 10**9]},
        {"sizes": "abc"},
        {"sizes": [2, 2], "activation": "nope"},
        {"sizes": [2, 2], "unknown": 1},
        {"sizes": [2, 2], "dtype": "object"},
        {"sizes": [2, 2], "dtype": "float64"},
        None,
    ],
)
def test_a_configuration_that_does_not_fit_the_arrays_is_rejected(tmp_path, network):
    arrays = {"W1": np.zeros((2, 2), np.float32), "b1": np.zeros(2, np.float32)}
    config = {"network": network and {"dtype": "float32", **network}}
    save_checkpoint(tmp_path / "c.npz", {"arrays": arrays, "values": {}}, config)
    with pytest.raises(CheckpointError):
        load_network(tmp_path / "c.npz")


def test_a_file_that_cannot_be_read_is_not_called_damaged(tmp_path):
    with pytest.raises(CheckpointError, match=r"^The checkpoint cannot be read \(Is a directory\)\.$"):
        load_network(tmp_path)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_file_loads_unchanged_or_is_rejected(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("c") / "c.npz"
    save_network(path, MLP((2, 3, 2), seed=1))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    path.write_bytes(bytes(content[: cut if data.draw(st.booleans()) else None]))
    try:
        net = load_network(path)
    except CheckpointError:
        return
    for name, array in MLP((2, 3, 2), seed=1).params.items():
        np.testing.assert_array_equal(net.params[name], array)
