"""Drives the app as a learner does: a browser of their own, and the live page in one of its tabs."""

import re
import time
from math import inf
from urllib.parse import parse_qs, urlsplit

import playwright.sync_api as playwright
from playwright.sync_api import Error
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from .server import until

WAIT = 120_000  # milliseconds; generous, because the machine may be busy with other things
ANSWER = 5  # seconds to wait for one of Streamlit's server, which has none for a fragment that is gone
WIDE = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}

# Streamlit first asks for its own routes below the page's address, and then one level up.
ALLOWED = [re.compile(r"status of 404 .*/\w+/_stcore/(host-config|health)$")]


def expect(actual, message=None):
    """
    Playwright's `expect`, which also waits until there is only one of what it is to look at.

    While a page runs again, Streamlit may show the elements of both runs for a moment. Playwright fails at once then.
    """
    return _Expectation(playwright.expect(actual, message))


def expect_page_script(page):
    """Wait until pages/ui/page_script.js is loaded: it takes the role of a list from the sidebar's pages."""
    expect(page.locator("[data-testid=stSidebarNavItems]:not([role=none])")).to_have_count(0)


class _Expectation:
    def __init__(self, assertions):
        self.assertions = assertions

    def __getattr__(self, name):
        check = getattr(self.assertions, name)

        def check_one(*arguments, **options):
            limit = time.monotonic() + WAIT / 1000
            while True:
                try:
                    return check(*arguments, **options)
                except AssertionError as error:
                    if "strict mode violation" not in str(error) or time.monotonic() > limit:
                        raise
                time.sleep(0.05)

        return check_one


class Visitor:
    """One learner in a browser context. Records console errors, failed scripts, dialogs and requests to any other server."""

    def __init__(self, context, server, viewport=None, color_scheme="light"):
        self.server = server
        self.context = context
        self.viewport = viewport or WIDE
        self.color_scheme = color_scheme
        self.context.on("request", self._check_request)
        self.allowed = list(ALLOWED)
        self.problems = []
        self.labs = []

    def tab(self):
        """A new tab, empty."""
        page = self.context.new_page()
        page.set_viewport_size(self.viewport)
        page.emulate_media(color_scheme=self.color_scheme)
        lab = Lab(page, self.server)
        page.on("console", lambda message: message.type == "error" and self._report(message.text, message.location["url"]))
        page.on("pageerror", lambda error: self._report("script failed:", str(error)))
        page.on("dialog", lambda dialog: self._dialog(dialog))
        page.on("websocket", lambda socket: (self._check_address(socket.url), lab.listen(socket)))
        self.labs.append(lab)
        return lab

    def allow(self, pattern):
        """Ignore problems that match: the test itself causes them."""
        self.allowed.append(re.compile(pattern))

    def close(self):
        """Stop the runs and leave the context as if nobody had used it. AssertionError if there were problems."""
        try:
            for lab in self.labs:
                lab.stop_if_training()
        finally:
            self._leave()
        found = [each for each in self.problems if not any(pattern.search(each) for pattern in self.allowed)]
        assert not found, "problems in the browser:\n" + "\n".join(found)

    def _leave(self):
        """Close the tabs and delete what the app has stored. What the browser has in its cache stays."""
        first, *tabs = self.context.pages
        for page in tabs:
            page.close()
        self.context.remove_listener("request", self._check_request)
        self.context.clear_cookies()
        try:
            first.goto(f"{self.server.url}/_stcore/health")
            first.evaluate("localStorage.clear()")  # in the process of the closed tabs: after the last of their writes
        except Error:  # the server is gone: Chromium would try again while the next visitor is here
            self.context.new_page()
            first.close()

    def _check_request(self, request):
        self._check_address(request.url)

    def _report(self, *words):
        self.problems.append(" ".join(words))

    def _dialog(self, dialog):
        self._report("unexpected dialog:", dialog.message)
        dialog.dismiss()

    def _check_address(self, url):
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.server.url).netloc:
            self._report("request to another server:", url)


