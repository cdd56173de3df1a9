"""The live view of a study or of a race of samplers."""

import os
from collections.abc import Callable
from urllib.parse import urlencode

from nnlib.data import DATASETS
from nnlib.studies.axes import AXES
from nnlib.studies.study_settings import SAMPLER_NAMES
from nnlib.support.settings import Settings
from pages.live.live_view import live_view
from pages.live.missing_data import missing_data
from pages.settings.page_state import PageState
from pages.settings.settings_url import link_parameters


def live(
    state: PageState,
    settings: Settings,
    trials: int,
    story: dict,
    adopt: Callable[[dict], None],
    problem: str | None = None,
    beside: dict | None = None,
) -> None:
    """Draw the live view.

    settings, trials  what Start begins: its settings, and how many trials it has
    story             what the line under the buttons says
    adopt             makes the settings of the run on view, as the browser sends them, the page's
    problem           why it cannot start, or None
    beside            parameters of a link that are not the settings' business
    """
    problem = state.problem or problem
    if problem is None and not os.environ.get("NNLIB_SCHEDULER"):  # remote workers have their own data
        problem = missing_data(settings.dataset)

    def on_adopt(wanted):
        if wanted:
            adopt(wanted["settings"])

    live_view(
        {
            **state.for_live_view,
            "texts": {
                "controls": {},
                "story": story,
                "result": {},
                "diagnostics": {},
                "study": {"axes": {name: axis.title for name, axis in AXES.items()}, "samplers": SAMPLER_NAMES},
            },
            "settings": settings.to_dict(),
            "query": urlencode(link_parameters(state.page, state.settings) | (beside or {}), safe=","),
            "iterations": trials,
            "kind": "image",
            "classes": DATASETS[settings.dataset].classes,
            "preview": None,
            "problem": problem,
        },
        on_run=state.show_run,
        on_adopt=on_adopt,
    )
