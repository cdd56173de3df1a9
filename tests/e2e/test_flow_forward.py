"""The lesson on the forward pass in a browser: a weight is changed, and every number that depends on it follows."""

import re

from .lab import PHONE, expect
from .server import until


class Lesson:
    """The lesson in a tab."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page

    def open(self, query=""):
        self.page.goto(f"{self.lab.server.url}/forward{query}")
        expect(self.page.get_by_role("heading", name="1 Forward pass")).to_be_visible()
        return self

    def reveal(self):
        """Answer the question on view."""
        self.lab.predict()
        expect(self.page.locator("figure.matrix").first).to_be_visible()

    def matrix(self, caption):
        """The matrix whose caption begins so."""
        name = self.page.locator("figcaption", has_text=re.compile(f"^{re.escape(caption)}"))
        return self.page.locator("figure.matrix").filter(has=name)

    def expect_entry(self, caption, row, column, text):
        """An entry of a matrix, counted from 1."""
        entry = self.matrix(caption).locator("tbody tr").nth(row - 1).locator("td").nth(column - 1)
        expect(entry).to_have_text(text)

    def enter(self, label, value):
        """Type into one of the network's fields."""
        field = self.page.get_by_label(label, exact=True)
        field.fill(value)
        field.press("Tab")


def test_a_changed_weight_changes_every_number_and_stays_changed_and_a_field_says_what_it_cannot_hold(lab):
    lesson = Lesson(lab).open()
    lesson.reveal()
    lesson.expect_entry("ψ", 1, 1, "0.9241")
    lesson.enter("W 1, row 1, column 1", "3.5")
    lesson.expect_entry("ψ", 1, 1, "0.9991")
    expect(lab.find("network-picture").get_by_text("6", exact=True)).to_be_visible()

    lab.choose_part("Hidden layer")
    lesson.reveal()
    expect(lab.page.get_by_label("W1, row 1, column 1", exact=True)).to_have_value("3.5")
    lesson.expect_entry("z(2)", 1, 1, "6")
    lab.page.get_by_role("button", name="Next entry").click()
    expect(lesson.matrix("z(2)").locator("td.marked")).to_have_text("1")

    lab.page.get_by_text("Change the numbers").click()
    lesson.enter("b 1, entry 2", "-9")
    lesson.expect_entry("z(2)", 1, 2, "−9")
    change_in_place(lab, lesson)

    lab.page.get_by_role("link", name="Home").click()
    expect(lab.page.get_by_role("button", name="Train a network")).to_be_visible()
    lab.page.go_back()
    lesson.expect_entry("z(2)", 1, 1, "6")
    lab.settle()
    lab.page.reload()
    lesson.expect_entry("z(2)", 1, 1, "6")
    lesson.expect_entry("z(2)", 1, 2, "−9")
    expect(lesson.matrix("z(2)").locator("td.marked")).to_have_text("−9")

    lab.page.get_by_text("Change the numbers").click()
    lab.page.get_by_role("button", name="Reset the numbers").click()
    lesson.expect_entry("z(2)", 1, 1, "3")
    expect(lab.page).not_to_have_url(re.compile("network="))

    lab.choose_part("The network")
    enter_what_fields_cannot_hold(lab, lesson)
    use_the_keyboard(lab, lesson)


def change_in_place(lab, lesson):
    """Change the entries of b(1) in the equation by keyboard, and restore them. The fields above show the same numbers."""
    entry = lab.page.get_by_label("b1, entry 1", exact=True)
    entry.click()
    lab.page.keyboard.type("0,75")
    lab.page.keyboard.press("Enter")
    expect(lab.page).to_have_url(re.compile("b1_1_0.75"))
    expect(lab.page.get_by_label("b 1, entry 1", exact=True)).to_have_value("0.75")
    expect(entry).to_be_focused()
    lab.settle()
    lab.page.keyboard.type("1/3")
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_text("b1, entry 1: type a number from −1000 to 1000")).to_be_visible()
    lab.settle()
    lab.page.keyboard.type("7")
    lab.page.keyboard.press("Escape")
    expect(entry).to_have_value("0.75")
    lab.page.keyboard.type("0.25")
    for key in ("Enter", "Escape"):  # before the page has answered
        lab.page.keyboard.press(key)
    expect(lab.page).to_have_url(re.compile("b1_1_0.25"))
    lab.settle()
    expect(entry).to_have_value("0.25")
    lab.page.keyboard.type("0.5")
    lab.page.keyboard.press("ArrowRight")
    expect(lab.page).not_to_have_url(re.compile("b1_1_"))
    expect(lab.page.get_by_label("b1, entry 2", exact=True)).to_be_focused()
    lab.page.keyboard.press("Tab")
    expect(lab.page.get_by_role("button", name="Back", exact=True)).to_be_focused()


