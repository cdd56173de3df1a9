"""The replay of a run, opened from the disk."""

import pytest

from nnlib.runs.take_home import FORMS
from tests.runs.runs_helpers import new_run, work_on

from .lab import expect

MEGABYTE = 2**20


@pytest.mark.parametrize(
    ("settings", "picture", "scheme", "width"),
    [({"dataset": "spiral", "hidden": [50]}, "#regions", "light", 960), ({"dataset": "digits"}, "#weights", "dark", 390)],
)
def test_it_replays_the_run_without_a_network(browser, tmp_path, runs, settings, picture, scheme, width):
    run = new_run(iterations=300, **settings)
    work_on(run)
    page = tmp_path / "replay.html"
    page.write_bytes(FORMS["html"].of_run(run))
    assert page.stat().st_size < MEGABYTE and run.id not in page.read_text(encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 540}, color_scheme=scheme)
    tab.context.set_offline(True)
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri())

    moment = tab.locator("#moment")
    expect(moment).to_contain_text("step 300 ")
    end = tab.locator(picture).evaluate("canvas => canvas.toDataURL()")
    tab.locator("#slider").press("Home")
    expect(moment).to_contain_text("step 0 ")
    beginning = tab.locator(picture).evaluate("canvas => canvas.toDataURL()")
    assert beginning != end
    tab.locator("#slider").press("ArrowRight")
    expect(moment).to_contain_text("step 1 ")
    tab.locator("#play").click()
    expect(moment).not_to_contain_text("step 1 ")
    tab.locator("#play").click()
    expect(tab.locator("#play")).to_have_text("Play")
    if picture == "#regions":
        tab.locator("[data-testid=unit-1-3]").hover()
        expect(tab.locator("#plane-title")).to_contain_text("Hidden layer 1, unit")
        tab.locator("h1").hover()
        expect(tab.locator("#plane-title")).to_have_text("What the network predicts, everywhere")
    assert tab.locator("#loss").get_attribute("aria-label").startswith("Line chart by step. Loss ")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert said == [] and asked == [page.as_uri()]
    tab.close()
