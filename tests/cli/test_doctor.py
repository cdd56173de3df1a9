"""The command that checks the set-up of a server: each check finds what is well and what is not, and says what to change."""

import json
import sqlite3
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import filelock
import pytest

from nnlib.__main__ import main
from nnlib.data import Status
from nnlib.runs.server import outside_checks, setup_checks
from nnlib.runs.server.outside_checks import Address
from nnlib.runs.server.setup_checks import Finding
from tests.ports import free_port
from tests.runs.server.server_helpers import Server

pytestmark = pytest.mark.usefixtures("runs")


def test_one_line_for_each_check_and_the_exit_code_says_whether_all_is_well(monkeypatch, capsys):
    checks = {"this": lambda: Finding(True, "This is well."), "that": lambda: Finding(False, "That is not.", "change it")}
    monkeypatch.setattr(setup_checks, "SETUP_CHECKS", checks)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out == "ok    this       This is well.\nWRONG that       That is not. → change it\n"
    assert main(["doctor", "--json"]) == 1
    *found, result = map(json.loads, capsys.readouterr().out.splitlines())
    assert found[1] == {"event": "check", "name": "that", "ok": False, "sentence": "That is not.", "remedy": "change it"}
    assert result == {"event": "result", "ok": False, "wrong": ["that"]}
    del checks["that"]
    assert main(["doctor"]) == 0


def test_this_machine_is_well_and_nothing_is_left_behind(runs, monkeypatch):
    monkeypatch.setattr(setup_checks, "LEAST_FREE", 0)
    for name, check in setup_checks.SETUP_CHECKS.items():
        finding = check()
        assert finding.ok and finding.sentence.endswith("."), (name, finding)
    assert list(runs.iterdir()) == []


@pytest.mark.parametrize("setting", ["NNLIB_MAX_RUNS=many", "NNLIB_ALLOWED_ORIGINS=lab", "NNLIB_FRAME_SITES=*"])
def test_an_invalid_variable_is_named(monkeypatch, setting):
    name, _, value = setting.partition("=")
    monkeypatch.setenv(name, value)
    finding = setup_checks.check_settings()
    assert not finding.ok and finding.sentence.startswith(name)


def test_a_missing_data_folder_is_wrong_and_a_missing_data_set_is_not(monkeypatch, tmp_path):
    monkeypatch.setattr(setup_checks, "describe_datasets", lambda: [Status("cifar10", "CIFAR-10", False, "", "download it")])
    finding = setup_checks.check_data()
    assert finding.ok and "CIFAR-10" in finding.sentence and finding.remedy == "nnlib data fetch cifar10"
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "gone"))
    finding = setup_checks.check_data()
    assert not finding.ok and "NNLIB_DATA" in finding.sentence


@pytest.mark.parametrize("variable", ["NNLIB_RUNS", "NNLIB_CACHE"])
def test_a_folder_that_cannot_be_written_is_named(monkeypatch, variable):
    monkeypatch.setenv(variable, "/proc/here")  # where even root cannot write
    finding = setup_checks.check_folders()
    assert not finding.ok and "/proc/here" in finding.sentence and variable in finding.remedy


@pytest.mark.parametrize(
    ("free", "ok", "remedy"), [(10**8, False, "runs clear"), (2 * 10**9, True, "NNLIB_RUNS_MB"), (10**12, True, "")]
)
def test_a_disk_without_room_is_wrong(monkeypatch, free, ok, remedy):
    monkeypatch.setattr(setup_checks.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    finding = setup_checks.check_disk()
    assert finding.ok == ok and remedy in finding.remedy and bool(remedy) == bool(finding.remedy)


def test_a_file_system_whose_locks_do_nothing_is_wrong(monkeypatch, runs):
    runs.mkdir()
    monkeypatch.setattr(setup_checks.filelock, "FileLock", filelock.SoftFileLock)
    monkeypatch.setattr(filelock.SoftFileLock, "_acquire", lambda self: setattr(self._context, "lock_file_fd", 1))
    monkeypatch.setattr(filelock.SoftFileLock, "_release", lambda self: setattr(self._context, "lock_file_fd", None))
    finding = setup_checks.check_locks()
    assert not finding.ok and "Two processes" in finding.sentence


def test_a_database_file_that_is_none_is_wrong(runs):
    runs.mkdir()
    (runs / "classes.db").write_text("these are no tables, but notes of somebody")
    finding = setup_checks.check_database()
    assert not finding.ok and "classes.db" in finding.sentence


def test_a_database_file_that_is_written_just_now_is_well(runs):
    runs.mkdir()
    sqlite3.connect(runs / "studies.db").close()
    assert setup_checks.check_database().ok


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "must be a URL"),
        ("postgresql+psycopg://me:secret@127.0.0.1:{port}/studies", "postgresql+psycopg://me:***@127.0.0.1"),
    ],
)
def test_a_database_that_does_not_answer_is_named_without_its_password(monkeypatch, url, sentence):
    monkeypatch.setenv("NNLIB_STORAGE", url.format(port=free_port()))
    finding = setup_checks.check_database()
    assert not finding.ok and sentence in finding.sentence and "secret" not in finding.sentence


def test_a_postgresql_database_says_whose_it_is(postgres, monkeypatch):
    monkeypatch.setenv("NNLIB_STORAGE", postgres)
    finding = setup_checks.check_database()
    assert finding.ok and finding.sentence.endswith(" may write.")


