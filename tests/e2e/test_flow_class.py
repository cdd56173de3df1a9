"""A lesson in a class: a teacher at a projector and a student with a phone."""

import re

from .lab import PHONE, expect
from .server import until

END_IS_FREE = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    main.scrollTop = main.scrollHeight;
    const end = main.querySelector("[data-testid=stMainBlockContainer] > *").getBoundingClientRect().bottom;
    return end <= document.querySelector(".st-key-class_bar").getBoundingClientRect().top;
}"""


def test_a_class_joins_votes_is_helped_and_leaves(visit, server):
    phone = visit(server, viewport=PHONE, color_scheme="dark")
    phone.allow("status of 403 .*/class/join")  # a wrong code
    tabs = visit(server).tab(), phone.tab()
    teacher, student = (tab.page for tab in tabs)

    teacher.goto(f"{server.url}/teach")
    teacher.get_by_label("Name of the class").fill("10b")
    teacher.get_by_role("button", name="Open a class").click()
    code = teacher.get_by_test_id("class-code").inner_text()

    opened_before = phone.tab()
    opened_before.page.goto(f"{server.url}/sheets")
    opened_before.settle()
    student.goto(f"{server.url}/join?join=AAAAAA")
    student.get_by_label("Pseudonym").fill("Ada <b>")
    student.get_by_role("button", name="Join", exact=True).click()
    expect(student.get_by_text("no class with this code")).to_be_visible()
    student.get_by_label("Code").fill(code.lower())
    student.get_by_role("button", name="Join", exact=True).click()
    for page in (student, opened_before.page):
        expect(page.get_by_text("Class 10b: you are Ada <b>")).to_be_visible()
    opened_before.page.close()

    # A vote on a prediction reaches the student on another page; the second one stands beside it.
    teacher.goto(f"{server.url}/softmax?part=one-entry")
    teacher.get_by_role("button", name="Put it to the class").click()
    expect(student.locator(".vote math").first).to_be_visible()
    until(lambda: student.evaluate(END_IS_FREE), "the end of the page is above the vote")
    student.locator(".vote [role=radio]").nth(1).click()
    expect(student.get_by_text("Your answer is stored")).to_be_visible()
    expect(teacher.get_by_text("1 of 1 have voted")).to_be_visible()
    teacher.get_by_role("button", name="Close the vote").click()
    expect(student.get_by_text("The vote is closed. Look at the projector.")).to_be_visible()
    teacher.goto(f"{server.url}/teach?part=vote")
    teacher.get_by_role("button", name="Vote again").click()
    student.locator(".vote [role=radio]").nth(2).click()
    expect(student.get_by_text("Your answer is stored")).to_be_visible()
    teacher.locator(".st-key-close_vote button").click()
    expect(teacher.get_by_test_id("tally-1")).to_contain_text("1 vote 1, 100%")
    expect(teacher.get_by_test_id("tally-2")).to_contain_text("1 vote 2, 100%")
    teacher.get_by_role("button", name="Presenter mode").click()
    expect(teacher.get_by_text("F figure")).to_be_visible()
    teacher.keyboard.press("f")
    expect(teacher.locator(".st-key-class_question:fullscreen").get_by_test_id("tally-1")).to_be_visible()
    teacher.keyboard.press("t")
    expect(teacher.get_by_text("F figure").locator("output")).to_have_text(re.compile(r"^(1:00|0:\d\d|Time is up)$"))
    teacher.keyboard.press("Alt+p")
    expect(teacher.locator(".st-key-class_question:fullscreen")).to_have_count(0)
    student.get_by_role("button", name="OK").click()

    # Three wrong answers, and what is typed in the middle of the next one survives an invitation.
    student.goto(f"{server.url}/softmax?part=exercises")
    field = student.get_by_role("textbox", name="Your answer").first
    for attempt in (1, 2, 3):
        tabs[1].settle()
        field.fill(f"psi_1 + {attempt}")
        field.press("Enter")  # a click could miss the button while the page scrolls to the last verdict
        expect(student.get_by_text(f"{attempt} attempt")).to_be_visible()
    teacher.get_by_role("radiogroup", name="Part of Teach").get_by_role("radio", name=re.compile("stuck")).click()
    expect(teacher.locator(".st-key-class_students")).to_contain_text("third wrong try")
    field.fill("psi_1*psi")
    teacher.goto(f"{server.url}/forward?part=loss")
    expect(teacher.get_by_role("heading", name="Loss", exact=True)).to_be_visible()  # the invitation names it
    teacher.get_by_role("button", name="Bring all screens here").click()
    expect(student.get_by_text("Your teacher invites you to: 1 Forward pass, Loss")).to_be_visible()
    with student.context.expect_page() as new_tab:
        student.get_by_role("button", name="Go there").click()
    expect(new_tab.value.get_by_role("heading", name="Loss", exact=True)).to_be_visible()
    new_tab.value.close()
    expect(field).to_have_value("psi_1*psi")
    student.get_by_role("button", name="Check", exact=True).first.click()
    tabs[1].settle()
    expect(student.get_by_text("3 attempt")).to_be_visible()  # what cannot be read is no attempt
    teacher.get_by_role("button", name="Bring all screens here").click()  # once more: nothing is typed now
    student.get_by_role("button", name="Go there").click()
    expect(student.get_by_role("heading", name="Loss", exact=True)).to_be_visible()
    expect(student.get_by_text("Your teacher invites")).to_have_count(0)
    student.go_back()
    expect(student.get_by_role("heading", name="Exercises")).to_be_visible()

    student.get_by_text("Leave", exact=True).click()
    teacher.get_by_role("button", name="Bring all screens here").click()
    expect(student.get_by_text("Your teacher invites")).to_be_visible()  # which leaves the question open
    student.get_by_role("button", name="Leave and delete my data").click()
    expect(student.get_by_text("you are Ada")).to_have_count(0)
    expect(teacher.get_by_text("0 students")).to_be_visible()
