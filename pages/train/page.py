"""The live page: settings in the sidebar, everything that moves in the live view."""

import streamlit as st

from nnlib.data import DATASETS
from nnlib.experiment.settings import Experiment
from pages.live.live_view import live_view
from pages.live.missing_data import missing_data
from pages.live.preview import preview
from pages.settings.page_state import page_state, write_address
from pages.settings.settings_url import query_string
from pages.train.panel import settings_panel
from pages.train.settings import LIVE, TRAIN
from pages.train.words import LIVE_VIEW

state = page_state(TRAIN, "train")
settings_panel(state)
experiment = state.settings
write_address(state)

for message in state.messages:
    st.warning(message, icon=":material/link_off:")

entry = DATASETS[experiment.dataset]
problem = missing_data(experiment.dataset)
if entry.upload and experiment.points is None:
    problem = "Upload a CSV file of points on the left first"

shown = None
if not problem:
    shown = preview(experiment.dataset, experiment.noise, experiment.train_share, experiment.seed, experiment.points)
    if shown is None and entry.upload:
        problem = "These points are no longer kept: upload their CSV file again"


def heard_run(run):
    state.run = run
    state.touch()


def heard_live(values):
    state.values.update({name: values[name] for name in LIVE if name in (values or {})})
    state.touch()


def heard_adopt(wanted):
    if wanted:
        state.adopt(Experiment, wanted["settings"])


live_view(
    {
        "lab": "train",
        "texts": LIVE_VIEW,
        "settings": experiment.to_dict(),
        "revision": state.revision,
        "run": state.run,
        "query": query_string(TRAIN, experiment),
        "iterations": experiment.iterations,
        "kind": entry.kind,
        "classes": len(shown["classes"]) if shown else entry.classes,
        "preview": shown,
        "problem": problem,
    },
    on_run=heard_run,
    on_live=heard_live,
    on_adopt=heard_adopt,
)
