"""What comes out of the printer."""

import re

from pages.lesson.lessons import LESSONS

from .lab import expect
from .server import until


def printed_pages(lab):
    """How many pages the page takes on A4."""
    return len(re.findall(rb"/Type\s*/Page\b", lab.page.pdf(prefer_css_page_size=True)))


def test_sheets_and_lessons_are_printed_without_the_screen_around_them(visit, server):
    lab = visit(server, color_scheme="dark").tab()
    lab.page.goto(f"{server.url}/sheets?worksheet=1&how_many=2&from_lesson=2")
    expect(lab.page.locator(".st-key-summary table")).to_have_count(len(LESSONS))
    lab.settle()
    until(lambda: printed_pages(lab) == 1, "one page")
    lab.page.get_by_role("radio", name="Worksheets").click()
    expect(lab.page.locator(".room")).to_have_count(2)
    lab.settle()
    until(lambda: printed_pages(lab) == 1, "one page")
    lab.page.get_by_test_id("stCheckbox").get_by_text("With solutions").click()
    expect(lab.page.get_by_role("heading", name="Solutions")).to_be_visible()
    lab.settle()
    until(lambda: printed_pages(lab) == 2, "two pages, where both would fit on one")
    lab.page.goto(f"{server.url}/softmax?part=exercises")
    expect(lab.page.get_by_role("heading", name="To remember")).to_be_attached()
    lab.settle()
    until(lambda: printed_pages(lab) > 1, "not only what is on the screen")
    lab.page.emulate_media(media="print")
    expect(lab.find("stApp")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(lab.find("stHeader")).to_have_css("display", "none")
    expect(lab.find("stMain").locator("h1")).to_have_css("color", "rgb(0, 0, 0)")
