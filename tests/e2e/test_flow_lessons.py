"""A lesson in the browser: its parts and the browser's buttons, exercises on a phone, progress over a reload, the notation."""

import re

from pages.lesson.lessons import slug

from .lab import PHONE, WIDE, expect
from .server import until

NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })"
PAGES = [("Home", None), ("3 Backpropagation", "Understand"), ("Train", "Train")]  # one of each kind, and its menu


def first_exercise(page):
    return page.locator("[class*=st-key-fold_]").first


def tap_answer(page, *keys):
    """Put an answer together from the keys under the first exercise's field, and check it."""
    exercise = first_exercise(page)
    exercise.get_by_role("textbox", name="Your answer").tap()
    for key in keys:
        exercise.get_by_role("button", name=key, exact=True).tap()
    exercise.get_by_role("button", name="Check").tap()


def solved(page):
    return first_exercise(page).get_by_text("Solved")


def test_an_exercise_is_solved_on_a_phone_kept_over_a_reload_handed_in_and_forgotten(visit, server):
    lab = visit(server, viewport=PHONE, has_touch=True, is_mobile=True).tab()
    page = lab.page
    page.goto(f"{server.url}/softmax?part=exercises")
    field = first_exercise(page).get_by_role("textbox", name="Your answer")
    expect(field).to_have_attribute("autocapitalize", "none")
    expect(field, "a phone would zoom in").to_have_css("font-size", "16px")
    read_back = first_exercise(page).locator(".katex-display")
    field.fill("½ψ1ψ2")
    expect(read_back).to_be_visible()
    field.fill("ψ1/2ψ2")
    expect(first_exercise(page).get_by_text("can be read in two ways")).to_be_visible()
    field.fill("")
    tap_answer(page, "ψ_1", "*", "ψ_2")
    expect(first_exercise(page).get_by_text("1 attempt")).to_be_visible()
    lab.settle()
    until(lambda: read_back.evaluate("formula => formula.scrollWidth <= formula.clientWidth"), "it fits, and would fade")
    expect(solved(page)).to_have_count(0)
    field.fill("")
    tap_answer(page, "-", "ψ_1", "*", "ψ_2")
    expect(solved(page)).to_be_visible()
    lab.settle()
    lab.expect_no_overflow()

    page.reload()
    expect(solved(page)).to_be_visible()
    lab.settle()
    first_exercise(page).locator("summary").first.tap()
    expect(field).to_have_value("-ψ_1*ψ_2")

    page.get_by_role("button", name="Progress", exact=True).tap()
    with page.expect_download() as download:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name="Download my progress").tap()
    handed_in = download.value.path().read_text(encoding="utf-8")
    assert "`-ψ_1*ψ_2` (right, 2 attempts)" in handed_in

    page.get_by_role("button", name="Delete my progress").tap()
    page.get_by_role("button", name="Delete them").tap()
    expect(solved(page)).to_have_count(0)
    lab.settle()
    page.reload()
    expect(field).to_have_value("")
    expect(solved(page)).to_have_count(0)


def test_where_the_browser_keeps_nothing_the_lesson_works_all_the_same(visit, server):
    lab = visit(server).tab()
    lab.page.add_init_script(NO_STORAGE)
    lab.page.goto(f"{server.url}/softmax?part=exercises")
    exercise = first_exercise(lab.page)
    field = exercise.get_by_role("textbox", name="Your answer")
    expect(field).to_be_visible()
    lab.settle()
    field.fill("-ψ_1*ψ_2")
    field.press("Enter")
    expect(solved(lab.page)).to_be_visible()


def test_next_and_the_browsers_buttons_lead_to_a_part_even_faster_than_the_server_answers(lab):
    hold = lab.hold_answers()
    lab.page.goto(f"{lab.server.url}/softmax")
    go_to_the_next_part_and_back(lab)
    click_faster_than_the_server_answers(lab, hold)


def go_to_the_next_part_and_back(lab):
    """Next leads to the top of the next part, and the browser's Back returns."""
    page = lab.page
    heading, next_part = page.get_by_role("heading", level=2), page.get_by_role("button", name=re.compile("^Next: "))
    expect(next_part).to_be_visible()
    first = heading.first.inner_text()
    lab.settle()
    next_part.click()
    expect(page).to_have_url(re.compile(r"[?&]part="))
    expect(heading.first).not_to_have_text(first)
    expect(heading.first).to_be_in_viewport()
    lab.settle()
    page.go_back()
    expect(heading.first).to_have_text(first)
    lab.settle()
    page.go_forward()
    expect(heading.first).not_to_have_text(first)


def click_faster_than_the_server_answers(lab, hold):
    """After two clicks, the address names the part on view."""
    page = lab.page
    lab.choose_part("Same class, i = j")
    hold(True)
    page.get_by_role("button", name="Next: Another class, i ≠ j").click()
    until(lambda: page.wait_for_timeout(20) or hold.finished(), "the server has answered, and the browser does not know")
    answered = hold.finished()
    page.get_by_role("button", name="Back", exact=True).click()
    until(lambda: page.wait_for_timeout(20) or hold.finished() > answered, "the server has answered again")
    hold(False)
    lab.settle()
    heading = page.get_by_role("heading", level=2).first.inner_text()
    expect(page).to_have_url(re.compile(f"part={slug(heading)}(&|$)"))


def test_the_notation_is_one_click_away_on_every_kind_of_page(lab):
    page = lab.page
    page.goto(lab.server.url)
    button = page.get_by_role("button", name="Notation")
    for name, menu in PAGES:
        page.set_viewport_size(WIDE)
        if menu:
            lab.choose_page(menu, name)
            expect(page.get_by_role("button", name=menu, exact=True).locator("p")).to_have_css("font-weight", "700")
        for viewport in (WIDE, PHONE):
            page.set_viewport_size(viewport)
            expect(button).to_be_in_viewport()
            lab.settle()
            button.press("Enter")
            table = page.get_by_test_id("stPopoverBody").get_by_role("table")
            expect(table).to_be_visible()
            expect(page.get_by_test_id("stPopoverBody")).to_be_focused()
            expect(table.locator(".katex").first).to_be_visible()
            until(lambda part=table, width=viewport["width"]: _fits(part, width), f"the notation on {name} fits the screen")
            page.keyboard.press("Escape")
            expect(table).to_have_count(0)
            expect(button).to_be_focused()
            lab.expect_no_overflow(name)


def _fits(part, width):
    box = part.bounding_box()
    return box["x"] >= 0 and box["x"] + box["width"] <= width
