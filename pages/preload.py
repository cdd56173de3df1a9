"""Names the scripts of Streamlit that every page needs in the headers of the page.

Without these headers the browser learns of them from the page's first message, and asks for them while the server is busy with
running the page.
"""

import re
from pathlib import Path

import streamlit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(streamlit.__file__).parent / "static"
FIRST = ("BidiComponent.*.js", "Html.*.js")  # for components and for st.html
IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


def first_scripts() -> list[str]:
    """The names of these scripts, without those that are in Streamlit's own HTML."""
    folder = STATIC / "static" / "js"
    named = (STATIC / "index.html").read_text(encoding="utf-8")
    waiting, found = [path.name for pattern in FIRST for path in folder.glob(pattern)], []
    while waiting:
        name = waiting.pop()
        if name not in named and name not in found:
            found.append(name)
            waiting += IMPORT.findall((folder / name).read_text(encoding="utf-8"))
    return found


class Preload:
    """Middleware that adds them to the headers of every page, below the path `base`."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        links = (f"<{base}/static/js/{name}>; rel=modulepreload; crossorigin" for name in first_scripts())
        self.header = (b"link", ", ".join(links).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                message["headers"] = [*message["headers"], self.header]
            await send(message)

        await self.app(scope, receive, send_with_header)


def _is_page(message):
    return any(name == b"content-type" and kind.startswith(b"text/html") for name, kind in message.get("headers", []))
