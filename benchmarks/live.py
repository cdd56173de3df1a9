"""The live page with headless Chromium watching, against the same run unwatched and against an empty Streamlit app.

The servers are started here, with a run folder that is thrown away. The parts:

spiral, cifar10   One run at full speed, watched and unwatched in turn, and `python -m nnlib train` with the same settings while
                  it is paused. Steps are counted from the moment one row of losses is written to the moment a later one is:
                  in the run's events.jsonl, or on the command's output; frames are those that the view counts as drawn.
                  Unwatched means that the tab shows an empty page: the hub then reports to the worker that nobody is
                  watching. The memory of the worker and of the server is read while the tab watches.
scrub             From moving the time slider of a paused run to the earlier step drawn on every part of the page, at random
                  steps that are fetched from the server, and at the same steps again.
start             From pressing Start to the first frame drawn, in a tab that is open already.
control           From an input event on the learning-rate slider to the worker's `control` event arriving in the browser.
paint             First contentful paint, and the page's own content on view (Home and the empty app: the heading; Train:
                  the Start button), each load in a browser profile that has cached nothing. Loads take turns.

The browser, its driver and this script share the cores with the server and the worker, as on a learner's own machine.
"""

import argparse
import contextlib
import json
import operator
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.tables import Target, machine, median, percentile, show_machine, show_table, show_targets, write_json

ROOT = Path(__file__).parent.parent
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SETTLE_SECONDS = 2.0  # after a change from watched to unwatched or back
LONG = 1_000_000  # iterations: a run that does not end while it is measured
PARTS = ("spiral", "cifar10", "scrub", "start", "control", "paint")

# Notes when a `control` event arrives, without touching the page's own code.
RECORD_CONTROLS = """
window.controlTimes = [];
const Native = window.WebSocket;
window.WebSocket = class extends Native {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string" && data.includes('{"event": "control"')) window.controlTimes.push(performance.now());
    });
  }
};
"""


# The server and the browser


@contextlib.contextmanager
def streamlit(app, folder):
    """A server for the script `app` in `folder`. Yields its address, its process and its run folder, and ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    with tempfile.TemporaryDirectory(prefix="backprop-lab-bench-") as scratch, open(Path(scratch) / "log", "w+") as log:
        environment = {**os.environ, "NNLIB_RUNS": str(Path(scratch) / "runs")}
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", app, *where], cwd=folder, env=environment, stdout=log, stderr=log
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(f"{address}/_stcore/health", process), 60, "the server to start")
            yield address, process, Path(scratch) / "runs"
        except Exception:
            log.seek(0)
            print(log.read()[-2000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(url, process):
    if process.poll() is not None:
        raise RuntimeError(f"The server ended with code {process.returncode}.")
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def tab(browser, script=None):
    """A tab in a profile of its own, as large as a projector's screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        page = context.new_page()
        if script:
            page.add_init_script(script)
        yield page
    finally:
        context.close()


def wait_until(true, seconds, what):
    end = time.monotonic() + seconds
    while not (answer := true()):
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {seconds} s for {what}.")
        time.sleep(0.01)
    return answer


# Driving the live page


def open_train(page, url):
    """Open the live page and wait until Start can be pressed."""
    page.goto(url)
    page.locator("[data-testid=play][aria-disabled=false]").wait_for(timeout=60_000)
    page.get_by_test_id("pace-full").check()


def view(page):
    return page.get_by_test_id("live-view")


def press_start(page):
    """Press Start and return the seconds until the first frame is drawn. The clock is the browser's."""
    return view(page).evaluate(
        """async (view) => {
          const before = view.dataset.frames, started = performance.now();
          view.querySelector("[data-testid=play]").click();
          while (view.dataset.frames === before) {
            await new Promise(requestAnimationFrame);
            if (performance.now() - started > 60000) throw new Error("no frame within a minute");
          }
          return (performance.now() - started) / 1000;
        }"""
    )


def press_play(page, state):
    """Press Pause or Resume, and wait for the state that follows."""
    page.get_by_test_id("play").click()
    page.locator(f"[data-testid=live-view][data-state={state}]").wait_for(timeout=30_000)


def stop(page):
    page.get_by_test_id("stop").click()
    page.locator("[data-testid=live-view][data-state=stopped]").wait_for(timeout=30_000)


def run_of(page):
    """The id of the run on view, once the address bar names it."""
    named = wait_until(lambda: parse_qs(urlsplit(page.evaluate("location.href")).query).get("run"), 30, "the run's address")
    return named[0]


# Watched against unwatched


