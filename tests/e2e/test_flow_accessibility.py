"""Every page and every part of a lesson: nothing that axe-core calls serious or critical, nothing too wide for a phone."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from pages.lesson.lessons import LESSONS

from .lab import PHONE, WIDE, expect, expect_page_script
from .server import until

MOST = {  # the address of as much as a lesson can show
    "forward": "?network=4-10-3",
    "softmax": "?K=6&z=-5,5",
    "backpropagation": "?network=4-10-3",
    "gradient_check": "?network=4-10-3",
    "convolution": "",
}
# Where a visitor goes on from the first part of a page: what they choose → what the address then contains.
VIEWS = {
    "Jacobian": {"Sum of a row": "view=rows", "As a matrix": "view=matrix"},
    "Shift, overflow, temperature": {"Overflow": "idea=overflow", "Temperature": "idea=temperature"},
}
PAGES = {
    "": {},
    "exam": {},
    "teach": {"Join": "/join", "Hand in": "/hand_in"},
    "sheets?solutions=true": {"Worksheets": "part=worksheet"},
    "train": {},
    "depth": {
        "Why it collapses": "part=why-it-collapses",
        "The report's table": "part=table",
        "Leaderboard": "part=leaderboard",
    },
    "tuning": {"Three ways to search": "part=search"},
}

# Vega gives each group of a chart's marks a role that asks for a text. The chart as a whole has one. "region" is moderate.
OPTIONS = {
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,
    "rules": {"svg-img-alt": {"enabled": False}, "region": {"enabled": False}},
}
# The glyphs of a formula have the colour of the first, or one of their own.
LOOKED_AT = {
    "include": [["html"], [".katex-html > .base:first-of-type > .mord"], [".katex-html [style*=color]"]],
    "exclude": [[".katex-html"]],
}
COLOURS = {**OPTIONS, "runOnly": ["color-contrast", "link-in-text-block"]}  # all that a colour scheme can change

FIRST = [(PHONE, "dark", OPTIONS), (WIDE, "light", OPTIONS)]  # looks of the first part of a page
WITH_SETTINGS = [FIRST[0], (WIDE, "dark", COLOURS), FIRST[1]]  # which a phone hides
SECOND = [(PHONE, "light", OPTIONS), (WIDE, "dark", COLOURS)]  # of the second; the others have the same elements


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.partition("?")[0] or "home")
def test_a_page_has_no_serious_fault_and_fits_a_phone(dark_lab, address):
    expect_no_faults(dark_lab, address, PAGES[address], WITH_SETTINGS if address in ("train", "depth", "tuning") else FIRST)


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.key for lesson in LESSONS])
def test_a_lesson_has_no_serious_fault_and_fits_a_phone(dark_lab, lesson):
    ways = {}
    for slug, name in [*lesson.names.items()][1:]:
        ways |= {name: f"part={slug}", **VIEWS.get(name, {})}
    expect_no_faults(dark_lab, lesson.key + MOST[lesson.key], ways, FIRST)


@pytest.fixture
def dark_lab(visit, server):
    """A tab that begins with the first look: a page is drawn anew in another scheme."""
    return visit(server, color_scheme="dark").tab()


def expect_no_faults(lab, address, ways, first):
    """The first two parts are seen in several looks and with their questions answered, the others on a phone."""
    open_page(lab, address)
    found = look_closely(lab, address, first)
    for number, (name, there) in enumerate(ways.items()):
        go_on(lab, name, there)
        if number == 0:
            found += look_closely(lab, there, SECOND)
        else:
            expect_to_fit(lab, there)
    assert not found, "\n".join(found)


def look_closely(lab, path, looks):
    """Look at the part on view in each of the looks, in presenter mode and to its end. Returns its faults."""
    answer(lab)
    found = []
    for viewport, scheme, options in looks:
        look(lab, viewport, scheme)
        found += [f"{path} {viewport['width']} {scheme}: {fault}" for fault in faults(lab.page, scheme, options)]
    found += [f"{path}, presented: {fault}" for fault in faults_presented(lab)]
    read_to_the_end(lab)
    expect_to_fit(lab, path)
    return found


def look(lab, viewport, scheme):
    lab.page.set_viewport_size(viewport)
    lab.page.emulate_media(color_scheme=scheme)
    lab.settle()


def open_page(lab, path):
    lab.page.goto(f"{lab.server.url}/{path}")
    expect(lab.page.get_by_test_id("stMain").get_by_test_id("stElementContainer").first).to_be_attached()
    lab.settle()


def go_on(lab, name, there):
    """Choose a part or a view of the page on view, or another page, which is in a menu."""
    if there.startswith("/"):
        lab.page.set_viewport_size(WIDE)
        lab.choose_page("Class", name)
    else:
        lab.page.get_by_role("radio", name=re.compile(f"^{re.escape(name)}( ✓)?$")).click()
    lab.page.mouse.move(0, 0)  # what the pointer is over has other colours
    expect(lab.page).to_have_url(re.compile(f"{there}(&|$)"))
    lab.settle()  # until then the part before is still there


# Formulas that reach beyond the screen and are in no box that scrolls, or beyond the row of a table that they are in.
CUT_FORMULAS = """() => {
    const shown = (formula) => {
        const [box, row] = [formula.getBoundingClientRect(), formula.closest("tr")?.getBoundingClientRect()];
        if (row && (box.top < row.top - 2 || box.bottom > row.bottom + 2)) return false;
        for (let each = formula; each; each = each.parentElement)
            if (each.scrollWidth > each.clientWidth && getComputedStyle(each).overflowX === "auto")
                return each.tabIndex === 0; // the keyboard reaches it
        return box.right <= innerWidth + 1;
    };
    const formulas = [...document.querySelectorAll("[data-testid=stMain] .katex-html")];
    return formulas.filter((each) => !shown(each)).map((each) => each.textContent);
}"""


# Visible texts that are the source of a formula.
SOURCES = r"""() => {
    const visible = (text) => text.parentElement?.checkVisibility({ visibilityProperty: true });
    const found = [];
    (function search(root) {
        const nodes = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
        for (let node; (node = nodes.nextNode()); )
            if (node.shadowRoot) search(node.shadowRoot);
            else if (/\\(frac|psi|partial)/.test(node.data ?? "") && visible(node)) found.push(node.data);
    })(document.body);
    return found;
}"""


def expect_to_fit(lab, path):
    """
    On a phone, no part is wider than the screen, no formula is cut or covers another row, none is left as its source, and no
    control is too small for a finger.
    """
    lab.page.set_viewport_size(PHONE)
    lab.expect_no_overflow(path)
    until(lambda: not lab.page.evaluate(CUT_FORMULAS), f"{path} cuts no formula")
    assert not lab.page.locator(".katex-error").count(), path
    assert not lab.page.evaluate(SOURCES), path
    until(lambda: not small_controls(lab.page), f"{path} has no control that is too small for a finger")


def small_controls(page):
    """The controls that are too small for a finger."""
    return page.get_by_test_id("stMain").evaluate("""main => [...main.querySelectorAll("button, label:has(input), summary")]
        .filter((each) => {
            const { width, height } = each.getBoundingClientRect();
            return width && Math.min(width, height) < 24;
        })
        .map((each) => each.ariaLabel ?? each.innerText)""")


def answer(lab):
    """Answer the questions of a page, so that there is more to check."""
    while lab.page.locator("[class*=st-key-prediction_] [data-testid=stForm]").count():
        lab.predict()


def read_to_the_end(lab):
    """Show all lines of the derivations on view."""
    lab.settle()
    for button in lab.page.get_by_role("button", name="All lines").all():
        if button.is_enabled():  # a derivation is read to its end already where another part shows it again
            button.click()
            lab.settle()


# Animations that follow a scroll position never end.
STILL = "document.getAnimations().every(each => !(each instanceof CSSTransition) || each.playState != 'running')"


def faults(page, scheme, options=OPTIONS):
    """Each serious or critical violation, with the first element that has it, once the page has the colours of the scheme."""
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
    expect(page.locator("[data-stale=true]")).to_have_count(0)  # which are pale
    expect_page_script(page)
    page.wait_for_function(STILL)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # page_script.py
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    run = "([context, options]) => axe.run(context, options).then((results) => results.violations)"
    violations = page.evaluate(run, [LOOKED_AT, options])
    return [
        f"{each['id']}: {each['nodes'][0]['html']} {each['nodes'][0]['failureSummary']}"
        for each in violations
        if each["impact"] in ("serious", "critical")
    ]


ENHANCED = {"resultTypes": ["violations"], "runOnly": ["color-contrast-enhanced"]}  # 7:1
LEAST = 17.9  # pixels of the screen: 2.5 % of 720

SMALL_TEXTS = """(least) => {
    const found = new Set();
    const search = (place) => {
        for (const each of place.querySelectorAll("*")) {
            if (each.shadowRoot) search(each.shadowRoot);
            const texts = [...each.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
            const written = texts.some((node) => /[^\\s\u200b]/.test(node.data));
            if (!written || each.matches("style, script, .katex-mathml *") || each.getBoundingClientRect().width < 2) continue;
            const drawing = each.ownerSVGElement && each.getScreenCTM();
            const scale = drawing ? Math.hypot(drawing.a, drawing.b) : each.currentCSSZoom;
            const size = scale * parseFloat(getComputedStyle(each).fontSize);
            if (each.checkVisibility({ visibilityProperty: true }) && size < least)
                found.add(`${size.toFixed(1)} px: ${each.outerHTML.slice(0, 100)}`);
        }
    };
    search(document.querySelector("[data-testid=stApp]"));
    return [...found];
}"""


def faults_presented(lab):
    """What a class could not read on a projector in presenter mode. Its keys begin and end it."""
    lab.page.keyboard.press("Alt+p")
    expect(lab.page.get_by_text("F figure")).to_be_visible()
    scheme = lab.page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).colorScheme")
    found = faults(lab.page, scheme, ENHANCED) + lab.page.evaluate(SMALL_TEXTS, LEAST)
    lab.page.keyboard.press("Alt+p")
    expect(lab.page.get_by_text("F figure")).to_have_count(0)
    return found
