"""An exported study, opened from the disk."""

import pytest

from nnlib.studies.export import to_html
from nnlib.studies.plans import planned
from nnlib.studies.records import COMPLETE, TrialRecord

OWN = "The best 2 of 4 trials have hidden size between 130 and 190"


@pytest.mark.parametrize(
    ("figure", "width", "charts"),
    [("lr", 1280, ["Validation accuracy", "Learning"]), ("grid", 390, ["Validation accuracy", "Learning"]),
     ("free", 390, ["Validation accuracy", "Learning", f"Parallel coordinates. {OWN}."])],
)  # fmt: skip
def test_it_draws_its_charts_without_a_network(browser, tmp_path, figure, width, charts):
    settings = planned(figure, "cifar10", vary=("hidden", "learning_rate") if figure == "free" else ())
    points = [{"learning_rate": 1e-4 * 4**i} | ({} if figure == "lr" else {"hidden": 10 + 60 * i}) for i in range(4)]
    curve = ([100, 2.0, 0.2], [200, 1.5, 0.4])
    records = [TrialRecord(i, each, COMPLETE, 0.4 + i / 100, (0.4,), (0.4,), (curve,)) for i, each in enumerate(points)]
    page = tmp_path / "study.html"
    page.write_text(to_html("a", settings, records, {}))
    tab = browser.new_page(viewport={"width": width, "height": 800})
    told, asked = [], []
    tab.on("console", lambda message: told.append(message.text))
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri())
    tab.wait_for_function(
        "count => document.querySelectorAll('.chart > svg, .chart > canvas').length == count", arg=len(charts)
    )
    assert told == [] and asked == [page.as_uri()]
    labels = tab.locator(".chart").evaluate_all("charts => charts.map(chart => chart.ariaLabel)")
    assert [label[: len(start)] for label, start in zip(labels, charts, strict=True)] == charts
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.close()
