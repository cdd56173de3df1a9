"""The live view of a study."""

import os
from urllib.parse import urlencode

from nnlib.data import DATASETS
from nnlib.studies.axes import AXES
from nnlib.studies.study_settings import StudySettings
from pages.shared.live_view import live_view
from pages.shared.missing_data import missing_data
from pages.shared.page_state import PageState
from pages.shared.settings_url import link_parameters
from pages.shared.tuning_settings import TUNING, wishes_of
from pages.shared.tuning_texts import BEFORE, STORY

LAB = "study"


def live(state: PageState, study: StudySettings, problem: str | None):
    """Draw the live view. study: what Start begins; problem: why it cannot, or None."""
    if problem is None and not os.environ.get("NNLIB_SCHEDULER"):  # its workers have data of their own
        problem = missing_data(study.dataset)

    def heard_run(run):
        state.run = run
        state.touch()

    def heard_adopt(wanted):
        if wanted:
            _adopt(state, wanted["settings"])

    live_view(
        {
            "lab": LAB,
            "texts": {
                "controls": {},
                "story": {**STORY, "before": BEFORE[study.figure]},
                "result": {},
                "diagnostics": {},
                "study": {"axes": {name: axis.title for name, axis in AXES.items()}},
            },
            "settings": study.to_dict(),
            "revision": state.revision,
            "run": state.run,
            "query": urlencode(link_parameters(TUNING, state.settings), safe=","),
            "iterations": study.trials,
            "kind": "image",
            "classes": DATASETS[study.dataset].classes,
            "preview": None,
            "problem": problem,
        },
        on_run=heard_run,
        on_live=lambda values: None,
        on_adopt=heard_adopt,
    )


def _adopt(state, told):
    """Make the settings of a study, as the browser tells them, the page's."""
    state.touch()
    try:
        study = StudySettings.from_dict(told)
    except ValueError as error:
        state.messages = [str(error)]
    else:
        state.take(vars(wishes_of(study)))
