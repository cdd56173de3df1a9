"""The sidebar of Train: a preset to start from, then data, network and training. Shows only what applies."""

import streamlit as st

from nnlib.data import DATASETS, DataError, parse_points, save_points
from nnlib.experiment.settings import MAX_ITERATIONS, MAX_LAYERS, MAX_UNITS
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import applies, bounded, choice, decay, preset_menu, sigma, widget
from pages.train.settings import with_dataset
from pages.train.words import HELP, LABELS


def settings_panel(state: PageState):
    """Draw the widgets; what they hold goes into `state.values`."""
    with st.sidebar:
        preset = st.container()
        st.subheader("Data")
        _data(state)
        st.subheader("Network")
        _network(state)
        st.subheader("Training")
        _training(state)
        with preset:  # drawn last: it names what the others say
            preset_menu(state)


def _data(state):
    key, shown = state.key("dataset"), state.values["dataset"]

    def chosen():
        picked = st.session_state.get(key)
        if picked in DATASETS and picked != shown:
            state.take(with_dataset(state.values, picked), but="dataset")
            state.touch()

    st.selectbox(
        LABELS["dataset"],
        list(DATASETS),
        list(DATASETS).index(shown),
        format_func=lambda name: DATASETS[name].title,
        key=key,
        help=HELP["dataset"],
        on_change=chosen,
    )
    if applies(state, "points"):
        _upload(state)
    if applies(state, "noise"):
        low, high = DATASETS[state.values["dataset"]].noise_range
        widget(state, "noise", st.slider, min_value=low, max_value=high, step=0.01)
    if applies(state, "train_share"):
        bounded(state, "train_share", st.slider, step=0.05)
    if applies(state, "standardise"):
        widget(state, "standardise", st.toggle)
        widget(state, "flips", st.toggle)


def _upload(state):
    key = state.key("points", "_file")

    def uploaded():
        state.touch()
        file = st.session_state[key]
        if file is None:
            return
        try:
            state.values["points"] = save_points(parse_points(file.getvalue()))
        except DataError as error:
            state.messages = [f"{file.name}: {error}"]

    st.file_uploader(LABELS["points"], type="csv", key=key, help=HELP["points"], on_change=uploaded, max_upload_size=2)


def _network(state):
    widths = list(state.values["hidden"])
    key = state.key("hidden", "_layers")
    layers = st.slider(LABELS["hidden"], 0, MAX_LAYERS, len(widths), key=key, help=HELP["layers"], on_change=state.touch)
    widths = [*widths, *(widths[-1:] or [30]) * MAX_LAYERS][:layers]
    if layers:
        for i in range(layers):
            if i % 2 == 0:  # a row for each two, so that Tab goes from layer to layer
                columns = st.columns(2) if layers > 1 else [st.container()]
            label = f"Units, layer {i + 1}" if layers > 1 else "Units"
            key = state.key("hidden", f"_{i}")
            widths[i] = columns[i % len(columns)].number_input(
                label, 1, MAX_UNITS, widths[i], step=1, key=key, help=HELP["hidden"], on_change=state.touch
            )
    state.values["hidden"] = tuple(widths)
    choice(state, "activation")
    choice(state, "init")
    if applies(state, "std"):
        sigma(state)


def _training(state):
    widget(state, "iterations", st.number_input, min_value=1, max_value=MAX_ITERATIONS, step=1000)
    choice(state, "optimiser")
    with st.expander("Schedule, penalty and seed"):
        choice(state, "schedule")
        if applies(state, "lr_decay"):
            decay(state)
        choice(state, "penalty")
        bounded(state, "seed", st.number_input, step=1)
