"""The files in deploy/, with the programs that read them, where these are installed."""

import contextlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from nnlib.classroom.cookies import TEACHER
from nnlib.classroom.store import open_store
from nnlib.runs.server.outside_checks import Address
from tests.patience import PATIENCE
from tests.ports import free_port
from tests.runs.runs_helpers import settings
from tests.runs.server.server_helpers import Line, Server, connect

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(certificate, key) of this machine, which nobody else trusts."""
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "lab.pem", folder / "lab.key"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        *names,
        "-out",
        paths[0],
        "-keyout",
        paths[1],
    ]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@contextlib.contextmanager
def nginx(folder, certificate, *servers):
    """The origin of an nginx with deploy/nginx.conf, before the two servers at these ports."""
    port, plain = free_port(), free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in {
        r"listen (\[::\]:)?443 ssl": f"listen 127.0.0.1:{port} ssl",
        r"listen (\[::\]:)?80": f"listen 127.0.0.1:{plain}",
        r"lab\.example\.org;": "localhost;",
        r"/etc/ssl/certs/\S+\.pem": str(certificate[0]),
        r"/etc/ssl/private/\S+\.key": str(certificate[1]),
        "127.0.0.1:8501": f"127.0.0.1:{servers[0]}",
        "127.0.0.1:8502": f"127.0.0.1:{servers[1]}",
    }.items():
        text, found = re.subn(old, new, text)
        assert found, old
    text = re.sub(r"(listen \S+( ssl)?;\n)(\s+)listen .*\n", r"\1", text)  # the test has no second, IPv6 address
    (folder / "site.conf").write_text(text)
    places = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {places} include site.conf; }}"
    )
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off; master_process off;"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


class Visitor:
    """A browser with its cookies, that trusts the certificate."""

    def __init__(self, root, certificate):
        self.root, self.cookies = root, CookieJar()
        self.tls = ssl.create_default_context(cafile=certificate[0])
        opener = (urllib.request.HTTPSHandler(context=self.tls), urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener = urllib.request.build_opener(*opener)

    def get(self, path, sent=None):
        deadline = time.monotonic() + PATIENCE
        request = urllib.request.Request(f"{self.root}{path}", sent and json.dumps(sent).encode(), {"Origin": self.root})
        while True:
            try:
                return self.opener.open(request, timeout=PATIENCE)
            except OSError:  # nginx is being started
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def ask(self, action, **content):
        """What a route of the class answers."""
        with self.get(f"/class/{action}", content or {"page": ""}) as answer:
            return json.load(answer)

    @property
    def named(self):
        return {cookie.name: cookie for cookie in self.cookies}

    def live(self):
        cookie = "; ".join(f"{each.name}={each.value}" for each in self.cookies)
        address = f"wss{self.root.removeprefix('https')}/live"
        return Line(connect(address, origin=self.root, additional_headers={"Cookie": cookie}, ssl=self.tls, legacy=True))


@contextlib.contextmanager
def two_servers(folder, **environment):
    """Two app servers that know each other's browsers, each with a run folder of its own."""
    servers = [Server(folder / "one", **environment)]
    try:
        (folder / "two").mkdir()
        shutil.copy(folder / "one" / "cookie.key", folder / "two")
        servers.append(Server(folder / "two", **environment))
        yield servers
    finally:
        for server in servers:
            server.end()


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_two_servers_share_a_class_and_one_goes_on_while_the_other_is_down(tmp_path, certificate, postgres, monkeypatch):
    monkeypatch.setenv("NNLIB_STORAGE", postgres)
    with two_servers(tmp_path) as servers, nginx(tmp_path, certificate, *map(port_of, servers)) as root:
        chosen = a_visitor_of_each(root, certificate)
        one, two = chosen["lab_8501"], chosen["lab_8502"]
        run = start_a_run(one)
        assert (servers[0].runs / run / "run.json").exists()

        # A class that is opened at one server, with a student at each.
        two.ask("open", name="10b")
        code, secret = two.ask("state")["teacher"]["code"], two.named[TEACHER].value
        one.ask("join", code=code, pseudonym="Ada")
        two.ask("join", code=code, pseudonym="Bob")
        poll = open_store().open_poll(secret, "Which?", ["a", "b"])
        one.ask("vote", poll=poll, choice=0)
        two.ask("vote", poll=poll, choice=1)

        # One server is killed: its student goes on at the other, and its run waits.
        identity = one.named["backprop_lab"].value
        servers[0].process.kill()
        servers[0].process.wait()
        assert server_of(one) == server_of(two)
        assert (one.named["backprop_lab"].value, one.named["lab_server"].value) == (identity, "lab_8501")
        assert one.ask("state")["member"]["poll"]["mine"] == 0
        one.ask("vote", poll=poll, choice=1)
        two.ask("close")
        (tally,) = open_store().tallies(secret)
        assert tally.counts == [0, 2]
        with one.live() as line:
            line.send({"do": "watch", "run": run})
            assert "another server" in line.until("refused")["message"]
        start_a_run(one)

        servers[0] = Server(tmp_path / "one")
        with servers[0].live(f"backprop_lab={identity}") as line:
            line.send({"do": "watch", "run": run})
            line.until("state", state="interrupted")
            line.send({"do": "resume"})
            line.until("state", state="running")
            line.send({"do": "stop"})
            line.until("state", state="stopped")


def port_of(server):
    return server.host.rpartition(":")[2]


def server_of(visitor):
    """The server that answers."""
    with visitor.get("/runs/session") as answer:
        return answer.headers["X-Backprop-Lab-Server"]


def a_visitor_of_each(root, certificate):
    """Cookie of the server → a visitor who stays with it."""
    chosen, seen = {}, {}
    for _ in range(40):
        visitor = Visitor(root, certificate)
        (server,) = {server_of(visitor) for _ in range(4)}
        assert all(cookie.secure for cookie in visitor.cookies)
        cookie = visitor.named["lab_server"].value
        chosen[cookie] = visitor
        assert seen.setdefault(cookie, server) == server
        if len(chosen) == 2:
            return chosen
    raise AssertionError(f"nginx leads all of them to {chosen}")


def start_a_run(visitor):
    """Start one that does not end by itself; return its id once it trains."""
    with visitor.live() as line:
        line.send({"do": "start", "settings": settings(iterations=1_000_000)})
        run = line.until("run")["run"]
        line.until("state", state="running")
        line.until("metrics")
        return run


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_all_that_doctor_asks_of_an_address_is_well_behind_nginx_and_under_a_path(tmp_path, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.baseUrlPath=lab"]
    app = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "NNLIB_RUNS": str(tmp_path / "runs")})
    try:
        with nginx(tmp_path, certificate, port, port) as root:
            checks = Address(f"{root}/lab").checks
            deadline = time.monotonic() + PATIENCE
            while not checks["health"]().ok and time.monotonic() < deadline:
                time.sleep(0.2)
            findings = {name: check() for name, check in checks.items()}
            assert all(finding.ok for finding in findings.values()), findings
            without_path = Address(root).check_health()
            assert not without_path.ok and "--server.baseUrlPath" in without_path.remedy
    finally:
        app.terminate()
        app.wait(PATIENCE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_unit(tmp_path):
    text = (DEPLOY / "backprop-lab@.service").read_text()
    program = "/opt/backprop-lab/.venv/bin/streamlit"
    assert program in text
    unit = tmp_path / "backprop-lab@8501.service"
    unit.write_text(text.replace(program, sys.executable))  # the only part that has to exist
    answer = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")
