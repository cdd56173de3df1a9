"""Damaged files of every kind: each gives one sentence, or its true content; never another exception."""

import hashlib
import json
import pickle

import numpy as np
import pytest

from nnlib import MLP
from nnlib.data import DataError, cifar10_batches, cifar10_cache, load_dataset, load_points, parse_points, save_points
from nnlib.deep.settings import MlpExperiment
from nnlib.experiment import checkpoint
from nnlib.experiment.settings import Experiment
from nnlib.runs import leaderboard
from nnlib.runs.snapshots import Recorder, SnapshotError, read_frame, read_state, snapshots
from nnlib.runs.store import RunFolder
from nnlib.runs.story import earlier_runs, story
from nnlib.support.checkpoint_files import CheckpointError
from tests.data.conftest import BATCHES, encode, tar_of
from tests.helpers import small_training

DAMAGES = 12  # of each file


def damaged(data, rng):
    """The bytes with one kind of damage, as a disk, a copy that was cut short, or an editor leaves it."""
    data = bytearray(data)
    kind = rng.choice(["flip", "flip", "flips", "cut", "swap", "empty", "zeros", "hole", "text", "twice"])
    if kind == "flip":
        data[rng.integers(len(data))] ^= 1 << rng.integers(8)
    elif kind == "flips":
        for _ in range(rng.integers(2, 40)):
            data[rng.integers(len(data))] = rng.integers(256)
    elif kind == "cut":
        del data[rng.integers(len(data)) :]
    elif kind == "swap":
        size = max(1, len(data) // 8)
        i, j = (rng.integers(len(data) - size + 1) for _ in range(2))
        data[i : i + size], data[j : j + size] = data[j : j + size], data[i : i + size]
    elif kind == "empty":
        data.clear()
    elif kind == "zeros":
        data[:] = bytes(len(data))
    elif kind == "hole":
        i = rng.integers(len(data))
        j = min(len(data), i + 512)
        data[i:j] = bytes(j - i)
    elif kind == "text":
        i = rng.integers(len(data))
        data[i : i + 1] = rng.choice([b"9" * 30, b"[" * 2000, b"null", b'"', b"-1", b"\xff", b"{}", b"1e999"])
    else:
        data = data + data
    return bytes(data)


# Each of these makes files in a folder. Returns the path of the one to damage, the exception that a damaged one may raise,
# and a function that reads it and asserts that what it returns is true, as far as that can be known.


def points(folder):
    made = parse_points(b"".join(b"%d.5,%d,%s\n" % (i, i * i, b"ab"[i % 2 :][:1]) for i in range(40)))
    digest = save_points(made)

    def read():
        found = load_points(digest)
        assert np.array_equal(found.X, made.X) and found.class_names == made.class_names

    return folder / "runs" / "uploads" / f"{digest}.npz", DataError, read


def points_file(folder):
    path = folder / "points.csv"
    path.write_bytes(b"x,y,label\n" + b"".join(b"%d.5,%d,%s\n" % (i, i * i, b"ab"[i % 2 :][:1]) for i in range(40)))
    return path, DataError, lambda: parse_points(path.read_bytes())


def tiny():
    rng = np.random.default_rng(7)
    return {
        part: (rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8), rng.integers(0, 10, n))
        for part, n in (("train", 60), ("test", 20))
    }


def parquet(folder):
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = folder / "data" / "cifar10" / "plain_text"
    target.mkdir(parents=True)
    for part, (images, labels) in tiny().items():
        rows = pa.array([{"bytes": encode(image), "path": None} for image in images])
        pq.write_table(pa.table({"img": rows, "label": labels}), target / f"{part}-00000-of-00001.parquet")
    return target / "train-00000-of-00001.parquet", DataError, lambda: np.asarray(load_dataset("cifar10").X_train)


def cache_of(suffix):
    def cache(folder):
        parquet(folder)
        true = load_dataset("cifar10")
        [path] = (folder / "cache").glob(f"cifar10-*{suffix}")

        def read():
            cifar10_cache._verified.clear()  # as in another process
            found = load_dataset("cifar10")
            assert np.array_equal(found.X_train, true.X_train) and np.array_equal(found.y_test, true.y_test)

        return path, (), read  # it is made anew

    return cache


