"""An exported study, opened from the disk."""

import pytest

from nnlib.studies.export import to_html
from nnlib.studies.plans import planned
from nnlib.studies.records import COMPLETE, TrialRecord


@pytest.mark.parametrize(("figure", "width"), [("lr", 1280), ("grid", 390)])
def test_it_draws_its_charts_without_a_network(browser, tmp_path, figure, width):
    settings = planned(figure, "cifar10")
    points = [{"learning_rate": 1e-4 * 4**i} | ({"hidden": 10 + 60 * i} if figure == "grid" else {}) for i in range(4)]
    curve = ([100, 2.0, 0.2], [200, 1.5, 0.4])
    records = [TrialRecord(i, each, COMPLETE, 0.4, (0.4,), (0.4,), (curve,)) for i, each in enumerate(points)]
    page = tmp_path / "study.html"
    page.write_text(to_html("a", settings, records, {}))
    tab = browser.new_page(viewport={"width": width, "height": 800})
    told, asked = [], []
    tab.on("console", lambda message: told.append(message.text))
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri())
    tab.wait_for_function("document.querySelectorAll('svg, canvas').length >= 2")
    assert told == [] and asked == [page.as_uri()]
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.close()
