"""The way of a learner from Home to ∂J/∂W1, derived line by line, by what the page offers next."""

import re

from .lab import expect
from .server import until

STRETCHES = [("The network", "Hidden layer"), ("Any K", "Jacobian"), ("z⁽²⁾ and its mask", "Weights W⁽¹⁾")]


def test_next_leads_from_home_to_the_derivation_of_the_first_weights(lab):
    """In each lesson, the learner passes over the parts before and after a stretch."""
    page = lab.page
    page.emulate_media(reduced_motion="reduce")  # no smooth scrolling
    page.goto(lab.server.url)
    page.get_by_role("button", name="Start with lesson 1").click()
    for begin, name in STRETCHES:
        if name != "Hidden layer":
            lab.choose_part("Exercises")
            page.get_by_role("link", name=re.compile("^Next: ")).click()
            lab.choose_part(begin)
        page.get_by_role("button", name=f"Next: {name}").click()
        expect(page.get_by_role("heading", name=name, exact=True, level=2)).to_be_visible()
        lab.settle()
        if name == "Jacobian":  # a long part: the page has scrolled to its beginning
            until(lambda: _below_header(page, "Jacobian"), "the parts are below the header")
    answer(lab)
    read_derivations(lab)


def _below_header(page, part):
    box, header = (each.bounding_box() for each in (page.get_by_role("radio", name=part), page.get_by_test_id("stHeader")))
    return box["y"] >= header["height"]


def answer(lab):
    question = lab.page.locator("[class*=st-key-prediction_]").first
    question.get_by_text("0", exact=True).click()
    question.get_by_role("button", name="This is my answer").click()
    expect(question.get_by_test_id("stAlert")).to_be_visible()
    lab.settle()


def read_derivations(lab):
    """Read both derivations to their last lines, and see the part done once the learner goes on."""
    page = lab.page
    lines = page.get_by_role("button", name="Next line")
    expect(lines).to_have_count(2)
    while lines.first.is_enabled():
        lines.first.click()
        lab.settle()
    page.get_by_role("button", name="All lines").last.click()
    lab.settle()
    expect(lines.last).to_be_disabled()
    expect(page.get_by_text("not equal to the line before")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Next: ")).click()
    expect(page.get_by_role("radio", name="Weights W⁽¹⁾ ✓", exact=True)).to_be_visible()