def test_a_scheduler_has_to_answer_and_to_have_workers(scheduler, monkeypatch):
    monkeypatch.setenv("NNLIB_SCHEDULER", scheduler)
    assert "2 trials at once" in setup_checks.check_scheduler().sentence
    monkeypatch.setattr("nnlib.cluster.client.Cluster.threads", lambda cluster: 0)
    finding = setup_checks.check_scheduler()
    assert not finding.ok and "no workers" in finding.sentence and scheduler in finding.remedy
    monkeypatch.setattr("nnlib.cluster.client.ANSWER_SECONDS", 0.5)
    monkeypatch.setenv("NNLIB_SCHEDULER", f"tcp://127.0.0.1:{free_port()}")
    finding = setup_checks.check_scheduler()
    assert not finding.ok and "does not answer" in finding.sentence


def test_a_gpu_that_torch_cannot_use_is_wrong(monkeypatch, tmp_path):
    monkeypatch.setattr("nnlib.deep.devices.cuda_trouble", lambda: "this PyTorch was built without CUDA")
    assert setup_checks.check_torch().ok  # there is no GPU
    monkeypatch.setattr(setup_checks, "NVIDIA", tmp_path)
    finding = setup_checks.check_torch()
    assert not finding.ok and "built without CUDA" in finding.sentence


@pytest.mark.parametrize("check", [setup_checks.check_torch, setup_checks.check_database])
def test_an_extra_that_is_not_installed_is_named(monkeypatch, check):
    monkeypatch.setattr(setup_checks, "missing_extra", lambda package: f"This needs {package}, which is not installed.")
    finding = check()
    assert not finding.ok and "is not installed" in finding.sentence


# From outside


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("served"))
    yield server
    server.end()


@contextmanager
def proxy(answers):
    """The address of a web server that gives these answers: path → (status, headers, text)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, text = answers(self.path) or (404, {}, "Not found")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{served.server_port}/lab"
        finally:
            served.shutdown()


def test_a_server_is_well_from_outside(server):
    checks = Address(f"http://{server.host}").checks
    for name in ("cookie", "sticky", "live"):
        assert checks[name]().ok, name


def test_a_host_that_the_proxy_changes_is_named(server):
    address = Address(f"http://{server.host}")
    address.origin = "https://lab.example.org"
    address.check_cookie()
    finding = address.check_live()
    assert not finding.ok and "proxy_set_header Host" in finding.remedy and "https://lab.example.org" in finding.remedy


def test_an_address_without_a_server_is_said_once_for_each_check():
    for check in Address(f"http://127.0.0.1:{free_port()}/lab").checks.values():
        finding = check()
        assert not finding.ok and ("does not answer" in finding.sentence or "does not open" in finding.sentence)


def test_a_proxy_without_the_path_or_websockets_is_named(monkeypatch):
    with proxy(lambda path: None) as url:
        checks = Address(url).checks
        for name in ("health", "page"):
            finding = checks[name]()
            assert not finding.ok and "--server.baseUrlPath=lab" in finding.remedy, name
        for name in ("live", "streamlit"):
            finding = checks[name]()
            assert not finding.ok and "proxy_set_header Upgrade" in finding.remedy, name


PAGE = {
    "/lab/": '<script src="./static/js/index.1.js">',
    "/lab/modules/any/live-view/view.js": "",
    "/lab/static/js/index.1.js": "",
}


@pytest.mark.parametrize("missing", [None, *PAGE])
def test_the_page_and_each_of_its_files_have_to_come(missing):
    script = {"Content-Type": "text/javascript"}
    with proxy(lambda path: (200, script, PAGE[path]) if path in PAGE and path != missing else None) as url:
        finding = Address(url).check_page()
    assert finding.ok == (missing is None)
    assert missing is None or missing in finding.sentence


def test_what_fails_on_the_server_is_named():
    with proxy(lambda path: (503, {}, '{"failing": ["disk"]}')) as url:
        finding = Address(url).check_health()
    assert not finding.ok and "these fail: disk." in finding.sentence


def test_a_browser_that_changes_between_servers_is_noticed():
    given = iter(range(100))
    with proxy(lambda path: (200, {"X-Backprop-Lab-Server": str(next(given))}, "{}")) as url:
        finding = Address(url).check_sticky()
    assert not finding.ok and finding.remedy == outside_checks.STICKY


def test_a_server_that_does_not_know_of_https_is_named(monkeypatch):
    address = Address("https://lab.example.org")
    given = {"Set-Cookie": "backprop_lab=me; HttpOnly; SameSite=lax"}
    monkeypatch.setattr(address, "_get", lambda path: (200, "{}", given))
    finding = address.check_cookie()
    assert not finding.ok and "X-Forwarded-Proto" in finding.remedy
    given["Set-Cookie"] += "; Secure"
    assert address.check_cookie().ok
    del given["Set-Cookie"]
    assert not address.check_cookie().ok


@pytest.mark.parametrize("url", ["lab.example.org", "ftp://lab", "https://"])
def test_an_address_that_is_none_is_a_bad_argument(url, capsys):
    with pytest.raises(SystemExit) as exit:
        main(["doctor", "--url", url])
    assert exit.value.code == 2 and "--url" in capsys.readouterr().err
