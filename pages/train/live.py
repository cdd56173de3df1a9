"""What shows the settings of Train: the live view, with what is above and below it."""

from contextlib import suppress

from nnlib.data import DATASETS
from nnlib.experiment.settings import MAX_LAYERS, MAX_UNITS, Experiment
from pages.live.live_view import live_view
from pages.live.missing_data import missing_data
from pages.live.missions import missions
from pages.live.prediction import record_live_prediction
from pages.live.preview import network_preview
from pages.settings.page_state import PageState, show_name, write_address
from pages.settings.settings_url import query_string
from pages.train.one_step.choice import one_step_choice
from pages.train.one_step.explained import Explained, explained, first_weight
from pages.train.one_step.panel import one_step_panel
from pages.train.settings import LIVE, SET_IN_VIEW, TRAIN, with_limit
from pages.train.words import LIVE_VIEW
from pages.ui.messages import show_messages, where_the_settings_are


def live(state: PageState) -> None:
    """Draw it, for the settings as they are now."""
    experiment = with_limit(state.settings)
    choice = one_step_choice()
    write_address(state, choice.parameters)

    show_messages([*state.messages, *choice.messages])
    show_name(state)
    where_the_settings_are()
    missions("train", state.run, state.follow)

    entry = DATASETS[experiment.dataset]
    problem = missing_data(experiment.dataset)
    if entry.upload and experiment.points is None:
        problem = state.problem or "Upload or draw points in the settings first"

    picture = None
    if not problem:
        picture = network_preview(experiment)
        if picture is None and entry.upload:
            problem = "These points are no longer stored: upload or draw them again"

    def on_explain(message: dict | None) -> None:
        if choice.take(message):
            choice.name = first_weight(choice)

    def on_live(values: dict[str, float] | None) -> None:
        state.values.update({name: values[name] for name in LIVE if name in (values or {})})
        state.touch()

    def on_adopt(request: dict | None) -> None:
        if request:
            state.adopt(Experiment.from_dict, request["settings"])

    def on_set(values: dict) -> None:
        with suppress(ValueError):  # the browser may have other limits than the server
            state.take(
                {name: Experiment.FIELDS[name].check(name, value) for name, value in values.items() if name in SET_IN_VIEW}
            )
            state.touch()

    explanation = explained(choice)
    live_view(
        {
            **state.for_live_view,
            "texts": LIVE_VIEW,
            "settings": experiment.to_dict(),
            "query": query_string(TRAIN, experiment),
            "name": state.name,
            "iterations": experiment.iterations,
            "kind": entry.kind,
            "generated": entry.noise is not None,
            "classes": len(picture["classes"]) if picture else entry.classes,
            "preview": picture,
            "problem": problem,
            "limits": {"layers": MAX_LAYERS, "units": MAX_UNITS},
            "explain": choice.name
            and {
                "name": choice.name,
                "at": choice.at,
                "place": explanation.place if isinstance(explanation, Explained) else None,
            },
        },
        on_run=state.show_run,
        on_adopt=on_adopt,
        on_live=on_live,
        on_predicted=lambda predicted: record_live_prediction("train", predicted),
        on_set=on_set,
        on_explain=on_explain,
    )
    one_step_panel(choice, explanation)
