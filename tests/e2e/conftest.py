"""A real server and a real browser, shared by the tests of this folder.

The fixtures' scope is this package, so that browser and server are gone before other tests begin: Playwright keeps an event
loop running in its thread, in which no test could start another.
"""

import os
import shutil
from collections import defaultdict

import pytest
from playwright.sync_api import expect, sync_playwright

from .lab import WAIT, Visitor
from .server import Server, serving

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--process-per-site"]
LAST_LINES = 60  # of the server's log, shown with a failure


@pytest.fixture(scope="package")
def browser():
    """Chromium. Without one the tests are skipped, but not where everything is meant to be checked: CI."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not shutil.which(path):
        reason = f"no Chromium at {path}: install it, or set CHROMIUM to where it lies"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(browser, pytestconfig, tmp_path_factory):
    """The app as a learner finds it."""
    yield from serving(pytestconfig.rootpath, tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="package")
def small_server(browser, pytestconfig, tmp_path_factory):
    """A server that trains one run at a time and has no data but its own. A test may kill it, and starts it again."""
    folder = tmp_path_factory.mktemp("small_server")
    (folder / "data").mkdir()
    environment = {"NNLIB_MAX_RUNS": "1", "NNLIB_DATA": str(folder / "data"), "NNLIB_CACHE": str(folder / "cache")}
    yield from serving(pytestconfig.rootpath, folder, **environment)


@pytest.fixture(scope="package")
def contexts(browser):
    """Browser contexts that no visitor uses now, by (has_touch, is_mobile)."""
    return defaultdict(list)


@pytest.fixture
def visit(browser, contexts):
    """Makes visitors: `visit(server, viewport=…, color_scheme=…, has_touch=…)`. Their browsers may have no problems."""
    visitors, used = [], []

    def visitor(server, has_touch=False, is_mobile=False, **options):
        unused = contexts[has_touch, is_mobile]
        context = unused.pop() if unused else _new_context(browser, server, has_touch, is_mobile)
        used.append((unused, context))
        visitors.append(Visitor(context, server, **options))
        return visitors[-1]

    visitor.all = visitors
    yield visitor
    problems = []
    for each in visitors:
        try:
            each.close()
        except AssertionError as error:
            problems.append(str(error))
    for unused, context in used:
        unused.append(context)
    assert not problems, "\n".join(problems)


def _new_context(browser, server, has_touch, is_mobile):
    """
    A context for one visitor after another.

    Its first page stays open, and with it the process that shows the app's pages (--process-per-site): Streamlit's scripts are
    loaded and compiled once, and not again for each visitor, which takes longer than most tests.
    """
    context = browser.new_context(has_touch=has_touch, is_mobile=is_mobile)
    context.set_default_timeout(WAIT)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.new_page().goto(f"{server.url}/_stcore/health")
    return context


@pytest.fixture
def lab(visit, server):
    """A tab of a new visitor, nothing opened in it yet."""
    return visit(server).tab()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With a failure, show what the servers said and what the browsers showed."""
    report = yield
    if report.failed:
        fixtures = getattr(item, "funcargs", {})
        for name, fixture in fixtures.items():
            if isinstance(fixture, Server):
                report.sections.append((f"log of {name}", "\n".join(fixture.log.splitlines()[-LAST_LINES:])))
        if call.when == "call" and "visit" in fixtures and "tmp_path_factory" in fixtures:
            report.sections.append(("screenshots", _screenshots(item, fixtures["visit"].all, fixtures["tmp_path_factory"])))
    return report


def _screenshots(item, visitors, factory):
    folder, told = factory.mktemp("screenshots"), []
    for lab in [lab for visitor in visitors for lab in visitor.labs if not lab.page.is_closed()]:
        path = folder / f"{item.name}-{len(told)}.png"
        try:
            lab.page.screenshot(path=path)
            told.append(f"{path} of {lab.page.url}")
        except Exception as error:  # a browser that is gone must not hide why the test failed
            told.append(f"none of {lab.page.url}: {error}")
    return "\n".join(told)