def batches(monkeypatch):
    """The tiny images as the files of torchvision, whose checksums replace the published ones."""
    images, labels = tiny()["train"]
    parts = [(images[i * 12 : i * 12 + 12], labels[i * 12 : i * 12 + 12]) for i in range(5)] + [tiny()["test"]]
    files = {
        name: pickle.dumps({"data": pixels.reshape(len(pixels), -1), "labels": classes.tolist()}, protocol=2)
        for name, (pixels, classes) in zip(BATCHES, parts, strict=True)
    }
    monkeypatch.setattr(cifar10_batches, "BATCH_MD5", {name: hashlib.md5(data).hexdigest() for name, data in files.items()})
    return files


def batch(folder, monkeypatch):
    target = folder / "data" / "cifar-10-batches-py"
    target.mkdir(parents=True)
    for name, data in batches(monkeypatch).items():
        (target / name).write_bytes(data)
    return target / "data_batch_3", DataError, lambda: load_dataset("cifar10")


def archive(folder, monkeypatch):
    path = folder / "data" / "cifar-10-python.tar.gz"
    path.write_bytes(tar_of(batches(monkeypatch)))
    monkeypatch.setattr(cifar10_batches, "ARCHIVE_MD5", hashlib.md5(path.read_bytes()).hexdigest())
    return path, DataError, lambda: load_dataset("cifar10")


def unchecked_archive(folder, monkeypatch):
    """An archive that is read although its checksum differs: what reads it must hold by itself."""
    path, error, read = archive(folder, monkeypatch)
    monkeypatch.setattr(cifar10_batches, "_check_archive", lambda *_: None)
    return path, error, read


def same(found, true):
    return found.keys() == true.keys() and all(np.array_equal(found[name], true[name]) for name in true)


def training(folder):
    run = small_training(optimiser="adam")
    list(run.events(steps=20))
    state = run.state()
    checkpoint.save_checkpoint(folder / "checkpoint.npz", state, {"seconds": 1.0})

    def read():
        found, config = checkpoint.load_checkpoint(folder / "checkpoint.npz")
        assert same(found["arrays"], state["arrays"]) and found["values"] == json.loads(json.dumps(state["values"]))
        assert config == {"seconds": 1.0}
        small_training(optimiser="adam").restore(found)

    return folder / "checkpoint.npz", CheckpointError, read


def network(folder):
    net = MLP((5, 8, 3), seed=2)
    checkpoint.save_network(folder / "net.npz", net)

    def read():
        assert same(checkpoint.load_network(folder / "net.npz").params, net.params)

    return folder / "net.npz", CheckpointError, read


def deep_network(name):
    def make(folder):
        pytest.importorskip("torch")
        from nnlib.deep.checkpoint import load_network, save_network
        from nnlib.deep.network import build_network

        experiment = MlpExperiment(depth=2, widths=(8, 6), batch_norm=True)
        net = build_network(experiment, 12, 10)
        save_network(folder / "net.pt", net, experiment, [12, 8, 6, 10])
        true = {key: value.clone() for key, value in net.state_dict().items()}

        def read():
            assert same(load_network(folder / "net.pt")[0].state_dict(), true)

        return folder / name, CheckpointError, read

    return make


def deep_training(folder):
    pytest.importorskip("torch")
    from nnlib.deep.checkpoint import load_training, save_training
    from nnlib.deep.training import TorchTraining

    experiment = MlpExperiment(dataset="digits", depth=2, widths=(8, 6), epochs=1, device="cpu")
    run = TorchTraining(experiment, experiment.load())
    list(run.events(steps=3))
    save_training(folder / "checkpoint.pt", run, {"seconds": 1.0})
    true = json.dumps(run.state()["values"], default=str)

    def read():
        state, config = load_training(folder / "checkpoint.pt")
        assert json.dumps(state["values"], default=str) == true and config == {"seconds": 1.0}
        run.restore(state)

    return folder / "checkpoint.pt", CheckpointError, read


