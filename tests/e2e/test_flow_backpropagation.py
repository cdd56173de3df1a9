"""Lesson 3 in the browser: the computational graph by mouse, keyboard and touch."""

import re

from .lab import PHONE, expect
from .server import until


def open_part(lab, part, query=""):
    lab.page.goto(f"{lab.server.url}/backpropagation?part={part}{query}")
    expect(lab.page.get_by_role("heading", level=2).first).to_be_visible()
    lab.settle()
    return lab.page


def answer(lab):
    """Answer every question on view, and those that come after."""
    while lab.page.locator("[class*=st-key-prediction_] [data-testid=stForm]").count():
        lab.predict()


def node(page, name):
    return page.get_by_role("button", name=re.compile(f"^{name}, "))


def expect_chosen(page, name, told):
    """The node is marked in the drawing and in the address, and what is told is of it."""
    expect(node(page, name)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("graph").locator("[aria-pressed=true]")).to_have_count(1)
    expect(page).to_have_url(re.compile(f"[?&]node={name}(&|$)"))
    expect(page.get_by_text(told)).to_be_visible()


def arrows_on(page):
    return set(page.get_by_test_id("graph").locator(".arrow.on").evaluate_all("all => all.map(each => each.dataset.arrow)"))


def test_nodes_are_chosen_by_mouse_and_keyboard_and_kept_and_a_step_is_taken(lab):
    page = open_part(lab, "the-graph")
    answer(lab)
    node(page, "W2").click()
    expect_chosen(page, "W2", "the weights of the output layer")
    arrows = {"W2 z3", "z3 psi", "psi J", "J J_tilde", "W2 R2", "R2 J_tilde"}
    until(lambda: arrows_on(page) == arrows, f"the arrows {arrows} are marked")
    expect(page.locator(".katex-error")).to_have_count(0)
    expect(page.get_by_role("figure").filter(has_text="downstream").first).to_contain_text("H×K = 3×2")
    expect(page.get_by_text("MLP.loss returns")).to_be_visible()

    lab.settle()
    page.keyboard.press("ArrowLeft")  # the focus moves, the choice does not
    expect(node(page, "z3")).to_be_focused()
    expect(node(page, "W2")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect_chosen(page, "a2", "the hidden layer after the ReLU")
    expect(node(page, "a2")).to_be_focused()

    page.get_by_role("button", name="Walk back").click()
    expect_chosen(page, "z2", "the hidden layer before the ReLU")
    page.reload()
    expect_chosen(page, "z2", "the hidden layer before the ReLU")
    page.get_by_role("button", name="Walk back").click()
    expect_chosen(page, "b1", "the biases of the hidden layer")
    page.get_by_role("button", name="Next: Logits").click()
    expect(page.get_by_role("heading", name="Logits", level=2)).to_be_visible()
    lab.settle()
    page.get_by_role("button", name="Back", exact=True).click()
    expect_chosen(page, "b1", "the biases of the hidden layer")
    lab.choose_part("One step")
    take_steps(page)


def take_steps(page):
    """Predict, take and draw them."""
    page.get_by_role("button", name="It falls").click()
    expect(page.get_by_text("falls. Correct")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Fullscreen")).first.focus()
    expect(page.get_by_test_id("stElementToolbar").first).to_have_css("opacity", "1")
    expect(page.get_by_text("After 1 step,")).to_be_visible()
    page.get_by_role("button", name="It rises").click()
    expect(page.get_by_text("rises. Not correct")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_text("After 0 steps")).to_be_visible()


def test_the_graph_and_its_numbers_fit_a_phone(visit, server):
    lab = visit(server, viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark").tab()
    page = open_part(lab, "the-graph", "&network=4-10-3")
    answer(lab)
    for name, told in (("W1", "the weights of the hidden layer"), ("z3", "the logits")):
        node(page, name).tap()
        expect_chosen(page, name, told)
        lab.settle()
        lab.expect_no_overflow()
    box = node(page, "R1").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    assert box["height"] >= 36, "too small for a finger"
