"""Every page and every part of a lesson: nothing that axe-core calls serious or critical, nothing too wide for a phone."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from pages.lesson.lessons import LESSONS

from .lab import PHONE, WIDE
from .server import until

MOST = {  # the address of as much as a lesson can show
    "forward": "&network=4-10-3",
    "softmax": "&K=6&z=-5,5",
    "backpropagation": "&network=4-10-3",
    "gradient_check": "&network=4-10-3",
    "convolution": "",
}
VIEWS = {"softmax": ["jacobian&view=rows", "jacobian&view=matrix", "shift-overflow-temperature&idea=overflow",
                     "shift-overflow-temperature&idea=temperature"]}  # fmt: skip
PAGES = {
    "home": [""],
    "exam": ["exam"],
    "class": ["teach", "join", "hand_in"],
    "sheets": ["sheets", "sheets?part=worksheet&solutions=true"],
    "train": ["train"],
    "depth": [f"depth?part={part}" for part in ("experiment", "why-it-collapses", "table", "leaderboard")],
    "tuning": ["tuning", "tuning?part=search"],
}
LOOKS = [
    [(WIDE, "light"), (WIDE, "dark"), (PHONE, "dark"), (PHONE, "light")],  # of the first part of a page
    [(WIDE, "light"), (PHONE, "dark")],  # of the second; the others have the same elements
]

# Vega gives each group of a chart's marks a role that asks for a text. The chart as a whole has one.
OPTIONS = {
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,
    "rules": {"svg-img-alt": {"enabled": False}},
}
# The glyphs of a formula have the colour of the first, or one of their own.
LOOKED_AT = {
    "include": [["html"], [".katex-html > .base:first-of-type > .mord"], [".katex-html [style*=color]"]],
    "exclude": [[".katex-html"]],
}
COLOURS = {**OPTIONS, "runOnly": ["color-contrast", "link-in-text-block"]}  # all that a colour scheme can change


@pytest.mark.parametrize("paths", PAGES.values(), ids=PAGES)
def test_a_page_has_no_serious_fault_and_fits_a_phone(visit, server, paths):
    """The first two parts are opened in several looks and with their questions answered, the others on a phone."""
    lab, found = visit(server).tab(), []
    for path, looks in zip(paths, LOOKS):
        found += look_closely(lab, path, looks)
    for path in paths[len(LOOKS) :]:
        open_page(lab, path)
        expect_to_fit(lab, path)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.key for lesson in LESSONS])
def test_a_lesson_has_no_serious_fault_and_fits_a_phone(visit, server, lesson):
    """Like a page; on a phone, the parts are chosen one after the other."""
    lab, found, names = visit(server).tab(), [], [*lesson.names.items()]
    for (part, _), looks in zip(names, LOOKS):
        found += look_closely(lab, f"{lesson.key}?part={part}{MOST[lesson.key]}", looks)
    for part, name in names[len(LOOKS) :]:
        lab.choose_part(name)
        expect_to_fit(lab, f"{lesson.key}, {part}")
    for view in VIEWS.get(lesson.key, ()):
        path = f"{lesson.key}?part={view}{MOST[lesson.key]}"
        open_page(lab, path)
        expect_to_fit(lab, path)
    assert not found, "\n".join(found)


def look_closely(lab, path, looks):
    """Open a part, and look at it in each of the looks, in presenter mode and to its end. Returns its faults."""
    look(lab.page, *looks[0])
    open_page(lab, path)
    answer(lab)
    found, before = [], None
    for viewport, scheme in looks:
        look(lab.page, viewport, scheme)
        lab.settle()
        options = COLOURS if viewport == before else OPTIONS
        found += [f"{path} {viewport['width']} {scheme}: {fault}" for fault in faults(lab.page, scheme, options)]
        before = viewport
    look(lab.page, WIDE, looks[-1][1])
    found += [f"{path}, presented: {fault}" for fault in faults_presented(lab)]
    lab.page.set_viewport_size(PHONE)
    read_to_the_end(lab)
    expect_to_fit(lab, path)
    return found


def look(page, viewport, scheme):
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)


def open_page(lab, path):
    lab.page.goto(f"{lab.server.url}/{path}")
    expect(lab.page.get_by_test_id("stMain").get_by_test_id("stElementContainer").first).to_be_attached()
    lab.settle()


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


def expect_to_fit(lab, path):
    """
    No part is wider than the screen, no formula is cut or covers another row, none is left as its source, and no control is
    too small for a finger.
    """
    lab.expect_no_overflow(path)
    until(lambda: not lab.page.evaluate(CUT_FORMULAS), f"{path} cuts no formula")
    assert not lab.page.locator(".katex-error").count(), path
    assert not lab.page.get_by_text(re.compile(r"\\(frac|psi|partial)")).filter(visible=True).count(), path
    assert not small_controls(lab.page), path


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
