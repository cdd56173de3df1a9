"""A derivation that the learner writes, by keyboard alone, with a reload in between."""

from .lab import expect
from .test_flow_softmax import open_lesson, show_me


def field(page):
    return page.get_by_role("textbox", name="Your next line, after the equals sign", exact=True)


def test_a_derivation_is_read_and_written_by_keyboard(visit, server):
    lab = open_lesson(visit, server, "?part=another-class-i-j")
    show_me(lab)
    read_and_go_on(lab)
    write_on_your_own(lab)


def read_and_go_on(lab):
    """The focus stays where a line was shown or checked."""
    page = lab.page
    steps = page.get_by_role("button", name="Next line")
    while steps.is_enabled():
        steps.press("Enter")
        lab.settle()
    page.keyboard.press("Tab")
    suggestion = page.get_by_role("button", name="Now you: last line")
    expect(suggestion).to_be_focused()
    suggestion.press("Enter")
    last = page.get_by_role("textbox", name="after the equals sign")
    last.fill("-psi_i psi_j")
    page.get_by_role("button", name="Check", exact=True).press("Enter")
    expect(page.get_by_text("The last line is reached")).to_be_in_viewport()
    lab.settle()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Begin again")).to_be_focused()
    modes = page.get_by_role("radiogroup", name="Read or write the lines")
    modes.get_by_role("radio", name="Every line").press("Enter")
    lab.settle()  # until then the field of the mode before is still there
    rule, check = (
        page.get_by_role("combobox", name="The rule that leads to it"),
        page.get_by_role("button", name="Check", exact=True),
    )
    last.fill("d(e^z_i/S)/d(z_j)")
    rule.press_sequentially("definition")
    rule.press("Enter")
    check.press("Enter")
    expect(page.get_by_role("textbox", name="Line 2, after the equals sign")).to_have_value("")
    lab.settle()
    expect(check).to_be_focused()


def write_on_your_own(lab):
    """The lines survive a reload."""
    page = lab.page
    modes = page.get_by_role("radiogroup", name="Read or write the lines")
    modes.get_by_role("radio", name="Read").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(modes.get_by_role("radio", name="On your own")).to_be_checked()
    lab.settle()
    field(page).press_sequentially("psi_i*psi_j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("the sign is wrong")).to_be_visible()
    lab.settle()
    field(page).fill("-exp(z_i)*exp(z_j)/S^2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("steps at once")).to_be_visible()
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()
    lab.settle()
    expect(page.get_by_text("Read as", exact=True)).to_have_count(0)
    page.reload()
    expect(page.get_by_text("steps at once")).to_be_visible()
    lab.settle()
    field(page).press_sequentially("-psi_i psi_j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The last line is reached")).to_be_visible()
