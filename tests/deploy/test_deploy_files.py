"""The files in deploy/, with the programs that read them, where these are installed."""

import contextlib
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

    def get(self, path):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.opener.open(f"{self.root}{path}", timeout=PATIENCE)
            except OSError:  # nginx is being started
                assert time.monotonic() < deadline
                time.sleep(0.05)

    @property
    def named(self):
        return {cookie.name: cookie for cookie in self.cookies}

    def live(self):
        cookie = "; ".join(f"{each.name}={each.value}" for each in self.cookies)
        address = f"wss{self.root.removeprefix('https')}/live"
        return Line(connect(address, origin=self.root, additional_headers={"Cookie": cookie}, ssl=self.tls, legacy=True))


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_a_browser_stays_with_its_server_and_goes_to_the_other_while_it_is_down(tmp_path, certificate):
    servers = [Server(tmp_path / "one")]
    (tmp_path / "two").mkdir()
    shutil.copy(tmp_path / "one" / "cookie.key", tmp_path / "two")  # so that both know each other's browsers
    servers.append(Server(tmp_path / "two"))
    ports = [server.host.rpartition(":")[2] for server in servers]
    try:
        with nginx(tmp_path, certificate, *ports) as root:
            visitors = [Visitor(root, certificate) for _ in range(20)]
            chosen = {}
            for visitor in visitors:
                seen = {visitor.get("/runs/session").headers["X-Backprop-Lab-Server"] for _ in range(4)}
                assert len(seen) == 1
                chosen[visitor.named["lab_server"].value] = (visitor, *seen)
                assert all(cookie.secure for cookie in visitor.cookies)
            assert set(chosen) == {"lab_8501", "lab_8502"}

            visitor, server = chosen["lab_8501"]
            identity = visitor.named["backprop_lab"].value
            with visitor.live() as line:
                line.send({"do": "start", "settings": settings(iterations=50)})
                run = line.until("run")["run"]
                line.until("state", state="finished")
            assert (servers[0].runs / run / "run.json").exists()

            servers[0].process.kill()
            servers[0].process.wait()
            with visitor.get("/runs/session") as answer:
                assert answer.headers["X-Backprop-Lab-Server"] == chosen["lab_8502"][1] != server
            assert visitor.named["backprop_lab"].value == identity and visitor.named["lab_server"].value == "lab_8501"
            with visitor.live() as line:
                line.send({"do": "start", "settings": settings(iterations=50)})
                line.until("state", state="finished")
    finally:
        for server in servers:
            server.end()


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
