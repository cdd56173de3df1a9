"""The torchvision download from a local server: a complete file or none."""

import http.server
import os
import threading
import time

import pytest

from nnlib.data import DATASETS, DataError, download, fetch, load_dataset
from nnlib.data.locked import locked
from nnlib.data.torchvision_import import import_torchvision


@pytest.fixture
def serve(monkeypatch, folders):
    """serve(reply): torchvision downloads from a server that answers with reply(handler)."""
    servers = []

    def start(reply):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                reply(self)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/cifar-10-python.tar.gz"
        monkeypatch.setattr(import_torchvision().datasets.CIFAR10, "url", url)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def send(data, length=None):
    def reply(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(length or len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def left(folders):
    return sorted(path.name for path in folders.rglob("*"))


def test_a_download_arrives_whole_with_progress_and_is_used(serve, archive, folders, tiny):
    serve(send(archive))
    steps = []
    fetch("cifar10", lambda *step: steps.append(step))
    assert left(folders) == ["cifar-10-python.tar.gz"]
    assert steps[0][1] == 0 and steps[-1] == ("Downloading CIFAR-10", len(archive), len(archive))
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps) and len(steps) > 3
    assert len(load_dataset("cifar10").X_test) == len(tiny["test"][0])
    serve(lambda handler: pytest.fail("downloaded again"))
    fetch("cifar10")


@pytest.mark.parametrize("fault", ["corrupt", "short", "404", "closed", "silent"])
def test_a_failed_download_says_where_to_put_the_file_and_leaves_no_file(serve, archive, folders, monkeypatch, fault):
    monkeypatch.setattr(download, "SILENCE_SECONDS", 0.5)
    serve(
        {
            "corrupt": send(archive[:-1] + b"?"),
            "short": send(archive[:-50_000], len(archive)),
            "404": lambda handler: handler.send_error(404),
            "closed": lambda handler: handler.connection.close(),
            "silent": lambda handler: time.sleep(3),
        }[fault]
    )
    with pytest.raises(DataError) as caught:
        fetch("cifar10")
    assert "put cifar-10-python.tar.gz into " + str(folders) in str(caught.value) and "\n" not in str(caught.value)
    assert left(folders) == []


def test_data_loads_without_a_network_connection(folders, monkeypatch):
    monkeypatch.setattr(import_torchvision().datasets.CIFAR10, "url", "http://127.0.0.1:9/nobody")
    with pytest.raises(DataError, match="by hand"):
        fetch("cifar10")
    assert left(folders) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, OSError])
def test_a_cancelled_download_leaves_no_file_and_reports_the_reason(serve, archive, folders, error):
    serve(send(archive))
    reason = error("cancelled by the caller")

    def cancel(what, done, total):
        if done:
            assert left(folders) != [], "something was on its way"
            raise reason

    with pytest.raises(error) as caught:
        fetch("cifar10", cancel)
    assert caught.value is reason
    assert left(folders) == []
    fetch("cifar10")
    assert left(folders) == ["cifar-10-python.tar.gz"]


def test_leftovers_of_a_killed_download_are_deleted_and_a_live_download_is_not(serve, archive, folders):
    for name in (".download-killed", ".download-alive"):
        (folders / name).mkdir()
        (folders / name / "half").write_bytes(b"half")
    for path in (folders / ".download-killed" / "half", folders / ".download-killed"):
        os.utime(path, (1, 1))
    os.utime(folders / ".download-alive", (1, 1))
    serve(send(archive))
    fetch("cifar10")
    assert left(folders) == [".download-alive", "cifar-10-python.tar.gz", "half"]


def test_torchvision_is_unchanged(serve, archive, folders):
    import socket

    serve(send(archive))
    utils = import_torchvision().datasets.utils
    before = utils.tqdm, socket.getdefaulttimeout()
    fetch("cifar10")
    assert (utils.tqdm, socket.getdefaulttimeout()) == before


def test_a_broken_torchvision_import_is_reported(folders, monkeypatch):
    def broken():
        raise RuntimeError("operator torchvision::other does not exist\nand more")

    monkeypatch.setattr(download, "import_torchvision", broken)
    with pytest.raises(DataError, match="operator torchvision::other does not exist.*by hand"):
        fetch("cifar10")


def test_a_read_only_data_folder_is_reported(tmp_path, folders, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match="NNLIB_DATA"):
        fetch("cifar10")


def test_generated_data_sets_need_no_download(folders):
    for name in DATASETS:
        if name not in ("cifar10", "points"):
            fetch(name)
    with pytest.raises(DataError, match="upload"):
        fetch("points")
    with pytest.raises(ValueError, match="name"):
        fetch("imagenet")
    assert left(folders) == []


def test_a_cache_folder_is_made_with_all_folders_above_it(tmp_path):
    with locked(tmp_path / "new" / "cache" / "fetch.lock", "Waiting", pytest.fail):
        assert (tmp_path / "new" / "cache").is_dir()
