"""The softmax lesson in a browser: sliders that move numbers, its derivation, links good and bad, a reload."""

import re

from .lab import expect
from .server import until


def open_lesson(visit, server, query="", **options):
    lab = visit(server, **options).tab()
    lab.page.goto(f"{server.url}/softmax{query}")
    expect(lab.page.get_by_role("heading", name="2 Softmax")).to_be_visible()
    lab.settle()
    return lab


def show_me(lab):
    """Answer the question on view without a guess."""
    lab.predict()


def cells(lab, table):
    expect(lab.find(table)).to_be_visible()
    return lab.find(table).locator("tbody td").all_inner_texts()


def expect_cells(lab, table, texts):
    until(lambda: cells(lab, table) == texts, f"the table {table} shows {texts}")


def pressed(lab, group):
    """The button that is pressed in a row of buttons."""
    return lab.page.get_by_role("radiogroup", name=re.compile(group)).get_by_role("radio", checked=True)


def choose(lab, group, name):
    lab.page.get_by_role("radiogroup", name=re.compile(group)).get_by_role("radio", name=name, exact=True).click()
    lab.settle()


def test_numbers_follow_a_slider_and_the_derivation_goes_forward_and_back_and_all_at_once(visit, server):
    lab = open_lesson(visit, server)
    show_me(lab)
    drag_a_slider(lab)
    lab.choose_part("One entry")
    show_me(lab)
    for group, name in (("Classes K", "6"), ("Row i", "6"), ("Column j", "5")):
        choose(lab, group, name)
    read_the_derivation(lab)


def drag_a_slider(lab):
    """The numbers follow meanwhile, the address at the end."""
    first, history = lab.find("psi-1"), lab.page.evaluate("history.length")
    expect(first).to_have_text("0.665")
    slider = lab.page.get_by_role("slider", name="Logit z₁")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    across, height = box["width"], box["y"] + box["height"] / 2
    lab.page.mouse.move(box["x"] + 0.7 * across, height)
    lab.page.mouse.down()
    seen = set()
    for share in (0.6, 0.5, 0.4, 0.3):
        lab.page.mouse.move(box["x"] + share * across, height, steps=4)
        until(lambda: lab.page.wait_for_timeout(20) or first.inner_text() not in seen | {"0.665"}, "the probability follows")
        seen.add(first.inner_text())
    lab.page.wait_for_timeout(1000)  # the learner reads the numbers, the mouse button is still down
    assert "z" not in lab.parameters, "the address waits for the end"
    lab.page.mouse.up()
    expect(lab.find("change-1")).to_have_text(re.compile("^−"))
    until(lambda: lab.page.wait_for_timeout(50) or "z" in lab.parameters, "the address says where the slider rests")
    assert slider.get_attribute("aria-valuetext").replace("−", "-") == f"{float(lab.parameters['z']):.1f}"
    assert lab.page.evaluate("history.length") <= history + 1, "one drag, one step back"


def read_the_derivation(lab):
    """Line by line; then with fewer classes than its entry has rows."""
    line = lab.find("stCaptionContainer").filter(has_text=re.compile(r"^Line \d+ of \d+$"))
    expect(line).to_have_text("Line 1 of 5")
    lab.page.get_by_role("button", name="Next line").click()
    expect(line).to_have_text("Line 2 of 5")
    lab.page.get_by_role("button", name="Previous line").click()
    expect(line).to_have_text("Line 1 of 5")
    lab.page.get_by_role("button", name="All lines").click()
    expect(line).to_have_text("Line 5 of 5")
    expect(lab.page.get_by_text("equal to the line before")).to_have_count(4)
    choose(lab, "Classes K", "2")
    expect(pressed(lab, "Row i")).to_have_text("2")
    expect(pressed(lab, "Column j")).to_have_text("2")
    expect(lab.page.get_by_role("heading").filter(has_text="for 2 classes")).to_be_visible()
    assert (lab.parameters["K"], lab.parameters["i"], lab.parameters.get("j", "2")) == ("2", "2", "2")


def test_a_key_moves_one_step_and_everything_outlives_a_reload(visit, server):
    lab = open_lesson(visit, server, "?part=jacobian&K=4&i=4&j=2")
    before = cells(lab, "analytic")
    lab.page.get_by_role("slider", name="Logit z₂").press("ArrowRight")
    expect(lab.find("analytic").locator("tbody td").first).not_to_have_text(before[0])
    until(lambda: lab.page.wait_for_timeout(50) or lab.parameters.get("z") == "2,1.1", "the address names the logits")
    lab.settle()
    after = cells(lab, "analytic")
    expect_cells(lab, "numeric", after)
    choose(lab, "Column j", "3")
    lab.page.reload()
    lab.settle()
    expect_cells(lab, "analytic", after)
    expect(pressed(lab, "Classes K")).to_have_text("4")
    expect(pressed(lab, "Row i")).to_have_text("4")
    expect(pressed(lab, "Column j")).to_have_text("3")
