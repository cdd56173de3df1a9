"""What can be seen at once, in the dark, and on a phone."""

from .lab import PHONE, expect, expect_page_script
from .server import until

SHORT = "?iterations=300&hidden=12"


def test_nothing_is_wider_than_the_screen_after_a_run(visit, server):
    lab = visit(server, color_scheme="dark").tab().open(SHORT)
    until(lambda: _brightness(lab) < 128, "the page is dark with its system")
    lab.run_to()
    expect(lab.find("confusion-table")).to_be_attached()
    lab.settle()
    lab.expect_no_overflow()
    lab.page.emulate_media(color_scheme="light")
    lab.page.set_viewport_size(PHONE)
    until(lambda: _brightness(lab) > 128, "the page becomes light with its system")
    lab.settle()
    lab.expect_no_overflow("on a phone")
    lab.page.reload()
    lab.expect_state("finished")
    lab.settle()
    lab.expect_no_overflow("on a phone, opened again")


def _brightness(lab):
    """Of the background: 0 is black, 255 is white."""
    return lab.view.evaluate("""view => {
        const canvas = document.createElement("canvas").getContext("2d");
        canvas.fillStyle = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data[0];
    }""")


def expect_in_view(lab, testids):
    """These parts are in view at once, and nothing covers them."""
    for testid in testids:
        until(lambda part=testid: _inside(lab, part) and _on_top(lab, part), f"{testid} is in view and not covered")


def _inside(lab, testid):
    box, screen = lab.find(testid).bounding_box(), lab.page.viewport_size
    if not box:  # it is hidden
        return False
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    return box["x"] >= 0 and box["y"] >= 0 and right <= screen["width"] and bottom <= screen["height"]


def _on_top(lab, testid):
    """Whether nothing covers the part's corners and middle."""
    return lab.find(testid).evaluate("""part => {
        const box = part.getBoundingClientRect();
        const across = [box.left + 6, (box.left + box.right) / 2, box.right - 6];
        const down = [box.top + 4, (box.top + box.bottom) / 2, box.bottom - 4];
        const top = (x, y) => {
            let each = document.elementFromPoint(x, y);
            while (each?.shadowRoot) {
                const inner = each.shadowRoot.elementFromPoint(x, y);
                if (!inner || inner === each) break;
                each = inner;
            }
            return each;
        };
        return across.every(x => down.every(y => part.parentElement.contains(top(x, y))));
    }""")


SEEN = """part => {
    const { x, y, width, height } = part.getBoundingClientRect();
    return part.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


def test_on_a_phone_a_run_can_be_started_and_steered(visit, server):
    lab = visit(server, viewport=PHONE, has_touch=True).tab().open("?iterations=1000000&hidden=12")  # scrolls to the pace
    lab.play.tap()
    lab.expect_training()
    expect_in_view(lab, ["play", "boundary-canvas", "control-learning_rate", "readout"])
    lab.live("learning_rate", 0.05)
    expect(lab.find("readout-rate")).to_have_text("0.05")
    lab.play.tap()
    lab.paused_at()


def test_on_a_phone_the_navigation_closes_after_a_choice(visit, server):
    lab = visit(server, viewport=PHONE, has_touch=True).tab()
    page = lab.page
    page.goto(f"{server.url}/softmax")
    page.get_by_test_id("stExpandSidebarButton").tap()
    link = lab.sidebar.get_by_role("link", name="1 Forward pass")
    expect(link).to_be_in_viewport()
    progress = page.get_by_role("button", name="Progress", exact=True)
    until(lambda: not progress.evaluate(SEEN), "it covers the menu")
    expect_page_script(page)
    link.tap()
    expect(page.get_by_role("heading", name="1 Forward pass")).to_be_visible()
    expect(link).not_to_be_in_viewport()
    until(lambda: progress.evaluate(SEEN), "the menu has closed")
