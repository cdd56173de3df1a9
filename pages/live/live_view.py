"""The live view as a Streamlit component: pages/live/ in the browser, a few values back to Python.

What moves twenty times a second goes between the browser and the hub, past Streamlit. Python hears of few things only:
which run is on view, where the live sliders came to rest, that the run's own settings are wanted back, how many trials of a
study are done, and that Start waits for the newest settings (pages/live/browser/arrivals.js).
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from nnlib.experiment.settings import Experiment
from pages.live.base_path import base_path

FOLDER = Path(__file__).parent / "browser"

# A module imported from a blob cannot resolve "/live-view/…" by itself, so the address is made whole first.
SCRIPT = """
export default function (component) {
  const { data, parentElement } = component;
  const module = import(new URL(`${data.base}/live-view/view.js`, location.origin).href);
  module.then((view) => view.mount(component)).catch((error) => {
    const status = parentElement.querySelector("[data-testid=status-text]");
    if (status) status.textContent = `The live view could not be loaded (${error.message}). Reload the page.`;
  });
  return () => module.then((view) => view.unmount(parentElement));
}
"""

_component = st.components.v2.component(
    "backprop_lab_live_view",
    html=(FOLDER / "view.html").read_text(encoding="utf-8"),
    css=(FOLDER / "style.css").read_text(encoding="utf-8"),
    js=SCRIPT,
)

# Ends of the sliders; what may be typed is what the settings allow.
SLIDERS = {"learning_rate": (1e-5, 10.0), "reg": (1e-6, 10.0), "batch_size": (1, 1024)}


def ranges() -> dict:
    """For each live control the ends of its slider, and the least and the most that may be typed."""
    found = {}
    for name, (low, high) in SLIDERS.items():
        field = Experiment.FIELDS[name]
        found[name] = {"low": low, "high": high, "least": field.low, "most": field.high, "label": field.label}
    return found


def live_view(data: dict, on_run: Callable, on_live: Callable, on_adopt: Callable):
    """Mount the view. `data` is what browser/view.js reads. It serves several labs (browser/labs.js), one on a page:

    lab         "train", "depth", "table", "study" or "search": what kind of run it starts and shows
    texts       the words of the lab, see below
    settings    those of the widgets, as a dict;  revision: counts the changes that the view must take over
    run         id of the run on view, or None;  query: what a link to the settings holds
    iterations  steps of a run of these settings, None where that is not known yet
    kind        "2d" or "image";  classes: how many;  preview: what pages/live/preview.py makes, or None
    problem     why no run can be started, or None
    signal      depth: what reaches each layer of a freshly drawn network, input side first, to show before a run:
                {"layers": [{"layer": 1, "predicted": 0.02, "measured": 0.02 or None, "gradient_norm": 1e-7 or None}, …],
                 "obstacle": what keeps the gradient from the weights, as nnlib.deep.signal_at_start names it, or None}, or None
    references  depth: the report's accuracies, to be drawn beside a run of the settings that it names: [{"label": "the report",
                "settings": {…}, "val_accuracy": [one for each epoch] or None, "final": one for the end or None}, …]
    table       table: {"report": {"1": 0.508, …}}, the report's accuracy by number of hidden layers

    `texts` has the shape of pages.train.words.LIVE_VIEW. What differs from lab to lab:

    controls    {} where nothing can be changed during a run
    story       table and study, in addition: before (a sentence shown before a run), finished, stopped (how it ended), and a
                search's paused; they ask for no expectation
    result      rules may ask for the run's own settings by name, for any lab, and have `layers` and `narrowest` of its network,
                and the `obstacle` it began with
    diagnostics depth: read, healthy, slow (the gradient of a weight is below 1e-8 in a layer), dead (more than 40 % of a
                layer's units), obstacles (a sentence for each name, as long as it stands)
    signal      depth. {size} is the least spread over the hidden layers, as a number; {power} its power of ten, "10⁻⁷"; {layer}
                where it is:
                {"title": "What reaches each layer",                           until there is anything to draw
                 "kept": "The signal arrives whole",
                 "faint": "The signal arrives faint: about {power} of it comes out of {layer}",
                 "lost": "The signal is lost: about {power} of it comes out of {layer}",
                 "gone": "The signal is lost: nothing of it comes out of {layer}",
                 "grown": "The signal grows out of hand, to {size} in {layer}",   here {size} is the largest spread
                 "regained": "Training has brought the signal back, from {before} to {size}",
                 "broken": "The signal is no longer a finite number",
                 "next": "The dotted line is what the settings on the left would start with.",     when these are others
                 "hint": "Point at a layer, or walk with the arrow keys, to read its figures."}
    table       table. {from}: the least number of hidden layers that learned nothing, in words; {done}, {all}, {learn} count:
                {"title": "Validation accuracy at each depth",                 before the first network is done
                 "soFar": "{done} of {all} networks are trained",              until every depth is done
                 "asReport": "As in the report: nothing is learned from {from} layers on",
                 "collapse": "Nothing is learned from {from} layers on",
                 "never": "Nothing is learned at any depth",
                 "recovered": "Every depth learns, up to {to} layers",
                 "mixed": "{learn} of {all} networks learn",
                 "caption": "…",            what the columns hold
                 "captionSeeds": "…"}       the same with several seeds, where ± is the standard deviation

    study       study, search: {"axes": {"hidden": "hidden size", …}, "samplers": {"tpe": "TPE", …}}

    on_run(id or None), on_live(values), on_adopt(settings) are called before the page's next run. A study, or a race, has the
    page run again when trials are done, once a second at most, and when its state changes.
    """
    key = f"live_view_{data['lab']}"  # each lab keeps its own state when one gives way to another on the same page
    request = (st.session_state.get(key) or {}).get("request")

    def heard(name, tell):
        def callback():
            tell(st.session_state[key].get(name))

        return callback

    _component(
        key=key,
        data={"base": base_path(), "ranges": ranges(), "request": request, **data},
        on_run_change=heard("run", lambda run: on_run(run if isinstance(run, str) else None)),
        on_live_change=heard("live", on_live),
        on_adopt_change=heard("adopt", on_adopt),
        on_trials_change=lambda: None,
        on_request_change=lambda: None,
    )