def watched_and_unwatched(browser, address, server, runs, preset, rounds, seconds):
    """One run, watched, unwatched and on the command line in turn: what it does in each case, and its memory."""
    found = {"frames_per_second": [], "watched": [], "unwatched": [], "command_line": [], "draw_share": []}
    with tab(browser) as page:
        open_train(page, f"{address}/train?{query_of(preset)}")
        press_start(page)
        log = runs / run_of(page) / "events.jsonl"
        url = page.evaluate("location.href")
        for turn in range(rounds):
            page.locator("[data-testid=live-view][data-frames]").wait_for(timeout=30_000)
            time.sleep(SETTLE_SECONDS)
            before = drawn(page)
            found["watched"].append(steps_per_second(log, seconds))
            after = drawn(page)
            passed = after["at"] - before["at"]
            found["frames_per_second"].append((after["frames"] - before["frames"]) / passed)
            found["draw_share"].append((after["spent"] - before["spent"]) / passed)
            if not turn:
                found["memory"] = {"worker": memory(worker_of(server, log.parent)), "server": memory(server.pid)}
            page.goto("about:blank")
            time.sleep(SETTLE_SECONDS)
            found["unwatched"].append(steps_per_second(log, seconds))
            page.goto(url)
            page.locator("[data-testid=stop][aria-disabled=false]").wait_for(timeout=30_000)
            press_play(page, "paused")
            found["command_line"].append(steps_of_command(preset, seconds))
            press_play(page, "running")
        stop(page)
    for other in ("unwatched", "command_line"):
        found[f"watched / {other}"] = median(map(operator.truediv, found["watched"], found[other]))
    return found


def query_of(preset):
    from nnlib.experiment.presets import PRESETS
    from pages.settings.settings_url import query_string
    from pages.train.settings import TRAIN

    return query_string(TRAIN, replace(PRESETS[preset], iterations=LONG))


