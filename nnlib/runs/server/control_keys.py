"""Who may control a run: the browser that started it, and whoever has opened its controlling link.

A run's address, `/train?run=ID`, lets anybody watch it. The controlling link has the run's key, too, `/train?run=ID&key=KEY`.
The server notes the key in a cookie of the browser, and leads on to the address without it.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from itsdangerous import Signer
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from nnlib.runs.protocol import valid_id
from nnlib.runs.server.browser_session import set_cookie
from nnlib.support.server_secret import secret_of_this_server


class ControlKeys:
    """The keys of all runs: signatures of their ids, so that none has to be stored."""

    def __init__(self) -> None:
        self._signer = Signer(secret_of_this_server(), salt="control of a run")

    def key_of(self, run_id: str) -> str:
        """Return the key of a run."""
        return self._signer.get_signature(run_id).decode()

    def opens(self, run_id: str, key: str) -> bool:
        """Return whether `key` is the key of a run."""
        return self._signer.verify_signature(run_id, key.encode())

    def is_held(self, run_id: str, cookies: Mapping[str, str]) -> bool:
        """Return whether a browser with these cookies has opened the controlling link of a run."""
        return self.opens(run_id, cookies.get(_cookie_of(run_id), ""))


class ControlLinks:
    """Middleware that receives whoever opens a controlling link.

    Parameters
    ----------
    base : path under which the app is served, such as "/lab"
    """

    def __init__(self, app: ASGIApp, keys: ControlKeys, base: str = "") -> None:
        self.app, self._keys, self._base = app, keys, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_link = scope["type"] == "http" and {"run", "key"} <= QueryParams(scope["query_string"]).keys()
        answer = self._lead_on(Request(scope)) if is_link else self.app
        await answer(scope, receive, send)

    def _lead_on(self, request: Request) -> Response:
        """The answer to a controlling link: to the same page without the key."""
        named = request.query_params
        rest = urlencode([(name, value) for name, value in named.multi_items() if name != "key"], safe=",")
        response = RedirectResponse(f"?{rest}", 303, {"Cache-Control": "no-store"})
        if valid_id(named["run"]) and self._keys.opens(named["run"], named["key"]):
            set_cookie(response, request, _cookie_of(named["run"]), named["key"], path=f"{self._base}/live")
        return response


def _cookie_of(run_id):
    return f"control_{run_id}"
