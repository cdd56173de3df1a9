"""The sidebar of the live page: a preset to start from, then data, network and training. Shows only what applies."""

import streamlit as st

from nnlib.data import DATASETS, DataError, parse_points, save_points
from nnlib.experiment import FIELDS, MAX_ITERATIONS, MAX_LAYERS, MAX_UNITS
from nnlib.presets import PRESETS
from pages.shared.settings_url import applies
from pages.shared.texts import CHOICES, HELP, LABELS, OWN_SETTINGS
from pages.shared.texts import PRESETS as TITLES
from pages.shared.train_state import TrainState, choose_dataset, matching_preset

SIGMAS = (1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)


def settings_panel(state: TrainState):
    """Draw the widgets; what they hold goes into `state.values`."""
    with st.sidebar:
        _preset(state)
        st.subheader("Data")
        _data(state)
        st.subheader("Network")
        _network(state)
        st.subheader("Training")
        _training(state)


def _preset(state):
    """The presets as a menu. It has a new key for each name it shows, so that its value is never written from here: a browser
    that has not yet heard of a new name would send the old one back, as if the learner had chosen it."""
    own = "own"
    name = matching_preset(state.experiment) or own
    options = [*PRESETS, *([own] if name == own else [])]
    key = state.key("preset", f"_{name}")

    def chosen():
        picked = st.session_state.get(key)
        if picked in PRESETS and picked != name:
            state.take(PRESETS[picked])
            state.touch()

    st.selectbox(
        "Start from",
        options,
        index=options.index(name),
        format_func=lambda each: OWN_SETTINGS if each == own else TITLES[each],
        key=key,
        help=HELP["preset"],
        on_change=chosen,
    )


def _data(state):
    key, shown = state.key("dataset"), state.values["dataset"]

    def chosen():
        picked = st.session_state.get(key)
        if picked in DATASETS and picked != shown:
            choose_dataset(state, picked)

    st.selectbox(
        LABELS["dataset"],
        list(DATASETS),
        list(DATASETS).index(shown),
        format_func=lambda name: DATASETS[name].title,
        key=key,
        help=HELP["dataset"],
        on_change=chosen,
    )
    if _applies(state, "points"):
        _upload(state)
    if _applies(state, "noise"):
        low, high = DATASETS[state.values["dataset"]].noise_range
        _widget(state, "noise", st.slider, min_value=low, max_value=high, step=0.01)
    if _applies(state, "train_share"):
        field = FIELDS["train_share"]
        _widget(state, "train_share", st.slider, min_value=field.low, max_value=field.high, step=0.05)
    if _applies(state, "standardise"):
        _widget(state, "standardise", st.toggle)
        _widget(state, "flips", st.toggle)


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
    _choice(state, "activation")
    _choice(state, "init")
    if _applies(state, "std"):
        options = sorted({*SIGMAS, state.values["std"]})
        _widget(state, "std", st.select_slider, options=options, format_func=lambda value: f"{value:g}")


def _training(state):
    _widget(state, "iterations", st.number_input, min_value=1, max_value=MAX_ITERATIONS, step=1000)
    _choice(state, "optimiser")
    with st.expander("Schedule, penalty and seed"):
        _choice(state, "schedule")
        if _applies(state, "lr_decay"):
            _widget(state, "lr_decay", st.slider, min_value=FIELDS["lr_decay"].low, max_value=1.0, step=0.01)
        _choice(state, "penalty")
        _widget(state, "seed", st.number_input, min_value=0, max_value=int(FIELDS["seed"].high), step=1)


def _applies(state, name):
    return applies(name, state.experiment)


def _widget(state, name, make, **options):
    """Draw a setting's widget. Its value goes in as the default: one put into the session state reaches no browser that has
    missed the run that put it there."""
    options.setdefault("value", state.values[name])
    state.values[name] = make(LABELS[name], key=state.key(name), help=HELP[name], on_change=state.touch, **options)


def _choice(state, name):
    choices = FIELDS[name].choices
    state.values[name] = st.selectbox(
        LABELS[name],
        choices,
        choices.index(state.values[name]),
        format_func=lambda value: CHOICES.get(value, value),
        key=state.key(name),
        help=HELP[name],
        on_change=state.touch,
    )