def run_of(name):
    def run(folder):
        earlier, made = (RunFolder.create(Experiment().to_dict(), session="s") for _ in range(2))
        for each in (earlier, made):
            each.write("started.json", {"event": "started", "entries": [{"last": 60}, {"last": 90}]})
            log = [{"event": "metrics", "first": 1, "loss": [1 / i for i in range(1, 91)]}]
            log += [{"event": "evaluation", "step": 60, "train_accuracy": 0.5, "val_accuracy": 0.4, "val_loss": 1.0}]
            log += [{"event": "control", "step": 70, "learning_rate": 0.2, "reg": 0.0, "batch_size": 5}]
            log += [{"event": "finished", "stopped": False, "step": 90}]
            each.log.write_text("".join(json.dumps(event) + "\n" for event in log))
            each.write("frame.json", {"event": "frame", "step": 90})
        about = made.about

        def read():
            list(earlier.events()), earlier.settle(), earlier_runs(about, own=True)
            if earlier.about:
                story(earlier, earlier.about)

        return earlier.path / name, (), read

    return run


def run_with_snapshots(name):
    """A run with two snapshots of the same network."""

    def run(folder):
        made, run = RunFolder.create(Experiment().to_dict()), small_training()
        frame, state = {"event": "frame", "step": 1, "boundary": "AAAA" * 200}, run.state()
        recorder = Recorder(made, 10, 1000, lambda file, config: checkpoint.write_checkpoint(file, state, config))
        made.log.write_text("".join(json.dumps(recorder.take(i, json.dumps(frame), {"logged": 1})) + "\n" for i in range(2)))

        def read():
            for snapshot in snapshots(made):
                assert read_frame(made, snapshot) == frame
                assert same(read_state(made, snapshot)[0]["arrays"], state["arrays"])

        return made.path / name, SnapshotError, read

    return run


def entries(folder):
    numbers = {
        "val_accuracy": 0.5,
        "test_accuracy": 0.4,
        "seconds": 1.0,
        "epochs": 2,
        "samples_per_second": 9.0,
        "finished": 1.0,
    }
    for i in range(5):
        leaderboard.add(
            {"run": f"r{i}", "index": 0, "settings": MlpExperiment().to_dict(), "device": "x", "stopped": False, **numbers}
        )
    return folder / "runs" / "leaderboard.jsonl", (), leaderboard.entries


KINDS = {
    "stored points": points, "file of points": points_file,
    "cache of pixels": cache_of(".npy"), "cache of labels": cache_of(".npz"),
    "parquet": parquet, "batch": batch, "archive": archive, "archive of any checksum": unchecked_archive, "training": training,
    "network": network, "deep network": deep_network("net.pt"), "deep network's settings": deep_network("net.json"),
    "deep training": deep_training, "run.json": run_of("run.json"), "status.json": run_of("status.json"),
    "started.json": run_of("started.json"), "frame.json": run_of("frame.json"), "events.jsonl": run_of("events.jsonl"),
    "snapshots": run_with_snapshots("snapshots.bin"), "log of snapshots": run_with_snapshots("events.jsonl"),
    "leaderboard": entries,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_gives_one_sentence_or_its_content(kind, tmp_path, monkeypatch):
    for name in ("data", "cache", "runs"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"NNLIB_{name.upper()}", str(tmp_path / name))
    make = KINDS[kind]
    path, allowed, read = make(tmp_path, monkeypatch) if make in (batch, archive, unchecked_archive) else make(tmp_path)
    read()
    whole, rng = path.read_bytes(), np.random.default_rng(hashlib.sha256(kind.encode()).digest()[0])
    for _ in range(DAMAGES):
        path.unlink()  # it may be mapped into memory
        path.write_bytes(damaged(whole, rng))
        try:
            read()
        except allowed as error:
            assert "\n" not in str(error) and len(str(error)) < 600
        path.unlink()
        path.write_bytes(whole)
