"""Who may show the app in a frame, and what a frame of others says."""

import asyncio

import httpx
import pytest
from starlette.responses import PlainTextResponse

from pages.frames import Frames

MOODLE = "https://moodle.example.edu"
OTHER = "https://other.example"
IN_A_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}


def opened(sites, **headers):
    """The answer to a browser that opens a page with these headers."""

    async def get():
        transport = httpx.ASGITransport(Frames(PlainTextResponse("the app"), sites))
        async with httpx.AsyncClient(transport=transport, base_url="https://lab") as client:
            return await client.get("/train?embed=true&hidden=4,5&q=<b>", headers=headers)

    return asyncio.run(get())


@pytest.mark.parametrize(("sites", "ancestors"), [([], "'self'"), ([MOODLE, OTHER], f"'self' {MOODLE} {OTHER}")])
def test_the_browser_learns_which_sites_may_show_the_app(sites, ancestors):
    answer = opened(sites)
    assert answer.text == "the app" and answer.headers["Content-Security-Policy"] == f"frame-ancestors {ancestors}"


@pytest.mark.parametrize(
    ("sites", "headers"),
    [
        ([MOODLE], IN_A_FRAME | {"Referer": f"{MOODLE}/course?id=7"}),
        ([MOODLE], IN_A_FRAME),  # a page that hides its address: the browser decides
        ([], IN_A_FRAME | {"Sec-Fetch-Site": "same-origin"}),
        ([], {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site", "Referer": f"{OTHER}/"}),  # a link
        ([], {"Sec-Fetch-Dest": "iframe"}),
    ],
)
def test_a_frame_of_an_allowed_site_shows_the_app(sites, headers):
    answer = opened(sites, **headers)
    assert answer.status_code == 200 and answer.text == "the app"
    assert answer.headers["Content-Security-Policy"].startswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    ("sites", "referrer", "named"),
    [
        ([], f"{MOODLE}/course", MOODLE),
        ([], "", "another site"),
        ([MOODLE], f"{OTHER}/", OTHER),
        ([MOODLE], f"{MOODLE}.evil.example/", f"{MOODLE}.evil.example"),
        ([MOODLE], "http://moodle.example.edu/", "http://moodle.example.edu"),
        ([MOODLE], "https://<script>.example/", "https://&lt;script&gt;.example"),
    ],
)
def test_a_frame_of_another_site_says_why_it_shows_nothing(sites, referrer, named):
    answer = opened(sites, **IN_A_FRAME, Referer=referrer)
    assert answer.status_code == 403 and "the app" not in answer.text
    assert f"in a frame of {named}: whoever runs its server has to name that site in NNLIB_FRAME_SITES." in answer.text
    assert 'href="/train?hidden=4%2C5&amp;q=%3Cb%3E" target="_blank"' in answer.text
    assert "frame-ancestors" not in answer.headers["Content-Security-Policy"]  # else the sentence could not be shown
