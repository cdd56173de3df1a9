"""Which of Streamlit's scripts a page names in its headers."""

import asyncio
import re

import httpx
from starlette.responses import HTMLResponse, PlainTextResponse

from pages.preload import STATIC, Preload


def link_header(app):
    async def get():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Preload(app, "/lab")), base_url="https://lab") as client:
            return (await client.get("/lab/train")).headers.get("link")

    return asyncio.run(get())


def test_a_page_names_the_scripts_of_components_and_all_that_they_import():
    header = link_header(HTMLResponse("the app"))
    assert re.fullmatch(r"(</lab/static/js/[\w.-]+\.js>; rel=modulepreload; crossorigin(, |$))+", header)
    names = re.findall(r"static/js/([\w.-]+)>", header)
    assert any(name.startswith("BidiComponent.") for name in names) and len(header) < 1500  # proxies allow 4 KB in all
    page = (STATIC / "index.html").read_text()
    for name in names:
        script = (STATIC / "static" / "js" / name).read_text()
        assert set(re.findall(r'import[^"]*"\./([\w.-]+\.js)"', script)) <= {*names, *re.findall(r"js/([\w.-]+\.js)", page)}


def test_nothing_else_names_them():
    assert link_header(PlainTextResponse("a file")) is None
