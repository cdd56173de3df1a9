"""Every page and every part of a lesson, checked by axe-core: nothing that it calls serious or critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pages.lesson.lessons import LESSONS

from .lab import PHONE, WIDE

PAGES = {
    **{lesson.key: [f"{lesson.key}?part={part}" for part in lesson.names] for lesson in LESSONS},
    "home": [""],
    "exam": ["exam"],
    "sheets": ["sheets", "sheets?part=worksheet&solutions=true"],
    "train": ["train"],
    "depth": [f"depth?part={part}" for part in ("experiment", "why-it-collapses", "table", "leaderboard")],
    "tuning": ["tuning", "tuning?part=search"],
}

# Vega gives each group of a chart's marks a role that asks for a text. The chart as a whole has one.
OPTIONS = {"resultTypes": ["violations"], "rules": {"svg-img-alt": {"enabled": False}}}


@pytest.mark.parametrize("paths", PAGES.values(), ids=PAGES)
def test_a_page_has_no_serious_fault(visit, server, paths):
    """All parts on a projector in light; the first parts, which have the same elements, also on a phone in the dark."""
    found = []
    for viewport, scheme, opened in ((WIDE, "light", paths), (PHONE, "dark", paths[:2])):
        lab = visit(server, viewport=viewport, color_scheme=scheme).tab()
        for path in opened:
            open_answered(lab, path)
            found += [f"{path} {scheme}: {fault}" for fault in faults(lab.page)]
    assert not found, "\n".join(found)


def open_answered(lab, path):
    """Open a page and answer its first question, so that there is more to check."""
    lab.page.goto(f"{lab.server.url}/{path}")
    expect(lab.page.get_by_test_id("stMain").get_by_test_id("stElementContainer").first).to_be_attached()
    lab.settle()
    if lab.page.locator("[class*=st-key-prediction_] [data-testid=stForm]").count():
        lab.predict()


def faults(page):
    """Each serious or critical violation, with the first element that has it."""
    violations = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html']} {each['nodes'][0]['failureSummary']}"
        for each in violations
        if each["impact"] in ("serious", "critical")
    ]
