"""The live view of one of Depth's labs: one network ("depth"), or the report's table ("table")."""

from typing import Any
from urllib.parse import urlencode

from nnlib.data import DATASETS
from nnlib.deep.settings import CLUSTER, SPLIT_SEED, DepthTable, MlpExperiment
from pages.depth.settings import DEPTH
from pages.lesson.browser_storage import store_in_browser
from pages.lesson.part_on_view import PARAMETER
from pages.live.download import offer_conversion
from pages.live.live_view import live_view
from pages.live.missing_data import missing_data
from pages.live.prediction import record_live_prediction
from pages.live.preview import data_preview
from pages.settings.page_state import PageState
from pages.settings.settings_url import link_parameters


def lab(state: PageState, settings: MlpExperiment | DepthTable, part: str | None, texts: dict, **data: Any) -> None:
    """Draw the live view.

    settings  those that Start begins with, of the class that the lab's kind of run has
    part      what the address calls the part, None for the first
    data      what only this lab shows
    """
    network = settings.network if isinstance(settings, DepthTable) else settings
    elsewhere = network.device == CLUSTER  # its workers have data of their own
    missing = None if elsewhere else missing_data(network.dataset)
    shown = None if missing else data_preview(network.dataset, SPLIT_SEED)
    if not (shown or missing or elsewhere):
        offer_conversion(network.dataset, DATASETS[network.dataset].title)
    link = link_parameters(DEPTH, state.settings) | ({PARAMETER: part} if part else {})

    def on_adopt(wanted):
        if wanted:
            state.adopt(settings.from_dict, wanted["settings"], but=("depth",) if state.lab == "table" else ())

    live_view(
        {
            **state.for_live_view,
            "texts": texts,
            "settings": settings.to_dict(),
            "query": urlencode(link, safe=","),
            "name": state.name,
            "kind": "image",
            "classes": DATASETS[network.dataset].classes,
            "preview": shown,
            "problem": state.problem or missing,
            "signal": None,
            "references": [],
            "table": None,
            **data,
        },
        on_run=state.show_run,
        on_adopt=on_adopt,
        on_predicted=lambda predicted: record_live_prediction("depth", predicted),
    )
    store_in_browser()