def steps_of_command(preset, seconds):
    """Steps a second of `python -m nnlib train`."""
    command = [sys.executable, "-m", "nnlib", "train", "--preset", preset, "--iterations", str(LONG), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        rows = ((time.perf_counter(), row) for row in map(json.loads, process.stdout) if row["event"] == "metrics")
        next(rows)
        settled = time.perf_counter() + SETTLE_SECONDS
        first_at, first = next((at, last_step(row)) for at, row in rows if at >= settled)
        last_at, last = next((at, last_step(row)) for at, row in rows if at >= first_at + seconds)
        return (last - first) / (last_at - first_at)
    finally:
        process.kill()
        process.wait()


def last_step(row):
    """The last step in a row of losses."""
    return row["first"] + len(row["loss"]) - 1


def drawn(page):
    """What the view has counted since it was opened: frames drawn, seconds of drawing, and the browser's clock in seconds."""
    return view(page).evaluate(
        """({ dataset }) => ({
          frames: Number(dataset.frames), spent: Number(dataset.drawMs) / 1000, at: performance.now() / 1000,
        })"""
    )


def steps_per_second(log, seconds):
    """Steps between one row of events.jsonl and a row at least `seconds` later, over the time between the two."""
    first_at, first = next_row(log)
    time.sleep(seconds)
    last_at, last = next_row(log)
    return (last - first) / (last_at - first_at)


def next_row(log):
    """Wait until a row of metrics is written. Returns when, and the step that it reaches."""
    before = log.stat().st_size
    at = wait_until(lambda: log.stat().st_size > before and time.perf_counter(), 30, "the run to go on")
    time.sleep(0.01)  # for the whole line to be there
    with open(log, "rb") as file:
        file.seek(before)
        lines = file.read().split(b"\n")
    row = next((event for event in map(json.loads, filter(None, lines[:-1])) if event["event"] == "metrics"), None)
    return (at, last_step(row)) if row else next_row(log)


def worker_of(server, folder):
    """The process id of the worker of the run in `folder`, a child of the server."""
    import psutil

    for child in psutil.Process(server.pid).children():
        if str(folder) in child.cmdline():
            return child.pid
    raise RuntimeError("The run has no process.")


def memory(pid):
    """RSS counts what a process shares with others in full, PSS its share of it, USS leaves it out. MiB; None where unknown."""
    import psutil

    info = psutil.Process(pid).memory_full_info()
    return {name: round(getattr(info, name) / 2**20, 1) if hasattr(info, name) else None for name in ("rss", "pss", "uss")}


# Times


def scrub_seconds(browser, address, samples):
    """{"fetched": […], "again": […]}: seconds from a move of the time slider to the picture of that step."""
    with tab(browser) as page:
        open_train(page, f"{address}/train?iterations={LONG}")
        press_start(page)
        slider = page.get_by_test_id("time-range")
        wait_until(lambda: int(slider.get_attribute("max")) > 3 * samples, 120, "enough snapshots")
        press_play(page, "paused")
        page.wait_for_timeout(1000)
        positions = random.sample(range(0, 3 * samples, 3), samples)  # the neighbours of a step are fetched with it
        times = {what: [move_time(slider, page, position) for position in positions] for what in ("fetched", "again")}
        stop(page)
    return times


def move_time(slider, page, position):
    page.wait_for_timeout(random.uniform(100, 200))
    return slider.evaluate(
        """async (slider, position) => {
          const before = slider.ariaValueText, moved = performance.now();
          slider.value = position;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          while (slider.ariaValueText === before) {
            await new Promise(requestAnimationFrame);
            if (performance.now() - moved > 10000) throw new Error("no earlier step within ten seconds");
          }
          await new Promise((resolve) => setTimeout(resolve)); // after the frame in which all parts are drawn
          return (performance.now() - moved) / 1000;
        }""",
        position,
    )


def start_seconds(browser, address, rounds):
    times = []
    with tab(browser) as page:
        for _ in range(rounds):
            open_train(page, f"{address}/train?iterations={LONG}")
            page.wait_for_timeout(500)  # a learner looks at the page before pressing Start
            times.append(press_start(page))
            stop(page)
    return times


def control_seconds(browser, address, samples):
    with tab(browser, RECORD_CONTROLS) as page:
        open_train(page, f"{address}/train?iterations={LONG}")
        press_start(page)
        page.wait_for_timeout(2000)
        times = []
        for i in range(samples):
            page.wait_for_timeout(random.uniform(200, 450))  # anywhere within the worker's rhythm
            times.append(move_slider(page, 480 + 20 * (i % 2)))
        stop(page)
    return times


def move_slider(page, position):
    """Seconds until the worker's answer to a move of the learning-rate slider is in the browser."""
    return view(page).evaluate(
        """async (view, position) => {
          const slider = view.querySelector("[data-testid=learning_rate-range]");
          const before = window.controlTimes.length, moved = performance.now();
          slider.value = position;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          while (window.controlTimes.length === before) {
            await new Promise((resolve) => setTimeout(resolve, 2));
            if (performance.now() - moved > 10000) throw new Error("no control event within ten seconds");
          }
          return (window.controlTimes[before] - moved) / 1000;
        }""",
        position,
    )


def paint_seconds(browser, address, empty, rounds):
    """{page: {"first_paint": […], "content": […]}}, after one load each that warms the servers up."""
    pages = {"empty": (empty, "h1"), "home": (address, "h1"), "train": (f"{address}/train", "[data-testid=play]")}
    times = {name: {"first_paint": [], "content": []} for name in pages}
    for turn in range(rounds + 1):
        for name, (url, content) in pages.items():
            first_paint, on_view = load(browser, url, content)
            if turn:
                times[name]["first_paint"].append(first_paint)
                times[name]["content"].append(on_view)
    return times


def load(browser, url, content):
    with tab(browser) as page:
        page.goto(url, wait_until="commit")
        page.locator(content).first.wait_for(timeout=60_000)
        on_view = page.evaluate("performance.now()")
        first_paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
        page.wait_for_timeout(300)  # let its requests end before the next page's turn
        return (first_paint or on_view) / 1000, on_view / 1000


@contextlib.contextmanager
def empty_app():
    """The address of an app that holds one title, served like ours: an st.App with the same configuration."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / ".streamlit", Path(folder) / ".streamlit")
        (Path(folder) / "app.py").write_text('import streamlit as st\n\napp = st.App("page.py")\n')
        (Path(folder) / "page.py").write_text('import streamlit as st\n\nst.title("Empty")\n')
        with streamlit("app.py", folder) as (address, _, _):
            yield address


# All of it


def measure(parts, rounds):
    """A dict with an entry for each part; a part that cannot be measured is a string that says why."""
    from nnlib.data import dataset_status

    found = {}
    with streamlit("app.py", ROOT) as (address, server, runs), chromium() as browser:
        if "spiral" in parts:
            say("spiral, watched and unwatched")
            found["spiral"] = watched_and_unwatched(browser, address, server, runs, "spiral", rounds, 5)
        if "cifar10" in parts:
            if dataset_status("cifar10").available:
                say("CIFAR-10, watched and unwatched")
                found["cifar10"] = watched_and_unwatched(browser, address, server, runs, "report", rounds, 5)
            else:
                found["cifar10"] = "CIFAR-10 is not here: set NNLIB_DATA, or python -m nnlib data fetch cifar10"
        if "scrub" in parts:
            say("time slider")
            found["scrub"] = scrub_seconds(browser, address, 5 * rounds)
        if "start" in parts:
            say("Start to the first frame")
            found["start"] = start_seconds(browser, address, 2 * rounds + 1)
        if "control" in parts:
            say("control to effect")
            found["control"] = control_seconds(browser, address, 10 * rounds)
        if "paint" in parts:
            say("first paint")
            with empty_app() as empty:
                found["paint"] = paint_seconds(browser, address, empty, 2 * rounds + 1)
    return found


def say(what):
    print(f"… {what}", file=sys.stderr, flush=True)


def targets(found):
    listed = []
    if spiral := found.get("spiral"):
        frames, steps = round(median(spiral["frames_per_second"]), 1), median(spiral["watched"])
        listed.append(Target("spiral, watched: frames drawn", 20, frames, " a second", at_least=True))
        listed.append(Target("spiral, watched: training steps", 6000, steps, " a second", at_least=True))
    if cifar10 := found.get("cifar10"):
        skipped = isinstance(cifar10, str)
        frames, ratio = (None, None) if skipped else (median(cifar10["frames_per_second"]), cifar10["watched / command_line"])
        note = cifar10 if skipped else ""
        listed.append(Target("CIFAR-10, watched: frames drawn", 18, frames, " a second", at_least=True, note=note))
        listed.append(Target("CIFAR-10, watched / command line", 0.95, ratio, at_least=True, note=note))
    for what, times in found.get("scrub", {}).items():
        listed.append(Target(f"Time slider to picture, {what}, median", 0.05, median(times), " s"))
    if start := found.get("start"):
        listed.append(Target("Start to the first frame, median", 0.7, median(start), " s"))
    if control := found.get("control"):
        listed.append(Target("control to effect, median", 0.1, median(control), " s"))
    for page in ("home", "train") if "paint" in found else ():
        for what, words in (("first_paint", "first paint"), ("content", "content on view")):
            listed.append(Target(f"{page.capitalize()}, {words} / empty app", 1.5, paint_ratio(found["paint"], page, what)))
    return listed


def paint_ratio(paint, page, what):
    """Our page against the empty app, each load against the empty app's in the same turn."""
    return median(ours / empty for ours, empty in zip(paint[page][what], paint["empty"][what]))


def show(found):
    for name in ("spiral", "cifar10"):
        if isinstance(found.get(name), dict):
            show_run(name, found[name])
    names = {"start": "Start to first frame", "control": "control to effect"}
    rows = [seconds_row(name, found[part]) for part, name in names.items() if part in found]
    rows += [seconds_row(f"time slider to picture, {what}", times) for what, times in found.get("scrub", {}).items()]
    for page, times in found.get("paint", {}).items():
        rows.append(seconds_row(f"{page}: first contentful paint", times["first_paint"]))
        rows.append(seconds_row(f"{page}: content on view", times["content"]))
    if rows:
        show_table("Times, seconds", ["what", "median", "95 of 100", "most", "samples"], rows)


def show_run(name, run):
    rows = [
        ["frames drawn a second, watched", *figures(run["frames_per_second"])],
        ["training steps a second, watched", *figures(run["watched"])],
        ["training steps a second, unwatched", *figures(run["unwatched"])],
        ["training steps a second, command line", *figures(run["command_line"])],
        ["share of the browser's time spent drawing", *figures([100 * share for share in run["draw_share"]], " %")],
    ]
    ratios = ", ".join(f"{ratio} {run[ratio]:.2f}×" for ratio in ("watched / unwatched", "watched / command_line"))
    show_table(f"{name}: {ratios}", ["what", "median", "least", "most"], rows)
    rows = [[who, *(run["memory"][who][kind] or "–" for kind in ("rss", "pss", "uss"))] for who in ("worker", "server")]
    show_table(f"{name}: memory, MiB", ["process", "RSS", "PSS", "USS"], rows)


def figures(values, unit=""):
    three = median(values), min(values), max(values)
    return [f"{value:,.0f}{unit}" if value >= 100 else f"{value:.1f}{unit}" for value in three]


def seconds_row(name, times):
    return [name, *(f"{value:.3f}" for value in (median(times), percentile(times, 0.95), max(times))), len(times)]


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks live", description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="the parts to measure")
    parser.add_argument("--rounds", type=int, default=3, help="turns of watched and unwatched; the others in proportion")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about = machine()
    found = measure(options.only, options.rounds)
    listed = targets(found)
    if options.json:
        write_json({"benchmark": "live", "machine": about, **found}, listed)
    else:
        show_machine(about)
        show(found)
        show_targets(listed)
    return 0
