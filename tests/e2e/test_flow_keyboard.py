"""With the keyboard alone: a question is answered, a run is started and reset, and the focus is never lost."""

import re

from .lab import expect
from .server import until
from .test_flow_accessibility import faults


def test_a_question_and_an_exercise_are_answered_and_the_next_lesson_is_begun(lab):
    lab.page.goto(f"{lab.server.url}/softmax")
    answer(lab)
    lab.choose_part("Exercises")
    solve_an_exercise(lab)
    begin_the_next_lesson(lab)
    lab.choose_part("In code")
    add_a_line(lab)


def test_the_focus_goes_the_way_of_the_page_through_parts_boxes_and_menus(visit, server):
    lab = visit(server, color_scheme="dark").tab()
    lab.page.goto(f"{server.url}/softmax")
    move_between_parts(lab)
    leave_a_box(lab)
    choose_from_a_menu(lab)
    lab.choose_part("In code")
    open_a_box(lab)
    follow_a_link(lab)


def answer(lab):
    """Choose an answer, which counts when it is confirmed, and folds away. The page is opened again."""
    page = lab.page
    answers = page.get_by_role("radiogroup", name="Your prediction").get_by_role("radio")
    commit = page.get_by_role("button", name="This is my answer")
    expect(commit).to_be_visible()
    lab.settle()
    answers.first.focus()
    for number in range(1, answers.count()):
        page.keyboard.press("ArrowDown")
        expect(answers.nth(number)).to_be_checked()
        expect(page.locator("label:has(input:focus-visible)")).to_have_css("outline-style", "solid")
    lab.settle()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(commit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    lab.settle()
    until(lambda: "st-key-prediction_" in page.evaluate("document.activeElement.className"), "the question has the focus")
    page.keyboard.press("Tab")
    fold = page.locator("[class*=st-key-prediction_] summary")
    expect(fold).to_be_focused()
    page.reload()
    expect(fold).to_contain_text("I do not know yet")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    fold.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_be_visible()


def solve_an_exercise(lab):
    """The next exercise is few tabs away."""
    page = lab.page
    field = page.get_by_role("textbox", name="Your answer")
    expect(field).to_have_count(1)
    keys = page.get_by_role("toolbar", name="Insert into the answer").get_by_role("button")
    expect(keys.first).to_be_visible()
    lab.settle()
    field.press_sequentially("-psi_1 ")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(keys.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(keys.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("stAlert")).to_be_in_viewport(ratio=1)
    lab.settle()
    expect(field).to_be_focused()
    next_one = page.locator("summary", has_text="2 ")
    tabs = 0
    while not next_one.evaluate("summary => summary === document.activeElement"):
        page.keyboard.press("Tab")
        tabs += 1
        assert tabs <= 6
    page.keyboard.press("Enter")
    expect(field).to_have_count(2)
    expect(next_one).to_be_focused()


def begin_the_next_lesson(lab):
    """It begins at its top."""
    page = lab.page
    onward = page.locator(".st-key-lesson_ways").get_by_role("link")
    lab.settle()
    onward.press("Enter")
    expect(page).to_have_url(re.compile("/backpropagation"))
    lab.settle()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radiogroup", name="Part of the lesson").get_by_role("radio", name="One unit")).to_be_focused()


def add_a_line(lab):
    """The focus stays where it was added."""
    page = lab.page
    lab.predict()
    lines = page.locator(".st-key-ordering").get_by_role("button")
    expect(lines.first).to_be_visible()
    lab.settle()
    lines.first.press("Enter")
    expect(page.get_by_role("radiogroup", name="Your lines, one of them chosen")).to_be_visible()
    lab.settle()
    page.keyboard.press("Tab")
    expect(lines.nth(1)).to_be_focused()


def move_between_parts(lab):
    """The focus stays on the part that was chosen."""
    page = lab.page
    parts = page.get_by_role("radiogroup", name="Part of the lesson").get_by_role("radio")
    part = parts.filter(has_text="One entry")
    expect(part).to_be_visible()
    lab.settle()
    part.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("part=one-entry"))
    lab.settle()
    expect(part).to_be_focused()
    for key, place in (("End", -1), ("ArrowRight", 0), ("ArrowLeft", -1), ("Home", 0)):
        page.keyboard.press(key)
        expect(parts.nth(place)).to_be_focused()


def leave_a_box(lab):
    """In the order of the page."""
    page = lab.page
    part = page.get_by_role("radiogroup", name="Part of the lesson").get_by_role("radio", checked=True)
    progress, box = page.locator(".st-key-progress_table button").first, page.get_by_test_id("stPopoverBody")
    progress.press("Enter")
    expect(box).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(progress).to_be_focused()
    expect(box).to_have_count(0)
    progress.press("Enter")
    expect(box).to_be_focused()
    box.get_by_role("button").last.focus()
    page.keyboard.press("Tab")
    expect(part).to_be_focused()
    expect(box).to_have_count(0)


def choose_from_a_menu(lab):
    """The focus stays on the menu."""
    page = lab.page
    menu = page.get_by_role("button", name="Understand", exact=True)
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="1 Forward pass")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 Forward pass")).to_be_visible()
    lab.settle()
    expect(menu).to_be_focused()
    expect(menu).to_have_css("outline-style", "solid")
    expect(menu.locator("p")).to_have_css("font-weight", "700")  # it has the page on view
    expect(page.get_by_role("button", name="Train", exact=True).locator("p")).to_have_css("font-weight", "400")


def open_a_box(lab):
    """It has the focus and the colours of the theme while it is open."""
    page = lab.page
    button, box = page.get_by_role("button", name="The code: MLP.forward"), page.get_by_test_id("stPopoverBody")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        lab.settle()
        button.press("Enter")
        expect(box).to_be_focused()
        assert not faults(page, scheme)
        page.keyboard.press("Escape")
        expect(button).to_be_focused()


def follow_a_link(lab):
    """Whatever the page before still sends."""
    page = lab.page
    page.get_by_role("button", name="Understand", exact=True).click()
    link = page.get_by_role("menuitem", name="2 Softmax")
    part = page.get_by_role("radiogroup", name="Part of the lesson").get_by_role("radio", name="ReLU")
    expect(link).to_be_visible()
    page.evaluate("both => both.forEach(each => each.click())", [link.element_handle(), part.element_handle()])
    expect(page.get_by_role("heading", name="2 Softmax")).to_be_visible()
