"""Lesson 4 in the browser: a slider that answers at once, a bug that stays found, a listing of one's own on a phone."""

import re

from nnlib.teaching.bugs import BUGS
from nnlib.teaching.listing import LISTING

from .lab import PHONE, expect

HOSTILE = ("dW2 = __import__('os').system('id')", "dW2 = 9**9**9**9", "<img src=x onerror=alert(1)>")


def open_part(lab, part, right, parameters=""):
    """Open a part by its link, and answer its question."""
    lab.page.goto(f"{lab.server.url}/gradient_check?part={part}{parameters}")
    answer(lab, right)


def answer(lab, right):
    """Answer the question on view."""
    expect(lab.page.get_by_role("button", name="This is my answer")).to_be_visible()
    lab.settle()
    lab.predict(right)
    expect(lab.page.locator("[class*=st-key-prediction_]").get_by_text("Right.")).to_be_visible()


def test_a_bug_stays_found_numbers_are_changed_in_a_table_and_figures_follow_a_slider(lab):
    open_part(lab, "bug-lab", "Most", "&bug=4")
    find_a_bug(lab)
    lab.choose_part("Three ways")
    answer(lab, "2P")
    change_a_number(lab)
    lab.choose_part("Which step size?")
    answer(lab, "It falls, then it grows again")
    move_the_slider(lab)


def find_a_bug(lab):
    """It stays found over a reload."""
    bug, page = BUGS[3], lab.page
    lines = page.get_by_role("radiogroup", name="Which line is wrong?")
    wrong = lines.locator("label", has_text=bug.listing[0])
    wrong.click()
    page.get_by_role("button", name="This is my answer").click()
    expect(page.get_by_text("Line 1 is right.")).to_be_visible()
    lines.locator("label", has_text=bug.faulty[0]).click()
    page.get_by_role("button", name="This is my answer").click()
    expect(page.get_by_text(bug.why)).to_be_visible()
    found = f"Found: 1 of {len(BUGS)}"
    expect(page.get_by_text(found)).to_be_visible()
    lab.settle()
    page.reload()
    expect(page.get_by_text(found)).to_be_visible()
    expect(page.get_by_text(bug.why)).to_be_visible()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]bug=5"))
    expect(page.get_by_text(bug.why)).to_have_count(0)


def change_a_number(lab):
    """It is seen in the table below it."""
    page, table = lab.page, lab.find("three-ways")
    page.get_by_text("Change the numbers").click()
    field = page.get_by_test_id("numbers").locator("input").first
    before = table.inner_text()
    field.fill("3")
    field.press("Enter")
    expect(table).not_to_have_text(before)
    lab.settle()
    assert table.inner_text() != before
    editor, below = page.get_by_test_id("numbers").bounding_box(), table.bounding_box()
    assert editor["y"] + editor["height"] <= below["y"]


def move_the_slider(lab):
    """The figures and the address follow."""
    terms = lab.find("step-terms")
    expect(terms).to_contain_text("1.0e−5")
    slider = lab.page.get_by_role("slider", name="Step size s")
    slider.press("ArrowRight")
    expect(terms).to_contain_text("5.6e−6")
    expect(lab.page).to_have_url(re.compile(r"[?&]step=5\.6e%E2%88%926"))
    expect(lab.page.locator("canvas, svg.marks").first).to_be_visible()


def test_a_listing_is_written_on_a_phone(visit, server):
    lab = visit(server, viewport=PHONE, has_touch=True).tab()
    open_part(lab, "write-your-own", "instead of dz3 @ W2.T")
    page, alert = lab.page, lab.alerts().last
    field, run = page.get_by_role("textbox", name="Your backward pass"), page.get_by_role("button", name="Run the check")
    expect(field).to_have_value("")
    for text in HOSTILE:
        field.fill(f"# from memory\n\n{text}")
        run.tap()
        expect(alert).to_contain_text("Line 3: ")
        lab.settle()
    field.fill("\n".join(LISTING[:-1]))
    field.press("End")
    field.press("Enter")
    page.get_by_role("button", name="Δ", exact=True).tap()
    expect(field).to_be_focused()
    expect(field).to_have_value("\n".join([*LISTING[:-1], "Δ"]))
    field.press("Backspace")
    field.press_sequentially("db1 = sum(dz3, axis=0)")
    field.press("Tab")
    expect(field).not_to_be_focused()
    run.tap()
    expect(alert).to_contain_text("db1 3 numbers instead of 6 numbers")
    expect(page.get_by_text("b1 is added in z(2)")).to_be_visible()
    lab.expect_no_overflow()
    field.press("End")
    field.press_sequentially(" # mine")
    field.press_sequentially("?")
    page.wait_for_function("""() => localStorage["backprop-lab-progress"]?.includes("# mine?")""")
    page.reload()
    expect(field).to_have_value("\n".join([*LISTING[:-1], "db1 = sum(dz3, axis=0) # mine?"]))
    page.get_by_role("button", name="Fill in the right lines").tap()
    expect(field).to_have_value("\n".join(LISTING))
    expect(alert).to_contain_text("All four gradients agree")
