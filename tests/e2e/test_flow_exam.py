"""A whole exam on a phone: written, reloaded, ended by its clock, and marked."""

import json
import re

from nnlib.teaching.exam import MOST_POINTS, bugs_for
from nnlib.teaching.listing import LISTING
from pages.lesson.progress import EXAM_MINUTES

from .lab import PHONE, expect
from .test_flow_accessibility import faults

# As if it had started so long ago that few seconds are left.
ALMOST_OVER = """seconds => {
  const stored = JSON.parse(localStorage["backprop-lab-progress"]);
  const [exam] = Object.values(stored.exams);
  exam.started = Math.floor(Date.now() / 1000) - seconds;
  stored.exams = {[exam.started]: exam};
  localStorage["backprop-lab-progress"] = JSON.stringify(stored);
  location.reload();
}"""


def test_an_exam_goes_on_after_a_reload_and_ends_by_its_clock(visit, server):
    lab = visit(server, viewport=PHONE, has_touch=True).tab()
    page, clock = lab.page, lab.page.get_by_role("timer", name="Time left")
    page.goto(f"{server.url}/exam")
    page.get_by_role("button", name="Start the exam").tap()
    expect(clock).to_have_text(re.compile(r"^(20|19):\d\d$"))
    expect(page.locator(".st-key-exam_on_view")).to_be_focused()
    field = page.get_by_role("textbox", name="Your backward pass")
    field.fill("\n".join(LISTING))
    wait_until_stored(page, LISTING[-1])
    assert not faults(page, "light")
    bug = bugs_for(exam(page)["seed"])[0]
    page.get_by_role("button", name="Next: Bug 1").tap()
    expect(page.locator(".st-key-exam_on_view")).to_be_focused()
    page.locator("label", has_text=bug.faulty[0]).tap()
    correction = page.get_by_role("textbox", name="What should this line be?")
    correction.fill(bug.cure)
    wait_until_stored(page, bug.id, '"corrections": {"')
    lab.expect_no_overflow()
    assert not faults(page, "light")
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    expect(page.get_by_role("heading", name="Exam")).not_to_be_in_viewport()
    expect(clock).to_be_in_viewport()
    page.reload()
    expect(correction).to_have_value(bug.cure)
    expect(page.locator(".st-key-bug_listing").get_by_role("radio", checked=True)).to_have_count(1)
    page.get_by_text("Backward pass: answered").tap()
    expect(field).to_have_value("\n".join(LISTING))
    expect(lab.alerts()).to_have_count(0)
    lab.settle()
    page.evaluate(ALMOST_OVER, 60 * EXAM_MINUTES[0] - 8)
    expect(page.get_by_text(f"Result: 22 of {MOST_POINTS} points")).to_be_visible()
    expect(clock).to_have_count(0)
    expect(page.get_by_text("Your time was over after 20 minutes, limit 20 minutes.")).to_be_visible()
    lab.expect_no_overflow()
    lab.settle()
    assert not faults(page, "light")


def exam(page):
    """The exam that the browser has stored."""
    (found,) = json.loads(page.evaluate("""localStorage["backprop-lab-progress"]"""))["exams"].values()
    return found


def wait_until_stored(page, *texts):
    page.wait_for_function("""texts => texts.every(each => localStorage["backprop-lab-progress"]?.includes(each))""", arg=texts)
