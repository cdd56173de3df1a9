"""The identity of a browser: a random name in a signed cookie. Limits and earlier runs are counted by it."""

import secrets

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from nnlib.runs.server.origins import frame_sites
from nnlib.support.server_secret import secret_of_this_server

COOKIE = "backprop_lab"
COOKIE_SECONDS = 30 * 86400
SERVER_HEADER = "X-Backprop-Lab-Server"


class BrowserSessions:
    """Gives browsers their identity, and recognises them."""

    def __init__(self) -> None:
        self._server = secrets.token_hex(8)  # this process, for whoever has to know which of several answers
        self._signer = Signer(secret_of_this_server(), salt="browser session")

    async def identify(self, request: Request) -> Response:
        """Answer with the browser's cookie, a new one unless it has one."""
        response = JSONResponse({}, headers={"Cache-Control": "no-store", SERVER_HEADER: self._server})
        session = self.session_of(request) or secrets.token_urlsafe(16)
        signed = self._signer.sign(session).decode()
        set_cookie(response, request, COOKIE, signed)
        return response

    def session_of(self, connection: HTTPConnection) -> str | None:
        """Return the identity of the browser behind a request or WebSocket, or None if its cookie is missing or forged."""
        try:
            return self._signer.unsign(connection.cookies.get(COOKIE, "")).decode()
        except (BadSignature, UnicodeError):
            return None


def set_cookie(
    response: Response, request: HTTPConnection, name: str, value: str, path: str = "/", max_age: int = COOKIE_SECONDS
) -> None:
    """Set a cookie that no script of a page can read, for `max_age` seconds; 0 deletes it.

    Where other sites may show the app in a frame, the browser has to send it there, too. It does so under HTTPS alone, and
    gives the frames of each site cookies of their own.
    """
    secure = request.url.scheme == "https"
    in_frames = secure and bool(frame_sites())
    response.set_cookie(
        name, value, max_age=max_age, path=path, httponly=True, secure=secure, samesite="none" if in_frames else "lax"
    )
    if in_frames:  # an option of set_cookie from Python 3.14 on
        header, text = response.raw_headers[-1]
        response.raw_headers[-1] = (header, text + b"; Partitioned")
