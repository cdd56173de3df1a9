"""The live view as a Streamlit component: pages/live/ in the browser, a few values back to Python.

What moves twenty times a second goes between the browser and the hub, past Streamlit. Python hears of three things only:
which run is on view, where the live sliders came to rest, and that the run's own settings are wanted back.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from nnlib.experiment import FIELDS
from pages.shared.base_path import base_path
from pages.shared.texts import LABELS, LIVE_VIEW

FOLDER = Path(__file__).parents[1] / "live"
KEY = "live_view"

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

# Ends of the sliders; what may be typed is what FIELDS allows.
SLIDERS = {"learning_rate": (1e-5, 10.0), "reg": (1e-6, 10.0), "batch_size": (1, 1024)}


def ranges() -> dict:
    """For each live control the ends of its slider, and the least and the most that may be typed."""
    return {
        name: {"low": low, "high": high, "least": FIELDS[name].low, "most": FIELDS[name].high, "label": LABELS[name]}
        for name, (low, high) in SLIDERS.items()
    }


def live_view(data: dict, on_run: Callable, on_live: Callable, on_adopt: Callable):
    """Mount the view. `data` is what pages/live/view.js reads: settings, revision, run, query, kind, classes, preview, problem.

    on_run(id or None), on_live(values), on_adopt(settings) are called before the page's next run.
    """

    def heard(name, tell):
        def callback():
            value = st.session_state[KEY].get(name)
            tell(value)

        return callback

    _component(
        key=KEY,
        data={"base": base_path(), "ranges": ranges(), "texts": LIVE_VIEW, **data},
        on_run_change=heard("run", on_run),
        on_live_change=heard("live", on_live),
        on_adopt_change=heard("adopt", on_adopt),
    )
