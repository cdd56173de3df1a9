"""From a key press on a slider of a lesson to the new numbers on the page, in headless Chromium.

The server is started here. A key press moves the first logit of the softmax lesson by one step; what is waited for is that the
numbers that follow from it have changed and have been painted. The browser, its driver, this script and the server share the
cores, as on a learner's own machine.
"""

import argparse

from benchmarks.live import ROOT, chromium, seconds_row, streamlit, tab
from benchmarks.tables import Target, machine, show_machine, show_table, show_targets, write_json

SLIDER = 'input[type=range][aria-label="Logit z₁"]'
LIMIT = 0.3  # seconds
# What is measured: the link that opens the part, and the table whose numbers must change.
MEASURED = {
    "probabilities, K = 3": ("?K=3", "probabilities"),
    "probabilities, K = 6": ("?K=6", "probabilities"),
    "Jacobian, K = 3": ("?part=jacobian&K=3", "analytic"),
    "Jacobian, K = 6": ("?part=jacobian&K=6", "analytic"),
    "diag(ψ) − ψψᵀ, K = 6": ("?part=jacobian&K=6&view=matrix", "analytic"),
}

# Counts from the key to the frame after the change. Resolves in seconds.
WATCH = """
(table) => {
  const shown = () => document.querySelector(`[data-testid=${table}]`)?.textContent, before = shown();
  let pressed;
  document.addEventListener("keydown", () => { pressed = performance.now(); }, { capture: true, once: true });
  window.answered = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no new numbers within ten seconds")), 10000);
    const observer = new MutationObserver(() => {
      if (pressed === undefined || shown() === undefined || shown() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve((performance.now() - pressed) / 1000)));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
"""


def slider_seconds(page, address, query, table, samples):
    """Seconds from each of `samples` key presses to the new numbers."""
    page.goto(f"{address}/softmax{query}")
    if "part=" not in query:  # the first part asks before it shows
        page.get_by_text("show me").click(timeout=60_000)
        page.get_by_role("button", name="This is my answer").click()
    slider = page.locator(SLIDER)
    slider.wait_for(state="attached", timeout=60_000)
    page.get_by_test_id(table).wait_for(timeout=60_000)
    page.wait_for_timeout(1500)  # a learner looks at the page before moving anything
    slider.focus()
    times = []
    for sample in range(samples):
        page.evaluate(WATCH, table)
        page.keyboard.press("ArrowLeft" if sample % 20 < 10 else "ArrowRight")
        times.append(page.evaluate("window.answered"))
        page.wait_for_timeout(300)
    return times


def measure(samples):
    times = {}
    with streamlit("app.py", ROOT) as (address, _, _), chromium() as browser:
        for name, what in MEASURED.items():
            with tab(browser) as page:
                times[name] = slider_seconds(page, address, *what, samples)
    return times


def targets(times):
    return [Target(f"{name}: slider to new numbers, worst", LIMIT, max(each), " s") for name, each in times.items()]


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks lessons", description=__doc__.split("\n")[0])
    parser.add_argument("--samples", type=int, default=20, help="key presses for each figure")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about = machine()
    times = measure(options.samples)
    if options.json:
        write_json({"benchmark": "lessons", "machine": about, "seconds": times}, targets(times))
    else:
        show_machine(about)
        rows = [seconds_row(name, each) for name, each in times.items()]
        show_table(
            "From a key press on a slider to new numbers, seconds", ["what", "median", "95 of 100", "most", "samples"], rows
        )
        show_targets(targets(times))
    return 0
