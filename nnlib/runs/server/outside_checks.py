"""Checks of a server that runs, from outside: what a browser meets at its address, behind a proxy or not.

Each check asks the address for one thing and returns what it found. The remedies are those of nginx; deploy/nginx.conf has all.
"""

import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from email.message import Message
from functools import partial
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from nnlib.runs.server.browser_session import COOKIE, SERVER_HEADER
from nnlib.runs.server.routes import REFUSED_ORIGIN
from nnlib.runs.server.setup_checks import Check, Finding
from nnlib.support.error_text import first_line

ANSWER_SECONDS = 15
VISITS = 8  # by which a browser that changes between two servers is noticed, but for one time in 128
PREFIX = "start the app with --server.baseUrlPath={path}, and let the proxy pass the path on unchanged"
WEBSOCKETS = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
HOST = "proxy_set_header Host $http_host; or name {origin} in NNLIB_ALLOWED_ORIGINS and in --server.corsAllowedOrigins"
SCHEME = "proxy_set_header X-Forwarded-Proto $scheme; and FORWARDED_ALLOW_IPS where the proxy is another machine or container"
STICKY = "let a cookie of the proxy choose the server, as deploy/nginx.conf does"


class Address:
    """The address of a server, as a browser sees it.

    Parameters
    ----------
    url : such as "https://lab.example.org/lab"

    Raises
    ------
    ValueError
        If this is no web address.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"--url = {url!r}: must be an address such as https://lab.example.org/lab.")
        self.root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self.path = parts.path.strip("/")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    @property
    def checks(self) -> dict[str, Check]:
        """The checks, in the order in which they make sense."""
        checks = {
            "health": self.check_health,
            "page": self.check_page,
            "cookie": self.check_cookie,
            "sticky": self.check_sticky,
            "live": self.check_live,
            "streamlit": self.check_streamlit,
        }
        return {name: partial(self._answered, check) for name, check in checks.items()}

    def _answered(self, check: Check) -> Finding:
        """What a check finds, or that no answer comes."""
        try:
            return check()
        except (OSError, HTTPException) as error:
            return Finding(
                False, f"{self.root} does not answer ({_reason(error)}).", "start server and proxy; see the proxy's log"
            )

    def check_health(self) -> Finding:
        """Whether the server answers, and is well."""
        status, text, _ = self._get("/health")
        try:
            failing = json.loads(text)["failing"]
        except (ValueError, KeyError, TypeError):
            return Finding(
                False, f"{self.root}/health is not answered by the app (status {status}).", PREFIX.format(path=self.path)
            )
        if failing:
            return Finding(False, f"The server says that these fail: {', '.join(failing)}.", "run this command on the server")
        return Finding(True, f"{self.root} answers, and is well.")

    def check_page(self) -> Finding:
        """Whether the page and its own files come."""
        status, text, _ = self._get("/")
        script = re.search(r'src="\.?/?(static/[^"]+\.js)"', text)
        if status != 200 or script is None:
            return Finding(False, f"{self.root}/ is not the app's page (status {status}).", PREFIX.format(path=self.path))
        for file in (f"/{script[1]}", "/modules/any/live-view/view.js"):
            status, _, headers = self._get(file)
            if status != 200 or "javascript" not in headers.get("Content-Type", ""):
                return Finding(False, f"{self.root}{file} does not come (status {status}).", PREFIX.format(path=self.path))
        return Finding(True, "The page and its files come.")

    def check_cookie(self) -> Finding:
        """Whether the server knows that it is reached by HTTPS: its cookie is for HTTPS alone then."""
        _, _, headers = self._get("/runs/session")
        given = headers.get("Set-Cookie") or ""
        if COOKIE not in given:
            return Finding(False, "The server's cookie does not come.", "let the proxy pass Set-Cookie on")
        if self.root.startswith("https") and "secure" not in given.lower():
            return Finding(False, "The server does not know that it is reached by HTTPS.", SCHEME)
        return Finding(True, "The cookie comes, as it should.")

    def check_sticky(self) -> Finding:
        """Whether a browser comes back to the same server, where several share the address."""
        if len({self._get("/runs/session")[2].get(SERVER_HEADER) for _ in range(VISITS)}) > 1:
            return Finding(False, "Several servers answer, and a browser changes between them: each has other runs.", STICKY)
        return Finding(True, "A browser comes back to the same server.")

    def check_live(self) -> Finding:
        """Whether the live view's WebSocket opens for a page of this address."""

        def refused(line):
            line.send("?")
            line.recv(timeout=ANSWER_SECONDS)

        return self._check_websocket("/live", "The live view", refused)

    def check_streamlit(self) -> Finding:
        """Whether Streamlit's own WebSocket opens."""
        return self._check_websocket(
            "/_stcore/stream", "Streamlit's connection", lambda line: None, subprotocols=[Subprotocol("streamlit")]
        )

    def _check_websocket(self, path: str, what: str, try_it: Callable, subprotocols: Sequence[Subprotocol] = ()) -> Finding:
        headers = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)}
        address = f"ws{self.root.removeprefix('http')}{path}"
        try:
            with connect(
                address,
                origin=Origin(self.origin),
                additional_headers=headers,
                open_timeout=ANSWER_SECONDS,
                subprotocols=subprotocols or None,
            ) as line:
                try_it(line)
        except ConnectionClosed as error:
            remedy = HOST.format(origin=self.origin) if error.rcvd and error.rcvd.code == REFUSED_ORIGIN else WEBSOCKETS
            return Finding(
                False, f"{what} is closed at once: {error.rcvd.reason if error.rcvd else 'without a reason'}", remedy
            )
        except (InvalidHandshake, InvalidMessage, EOFError) as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            remedy = HOST.format(origin=self.origin) if status == 403 else WEBSOCKETS
            return Finding(False, f"{what} does not open ({first_line(error)}).", remedy)
        except OSError as error:  # TimeoutError is one
            return Finding(False, f"{what} does not open ({_reason(error)}).", WEBSOCKETS)
        return Finding(True, f"{what} opens from {self.origin}.")

    def _get(self, path: str) -> tuple[int, str, Message]:
        """(status, text, headers) of an answer. Raises OSError where none comes."""
        try:
            with self._opener.open(f"{self.root}{path}", timeout=ANSWER_SECONDS) as answer:
                return answer.status, answer.read().decode(errors="replace"), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace"), error.headers


def _reason(error: Exception) -> str:
    """Why no connection was made."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {reason.verify_message}; SSL_CERT_FILE names another authority"
    return first_line(reason) if isinstance(reason, BaseException) else str(reason)