class Lab:
    """The live page in a tab. `view`, `play`, `status` and `sidebar` are locators."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        self.sidebar = page.get_by_test_id("stSidebar")
        self.view = self.find("live-view")
        self.play = self.find("play")
        self.status = self.find("status-text")
        self.streamlit_messages = 0
        self.asked_at = -inf  # when the browser last asked Streamlit's server, -inf once that has answered
        page.on("domcontentloaded", lambda: self._count(sent=True))  # a page that is opened asks at once

    def find(self, testid):
        return self.page.get_by_test_id(testid)

    def listen(self, socket):
        """Count the messages between Streamlit and its server: there are none unless the page runs again."""
        if "/_stcore/" in socket.url:
            socket.on("framesent", lambda: self._count(sent=True))
            socket.on("framereceived", lambda: self._count(sent=False))

    def _count(self, sent):
        self.streamlit_messages += 1
        self.asked_at = time.monotonic() if sent else -inf

    # Opening the page

    def open(self, query="", ready=True):
        """Open the live page by a link, and choose full speed."""
        self.page.goto(f"{self.server.url}/train{query}")
        if ready:
            self.expect_ready()
        self.find("pace-full").check()
        return self

    def open_endless(self, query="&hidden=12"):
        """Open the live page for a run that lasts until it is stopped.

        It has the page's own pace: at full speed it would take a processor from everything else.
        """
        self.page.goto(f"{self.server.url}/train?iterations=1000000{query}")
        self.expect_ready()
        return self

    def expect_ready(self):
        """The view is connected, and Start can be pressed."""
        expect(self.view).to_have_attribute("data-connected", "true")
        self.expect_state("none")
        expect(self.status).to_have_text("Ready")
        expect(self.play).to_be_enabled()

    def choose_page(self, group, name):
        """Choose a page in its group's menu."""
        self.settle()  # a menu may close when the page runs again
        self.page.get_by_role("button", name=group, exact=True).click()
        self.page.get_by_role("menuitem", name=name, exact=True).click()

    def choose_part(self, name):
        """Choose a part of the lesson on view."""
        parts = self.page.get_by_role("radiogroup", name="Part of the lesson")
        parts.get_by_role("radio", name=re.compile(f"^{re.escape(name)}( ✓)?$")).click()
        expect(self.page.get_by_role("heading", name=name, exact=True, level=2)).to_be_visible()
        self.settle()  # until then the part before is still there

    def settle(self):
        """Wait until Streamlit has answered, and has nothing more to do."""

        def idle():
            before = self.streamlit_messages
            self.page.wait_for_timeout(150)  # for messages on their way
            expect(self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
            return before == self.streamlit_messages and time.monotonic() - self.asked_at > ANSWER

        until(idle, "Streamlit is idle")

    # The run

    def start(self):
        """Press Start, and wait until the run has trained its first steps."""
        self.play.click()
        return self.expect_training()

    def run_to(self, end="finished"):
        """Press Start; wait until the run that it begins, not one before it, has ended."""
        before = self.view.get_attribute("data-run")
        self.play.click()
        expect(self.view).not_to_have_attribute("data-run", before)
        self.expect_state(end)

    def expect_training(self):
        self.expect_state("running")
        self.expect_beyond(0)
        return self.run

    def expect_state(self, *states):
        """Wait until there is one view in one of these states; for a moment that of the part before may be there, too."""
        view = ", ".join(f"[data-testid=live-view][data-state={state}]" for state in states)
        expect(self.page.locator(view), f"a view that is {' or '.join(states)}").to_have_count(1)

    @property
    def run(self):
        """The id of the run on view, once the address has it, too."""

        def in_both():
            self.page.wait_for_timeout(50)
            run = self.parameters.get("run")
            return run == self.view.get_attribute("data-run") and run

        return until(in_both, "the address has the run on view")

    @property
    def parameters(self):
        """The parameters in the address bar."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.page.url).query, keep_blank_values=True).items()}

    def expect_parameters(self, **wanted):
        """Wait until the address bar has exactly these parameters, apart from `run`."""

        def as_wanted():
            self.page.wait_for_timeout(50)  # unlike a plain sleep, lets the browser's events arrive
            return {name: value for name, value in self.parameters.items() if name != "run"} == wanted

        until(as_wanted, f"the address has {wanted}")

    @property
    def step(self):
        return int(self.view.get_attribute("data-step") or 0)

    def expect_beyond(self, step):
        """Wait until the step on view is greater than `step`."""
        self._wait("(view, step) => Number(view.dataset.step) > step", self.view, step)

    def expect_frames(self, more):
        """Wait until that many more frames have been drawn."""
        drawn = int(self.view.get_attribute("data-frames") or 0)
        self._wait("(view, n) => Number(view.dataset.frames) >= n", self.view, drawn + more)

    def _wait(self, holds, part, value):
        """Wait until `holds(part, value)`, also where Streamlit draws the part anew meanwhile."""
        script = f"(parts, value) => parts.some((part) => ({holds})(part, value))"
        until(lambda: part.evaluate_all(script, value), f"{holds} of {part}")

    def pause(self):
        """Press Pause; return the step at which the run has paused."""
        self.play.click()
        self.expect_state("paused")
        return self.paused_at()

    def paused_at(self):
        expect(self.status).to_have_text(re.compile(r"^Paused at step [\d,]+$"))
        return int(re.sub(r"\D", "", self.status.inner_text()))

    def expect_paused_at(self, step):
        expect(self.status).to_have_text(f"Paused at step {step:,}")
        self.expect_state("paused")

    def stop_if_training(self):
        if self.page.is_closed() or not self.view.count():
            return
        stop = self.find("stop")
        if stop.is_enabled() and self.view.get_attribute("data-connected") == "true":
            stop.dispatch_event("click")  # which does nothing where the run has just ended
            self.expect_state("none", "stopped", "finished", "diverged", "failed")

    # The screen

    def picture(self, testid):
        """The pixels of a canvas, as text."""
        return self.find(testid).evaluate("canvas => canvas.toDataURL()")

    def expect_new_picture(self, testid, before):
        self._wait("(canvas, old) => canvas.toDataURL() !== old", self.find(testid), before)

    def expect_colours(self, testid, more):
        """Wait until a canvas has more than so many colours; an empty canvas has one."""
        count = """(canvas, more) => {
            const all = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
            return new Set(all).size > more;
        }"""
        self._wait(count, self.find(testid), more)

    def expect_no_overflow(self, where=""):
        """Nothing is wider than what shows it, once everything has its place."""
        until(lambda: not self.overflow(), f"{where or self.page.url} fits the screen")

    def overflow(self):
        """By how many pixels the contents of the document, the page's scroll box and the view are wider than these."""
        return self.page.evaluate("""() => {
            const view = (function find(root) {
                for (const each of root.querySelectorAll("*")) {
                    if (each.dataset?.testid === "live-view") return each;
                    const inner = each.shadowRoot && find(each.shadowRoot);
                    if (inner) return inner;
                }
            })(document);
            const boxes = { document: document.documentElement, main: document.querySelector("[data-testid=stMain]"), view };
            const over = {};
            for (const [name, box] of Object.entries(boxes))
                if (box && box.scrollWidth > box.clientWidth) over[name] = box.scrollWidth - box.clientWidth;
            return over;
        }""")

    # Settings on the left. An open list may close when the page runs again: unless `quick`, wait until Streamlit is idle.

    def hold_answers(self):
        """From the next page on, hold back Streamlit's answers while the function that this returns was called with True.

        Its `finished` counts the runs of the page whose answers are held back.
        """
        held, holding = [], [False]

        def between(page):
            server = page.connect_to_server()
            page.on_message(server.send)
            server.on_message(lambda message: held.append(message) if holding[0] else page.send(message))
            ends.append(page)

        def hold(value):
            holding[0] = value
            while held and not value:
                ends[-1].send(held.pop(0))

        hold.finished = lambda: sum(ForwardMsg.FromString(each).WhichOneof("type") == "script_finished" for each in held)
        ends = []
        self.page.route_web_socket(re.compile("/_stcore/stream"), between)
        return hold

    def predict(self, choice="I do not know yet: show me"):
        """Answer the question on view, and wait until its result is shown."""
        form = self.page.locator("[class*=st-key-prediction_] [data-testid=stForm]").first
        form.locator("label").filter(has_text=choice).first.click()
        form.get_by_role("button", name="This is my answer").click()
        expect(self.page.locator("[class*=st-key-prediction_] [data-testid=stAlert]").last).to_be_visible()
        self.settle()

    def choose(self, label, option, quick=False):
        """Choose from a list of the sidebar."""
        quick or self.settle()
        box = self.sidebar.get_by_label(label, exact=True)
        choice = self.page.get_by_role("option", name=option, exact=True)

        def chosen():
            """Open the list and choose. A page that moves may close the list, and one that runs may draw it anew."""
            try:
                if box.get_attribute("aria-expanded") == "true":
                    box.press("Escape")  # it was opened where there was no room for it, while an expander was opening
                box.evaluate("box => box.scrollIntoView({ block: 'center' })")  # a list closes when the page scrolls under it
                box.press("ArrowDown")
                choice.click(timeout=1000)
            except Error:
                return False
            return True

        until(chosen, f"{option} is chosen from the list {label}")

    def choose_data(self, title, quick=False):
        """Choose a data set by its picture."""
        quick or self.settle()
        self.sidebar.get_by_role("radio", name=title, exact=True).check(force=True)

    def enter(self, label, value, quick=False):
        """Type into a number field of the sidebar."""
        quick or self.settle()
        field = self.sidebar.get_by_label(label, exact=True)
        field.fill(str(value))
        field.press("Enter")

    def slide(self, label, key, times=1, quick=False):
        """Move a slider of the sidebar by its keys."""
        quick or self.settle()
        for _ in range(times):
            self.sidebar.locator(f'input[type=range][aria-label="{label}"]').press(key)

    def settings(self):
        """The values of all controls, by their labels."""
        self.settle()
        values = self.sidebar.evaluate("""sidebar => Object.fromEntries([...sidebar.querySelectorAll("input")]
            .filter(each => each.ariaLabel)
            .map(each => [each.ariaLabel, each.type === "checkbox" ? each.checked : each.ariaValueText ?? each.value]))""")
        for name in ("learning_rate", "reg", "batch_size"):
            values[name] = self.find(f"{name}-number").input_value()
        return values

    def live(self, name, value):
        """Type a value for one of the three live controls."""
        field = self.find(f"{name}-number")
        field.fill(str(value))
        field.press("Enter")

    def alerts(self):
        return self.page.get_by_test_id("stAlert")