def enter_what_fields_cannot_hold(lab, lesson):
    for value in ("5000", "", "1/3", "1,2,3", "half", "0x10", "1e999"):
        lesson.enter("X, row 1, column 2", value)
        lab.settle()
        expect(
            lab.page.get_by_role("alert").filter(has_text="X, row 1, column 2: type a number from −1000 to 1000")
        ).to_be_visible()
        expect(lab.page.get_by_label("X, row 1, column 2", exact=True)).to_have_value(value)  # to be mended, not lost
        lesson.expect_entry("ψ", 1, 1, "0.9241")
    lesson.enter("X, row 1, column 2", "2.5")
    expect(lab.page.get_by_text("type a number from")).to_have_count(0)
    expect(lab.page).to_have_url(re.compile("X_1_2_2.5"))
    lesson.enter("λ", "-1")
    expect(lab.page.get_by_text("λ: type a number from 0 to 1000")).to_be_visible()
    lab.page.get_by_label("y, entry 1", exact=True).select_option("class 2")
    expect(lab.page).to_have_url(re.compile("y_1_1"))


def use_the_keyboard(lab, lesson):
    """A comma is a point, and arrow keys move between the numbers."""
    field = lab.page.get_by_label("W 1, row 1, column 1", exact=True)
    for text, number in ((" 1,5 ", "1.5"), ("−,25", "-0.25"), ("+2e-1", "0.2")):
        lesson.enter("W 1, row 1, column 1", text)
        expect(field).to_have_value(number)
        expect(lab.page).to_have_url(re.compile(f"W1_1_1_{number}(~|&|$)"))
    field.press("PageUp")
    expect(field).to_have_value("0.7")
    expect(lab.page).to_have_url(re.compile("W1_1_1_0.7"))
    lesson.enter("λ", "0.2")
    for _ in range(2):
        lab.page.get_by_label("λ", exact=True).press("PageDown")
    expect(lab.page).to_have_url(re.compile("lam_0.0"))
    field.focus()
    for key, label in (("Right", "W 1, row 1, column 2"), ("Down", "W 1, row 2, column 2"), ("Left", "W 1, row 2, column 1")):
        lab.page.keyboard.press(f"Arrow{key}")
        expect(lab.page.get_by_label(label, exact=True)).to_be_focused()
    label = lab.page.get_by_label("y, entry 1", exact=True)
    label.press("ArrowDown")
    expect(lab.page.get_by_label("y, entry 2", exact=True)).to_be_focused()
    expect(label).to_have_value("1")
    lab.page.keyboard.press("Tab")
    expect(lab.page.get_by_label("W 1, row 2, column 1", exact=True)).to_be_focused()


def test_fields_changed_faster_than_the_page_runs_are_all_kept(lab):
    hold = lab.hold_answers()
    lesson = Lesson(lab).open()
    lesson.reveal()
    lab.settle()
    hold(True)
    for row, column, value in ((1, 1, "4"), (1, 2, "5"), (2, 3, "6")):
        lesson.enter(f"W 1, row {row}, column {column}", value)
    hold(False)
    expect(lab.page).to_have_url(re.compile("network=2-3-2~W1_1_1_4.0~W1_1_2_5.0~W1_2_3_6.0"))


def test_the_marked_column_of_a_wide_matrix_is_in_view_on_a_phone(visit, server):
    lesson = Lesson(visit(server, viewport=PHONE).tab()).open("?network=4-10-3&part=hidden-layer&h=10")
    lesson.reveal()
    column = lesson.matrix("W(1)").locator("td.marked").first
    expect(column.locator("input")).to_have_value("−0.5")

    def in_view():
        box, cell = lesson.matrix("W(1)").locator(".scrolls").bounding_box(), column.bounding_box()
        return box["x"] <= cell["x"] and cell["x"] + cell["width"] <= box["x"] + box["width"] + 1

    until(in_view, "the marked column is in view")
