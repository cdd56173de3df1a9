"""The live view as a Streamlit component: HTML, CSS and JavaScript from pages/live/browser, and a few values back to Python.

What changes twenty times a second goes directly between the browser and the server's live route (nnlib/runs/server), without
Streamlit. Python receives: which run is on view, the values of the live sliders, the request to use the run's own settings,
the number of finished trials of a study, settings chosen in the picture of the network, the step that is to be explained, and
the request for a run of the page before Start (browser/pending_settings.js).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from nnlib.experiment.settings import Experiment
from nnlib.runs.store import check_writable
from pages.ui.base_path import base_path
from pages.ui.browser_modules import MODULES, modules_path

FOLDER = Path(__file__).parent / "browser"

NAMES = sorted({path.name for path in FOLDER.glob("*.js")} - {"replay.js"})

# All modules are asked for at once, else the browser would find each only in one that it has read.
SCRIPT = """
const modules = NAMES;
export default function (component) {
  const { parentElement } = component;
  const address = (name) => `${MODULES}/live-view/${name}`;
  for (const name of modules.splice(0)) {
    const link = document.createElement("link");
    document.head.append(Object.assign(link, { rel: "modulepreload", href: address(name) }));
  }
  const module = import(address("view.js"));
  module.then((view) => view.mount(component)).catch((error) => {
    const status = parentElement.querySelector("[data-testid=status-text]");
    if (status) status.textContent = `The live view could not be loaded (${error.message}). Reload the page.`;
  });
  return () => module.then((view) => view.unmount(parentElement));
}
""".replace("MODULES", MODULES).replace("NAMES", json.dumps(NAMES))

_component = st.components.v2.component(
    "backprop_lab_live_view",
    html=(FOLDER / "view.html").read_text(encoding="utf-8"),
    css=(FOLDER / "style.css").read_text(encoding="utf-8"),
    js=SCRIPT,
)

# Ends of the sliders. Numbers may be typed within the bounds of the settings.
SLIDERS: dict[str, tuple[float, float]] = {"learning_rate": (1e-5, 10.0), "reg": (1e-6, 10.0), "batch_size": (1, 1024)}


def ranges() -> dict[str, dict]:
    """For each live control: the ends of its slider, the bounds of a typed number, and its label."""
    found = {}
    for name, (low, high) in SLIDERS.items():
        field = Experiment.FIELDS[name]
        found[name] = {"low": low, "high": high, "least": field.low, "most": field.high, "label": field.label}
    return found


@st.cache_data(ttl=10, show_spinner=False)
def no_place_for_runs() -> str | None:
    """Why no run can be stored on this server, such as a full disk; None where one can."""
    try:
        check_writable()
    except OSError as error:
        return f"The server cannot store runs ({error.strerror or error}): please inform its operator"
    return None


def live_view(
    data: dict[str, Any],
    on_run: Callable[[str | None], None],
    on_adopt: Callable[[dict | None], None],
    on_live: Callable[[dict[str, float] | None], None] = lambda values: None,
    on_predicted: Callable[[dict | None], None] = lambda predicted: None,
    on_set: Callable[[dict], None] = lambda values: None,
    on_explain: Callable[[dict | None], None] = lambda message: None,
) -> None:
    """Mount the live view of one lab (browser/labs.js). A page shows one at a time.

    Parameters
    ----------
    data
        What browser/view.js reads:

        lab
            "train", "depth", "table", "study" or "search": the kind of run to start and to show.
        texts
            The texts of the lab, in the shape of `pages.train.words.LIVE_VIEW`; see below.
        settings, revision
            The settings of the widgets, as a dict, and a counter of the changes that the view must take over.
        run
            Id of the run on view, or None.
        adopt
            Whether the page is to take over that run's settings, because the link named no others.
        query
            Query string of a link to the settings.
        iterations
            Steps (or trials) of a run of these settings, None where that is not known yet.
        kind, classes
            "2d" or "image", and the number of classes.
        generated
            Train: whether other points of the data set can be drawn.
        preview
            The data to show before a run: the result of `pages.live.preview.preview`.
        problem
            Why no run can be started, or None.
        signal
            Depth: the signal of a newly initialised network, input side first, or None:
            {"layers": [{"layer": 1, "predicted": 0.02, "measured": 0.02 or None, "gradient_norm": 1e-7 or None}, …],
            "obstacle": what keeps the gradient from moving the weights (`nnlib.deep.obstacle`), or None}.
        references
            Depth: the report's accuracies, shown beside a run of the settings that they name: [{"label": "the report",
            "settings": {…}, "val_accuracy": [one per epoch] or None, "final": one at the end or None}, …].
        table
            Table: {"report": {"1": 0.508, …}}, the report's accuracy by number of hidden layers.
        limits
            Train: {"layers": most hidden layers, "units": most units in each}.
        explain
            Train: what is explained below the view, or None: {"name": a weight or bias as "W1[0,3]", "at": the step on the time
            slider or None, "place": coordinates of the example or None}.
    on_run, on_adopt, on_live, on_predicted, on_set, on_explain
        Called before the page's next run, with the id of the run on view or None, {"settings": those of the run on view}, the
        values of the live sliders, what the learner expected of a run that has ended: {"run", "label",
        "dataset", "expectation", "outcome"}, settings that were chosen in the view, by name, and what is to be explained:
        {"moment": {"run", "step", "changes", "past"} or None, "open", "name", "example"}, the last two where they were
        chosen. A study or a race also makes the page run when trials finish, at most once a second, and when its state changes.

    Notes
    -----
    Where the texts differ from lab to lab:

    controls
        {} where nothing can be changed during a run.
    story
        Table and study also have `before` (a sentence before a run), `finished`, `stopped` (how it ended) and, for a search,
        `paused`; they do not ask what the learner expects.
    result
        Its rules may use the run's settings by name, `layers` and `narrowest` of its network, and the `obstacle` at its start.
    diagnostics
        Depth: `read`, `healthy`, `slow` (a gradient per weight below 1e-8 in some layer), `dead` (more than 40 % of a layer's
        units), `obstacles` (one sentence for each, used as long as it stands). Both: `diverged`.
    signal
        Depth. {size} is the least size over the hidden layers, {power} its power of ten ("10⁻⁷"), {layer} the layer that has
        it. `title` before there is anything to draw, then `kept`, `faint`, `rising` (from {before}), `lost`, `gone` (zero),
        `grown` (here {size} is the largest), `regained` (from {before} to {size}), `broken` (not a finite number) or
        `diverged`; `biases` explains an output above a faint signal, `next` the dotted line of other settings, `drawn` why one
        draw differs from the run, `hint` the keys, or `tap` where there are none; `measured` stands where no layer is shown.
    table
        Table. `title` before the first network is done, `soFar` ({done} of {all}) until the last, then `asReport`, `collapse`
        (both with {from}, the least number of layers that learned nothing), `never`, `recovered` ({to} layers) or `mixed`
        ({learn} of {all}); `caption` and `captionSeeds` (with several seeds) explain the columns.
    study
        Study, search: {"axes": {"hidden": "hidden size", …}, "samplers": {"tpe": "TPE", …}}.
    """
    problem = data["problem"] or no_place_for_runs()
    key = f"live_view_{data['lab']}"  # each lab has a state of its own when one replaces another on the same page
    before = st.session_state.get(key) or {}

    def passed_to(handler: Callable, name: str) -> Callable[[], None]:
        def passed():
            if key in st.session_state:  # else the learner has left the page since
                handler(st.session_state[key].get(name))

        return passed

    _component(
        key=key,
        data={
            "base": base_path(),
            "modules": modules_path(),
            "ranges": ranges(),
            "request": before.get("request"),
            "set": (before.get("set") or {}).get("at"),
            **data,
            "problem": problem,
        },
        on_run_change=passed_to(lambda run: on_run(run if isinstance(run, str) else None), "run"),
        on_live_change=passed_to(on_live, "live"),
        on_adopt_change=passed_to(on_adopt, "adopt"),
        on_predicted_change=passed_to(on_predicted, "predicted"),
        on_set_change=passed_to(lambda chosen: on_set((chosen or {}).get("values", {})), "set"),
        on_explain_change=passed_to(on_explain, "explain"),
        on_trials_change=lambda: None,
        on_request_change=lambda: None,
    )
