"""With the keyboard alone: a question is answered, a run is started and reset, and the focus is never lost."""

import re

from playwright.sync_api import expect


def test_an_answer_counts_when_it_is_confirmed_and_folds_away(lab):
    page = lab.page
    page.goto(f"{lab.server.url}/softmax")
    answers = page.get_by_role("radiogroup", name="Your prediction").get_by_role("radio")
    commit = page.get_by_role("button", name="This is my answer")
    expect(commit).to_be_visible()
    lab.settle()
    answers.first.focus()
    for number in range(1, answers.count()):
        page.keyboard.press("ArrowDown")
        expect(answers.nth(number)).to_be_checked()
    lab.settle()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(commit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    lab.settle()
    assert "st-key-prediction_" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Tab")
    fold = page.locator("[class*=st-key-prediction_] summary")
    expect(fold).to_be_focused()
    page.reload()
    expect(fold).to_contain_text("I do not know yet")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    fold.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_be_visible()


def test_the_focus_stays_on_start_and_reset(lab):
    lab.open("?iterations=1000000&hidden=12")
    lab.play.focus()
    lab.page.keyboard.press("Enter")
    lab.expect_training()
    expect(lab.play).to_be_focused()
    lab.pause()
    reset = lab.find("reset")
    reset.focus()
    lab.page.keyboard.press("Enter")
    lab.expect_ready()
    lab.settle()
    expect(reset).to_be_focused()
    expect(reset).to_be_disabled()
    lab.page.keyboard.press("Enter")
    expect(lab.status).to_have_text("Ready")


def test_the_focus_stays_on_the_part_that_was_chosen(lab):
    page = lab.page
    page.goto(f"{lab.server.url}/softmax")
    part = page.get_by_role("radiogroup", name="Part of the lesson").get_by_role("radio", name="One entry")
    expect(part).to_be_visible()
    lab.settle()
    part.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("part=one-entry"))
    lab.settle()
    expect(part).to_be_focused()


def test_the_focus_returns_to_the_menu_in_which_a_page_was_chosen(lab):
    page = lab.page
    page.goto(f"{lab.server.url}/softmax")
    lab.settle()
    menu = page.get_by_role("button", name="Understand", exact=True)
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="1 Forward pass")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The forward pass")).to_be_visible()
    lab.settle()
    expect(menu).to_be_focused()
    expect(menu).to_have_css("outline-style", "solid")
    expect(menu.locator("p")).to_have_css("font-weight", "700")  # it has the page on view
    expect(page.get_by_role("button", name="Train", exact=True).locator("p")).to_have_css("font-weight", "400")


def test_a_link_is_followed_whatever_the_page_before_still_sends(lab):
    page = lab.page
    page.goto(f"{lab.server.url}/softmax")
    page.get_by_role("button", name="Understand", exact=True).click()
    link = page.get_by_role("menuitem", name="1 Forward pass")
    part = page.get_by_role("radiogroup", name="Part of the lesson").get_by_role("radio", name="One entry")
    expect(part).to_be_visible()
    lab.settle()
    page.evaluate("both => both.forEach(each => each.click())", [link.element_handle(), part.element_handle()])
    expect(page.get_by_role("heading", name="The forward pass")).to_be_visible()
