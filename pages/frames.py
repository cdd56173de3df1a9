"""Which sites may show the app in a frame: its own, and those in $NNLIB_FRAME_SITES.

In a frame of any other site, a learner could be made to click on what is not seen. The browser enforces it; this module also
says so in the frame, where the browser tells the server that the page is for a frame, and of which site.
"""

from collections.abc import Collection
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REFUSAL = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Backprop Lab</title>
<body style="font: 16px/1.5 system-ui, sans-serif; margin: 2rem">
<p>Backprop Lab cannot be shown in a frame of {site}: whoever runs its server has to name that site in NNLIB_FRAME_SITES.</p>
<p><a href="{address}" target="_blank" rel="noopener">Open it in a tab of its own</a></p></html>"""
REFUSAL_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Cache-Control": "no-store"}


class Frames:
    """Middleware that names the allowed sites in every response, and answers a frame of any other site with a sentence.

    Parameters
    ----------
    sites : origins such as "https://moodle.example.edu"
    """

    def __init__(self, app: ASGIApp, sites: Collection[str]) -> None:
        self.app, self.sites = app, sites
        self.header = (b"content-security-policy", " ".join(("frame-ancestors 'self'", *sites)).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), self.header]
            await send(message)

        if scope["type"] == "http" and (site := self._refused_site(Headers(scope=scope))):
            rest = [(name, value) for name, value in QueryParams(scope["query_string"]).multi_items() if "embed" not in name]
            address = f"{scope['path']}?{urlencode(rest)}"
            page = REFUSAL.format(site=escape(site), address=escape(address))
            await HTMLResponse(page, 403, REFUSAL_HEADERS)(scope, receive, send)
        else:
            await self.app(scope, receive, send_with_header)

    def _refused_site(self, headers: Headers) -> str | None:
        """The site that asks for a page for its frame and may not, as far as its browser says so."""
        if headers.get("sec-fetch-dest") not in ("iframe", "frame") or headers.get("sec-fetch-site") in (
            None,
            "same-origin",
            "none",
        ):
            return None
        referrer = urlsplit(headers.get("referer", ""))
        site = f"{referrer.scheme}://{referrer.netloc}" if referrer.netloc else ""
        if site in self.sites or (
            not site and self.sites
        ):  # a site that hides its name may be an allowed one: the browser knows
            return None
        return site or "another site"
