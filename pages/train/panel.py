"""The sidebar of Train: a preset to start from, then data, network and training. Shows only what applies."""

from functools import partial

import streamlit as st

from nnlib.data import DataError, load_points, parse_points, points_as_csv, save_points
from nnlib.experiment.settings import MAX_LAYERS, MAX_UNITS, PENALTY_AND_SEED, Experiment
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import bounded, group_widgets, layer_activations, preset_menu, refuse
from pages.train.drawing.dialog import open_dialog, points_dialog
from pages.train.settings import LIMIT, LIVE, may_be_open, with_dataset
from pages.train.thumbnails import thumbnail
from pages.train.words import DRAW, LAYERS, NO_LIMIT, POINTS_FORMAT
from pages.ui.plain_text import plain

FILE_TYPES = ("csv", "tsv", "txt")
# What came of the uploaded file: how it was read, or why it was refused. The other is None.
HOW_READ, REFUSAL = "points_how_read", "points_refusal"
EXAMPLE_FILE = "x,y,label\n-0.8,0.5,red\n0.3,-0.2,blue\n0.9,0.1,blue\n"


def settings_panel(state: PageState) -> None:
    """Draw the widgets; what they hold goes into `state.values`."""
    preset = st.container()
    st.subheader("Data")
    group_widgets(state, "Data", {"dataset": _dataset, "points": _points, "features": _features})
    st.subheader("Network")
    group_widgets(state, "Network", {"hidden": _hidden, "activations": _activations})
    st.subheader("Training")
    group_widgets(state, "Training", {"iterations": _limit}, without=LIVE)
    with st.expander(PENALTY_AND_SEED):
        group_widgets(state, PENALTY_AND_SEED)
    with preset:  # drawn last: it names what the others say
        preset_menu(state)


def _dataset(state):
    field = Experiment.FIELDS["dataset"]
    key = state.key("dataset")

    def chosen():
        picked = st.session_state.get(key)
        if picked in field.choices and picked != state.values["dataset"]:
            state.take(with_dataset(state.values, picked), but="dataset")
            state.touch()

    with st.container(key="data_sets"):
        st.radio(
            field.label,
            field.choices,
            field.choices.index(state.values["dataset"]),
            format_func=thumbnail,
            key=key,
            help=field.help,
            on_change=chosen,
            horizontal=True,
        )
        st.caption(field.title(state.values["dataset"]))


def _points(state):
    """Points of the learner's own: from a file, drawn, or made of a function."""
    _upload(state)
    _format()
    digest = state.values["points"]
    in_use = _stored(digest)
    label = "Draw points" if in_use is None else "Change them in a drawing"
    st.button(
        label, icon=":material/draw:", on_click=open_dialog, args=(digest,), key="points_draw", help=DRAW, width="stretch"
    )
    if in_use is not None:
        st.download_button(
            f"Download these {len(in_use.X):,} points",
            partial(points_as_csv, in_use),
            "points.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="points_download",
            help="As a CSV file, which can be uploaded again.",
            width="stretch",
        )

    def use(points):
        state.touch()
        st.session_state[HOW_READ] = st.session_state[REFUSAL] = None
        state.take({"points": points})

    points_dialog(use)


def _stored(digest):
    """The points in use, or None."""
    try:
        return load_points(digest) if digest else None
    except DataError:
        return None


def _format():
    with st.popover("Format of the file", icon=":material/table:", width="stretch"):
        st.markdown(POINTS_FORMAT)
        st.code(EXAMPLE_FILE.strip(), language=None)
        st.download_button(
            "Download this example", EXAMPLE_FILE, "points-example.csv", "text/csv", on_click="ignore", key="points_example"
        )


def _upload(state):
    field, key = Experiment.FIELDS["points"], state.key("points", "_file")

    def uploaded():
        state.touch()
        file = st.session_state[key]
        state.values["points"] = st.session_state[HOW_READ] = st.session_state[REFUSAL] = None  # those of the file before
        if file is None:
            return
        try:
            points = parse_points(file.getvalue())
            state.values["points"] = save_points(points)
            x1, x2, label = points.columns
            st.session_state[HOW_READ] = f"x₁ is “{x1}”, x₂ is “{x2}”, and the class is “{label}”. {points.note}"
        except DataError as error:
            st.session_state[REFUSAL] = str(error)

    file = st.file_uploader(field.label, FILE_TYPES, key=key, help=field.help, on_change=uploaded, max_upload_size=2)
    if file is None:
        return
    if why := st.session_state[REFUSAL]:
        refuse(state, f"{file.name}: {why}")
    else:
        st.caption(plain(f"In {file.name}, {st.session_state[HOW_READ]}"))


def _features(state):
    field = Experiment.FIELDS["features"]
    chosen = st.pills(
        field.label,
        field.choices,
        selection_mode="multi",
        default=state.values["features"],
        format_func=field.title,
        key=state.key("features"),
        help=field.help,
        on_change=state.touch,
    )
    if chosen:
        state.values["features"] = tuple(name for name in field.choices if name in chosen)
    else:
        refuse(state, "Choose at least one input: without any, the network knows nothing of a point.")


def _limit(state):
    limited = not may_be_open(state.settings) or st.toggle(
        "Stop after a number of iterations",
        state.values["iterations"] is not None,
        key=state.key("iterations", "_limit"),
        help=NO_LIMIT,
        on_change=state.touch,
    )
    state.values["iterations"] = (state.values["iterations"] or LIMIT) if limited else None
    if limited:
        bounded(state, "iterations")


def _activations(state):
    layer_activations(state, state.settings.activation_of_layers)


def _hidden(state):
    field = Experiment.FIELDS["hidden"]
    widths = list(state.values["hidden"])
    key = state.key("hidden", "_layers")
    layers = st.slider(field.label, 0, MAX_LAYERS, len(widths), key=key, help=LAYERS, on_change=state.touch)
    widths = [*widths, *(widths[-1:] or [30]) * MAX_LAYERS][:layers]
    if layers:
        for i in range(layers):
            if i % 2 == 0:  # a row for each two, so that Tab goes from layer to layer
                columns = st.columns(2) if layers > 1 else [st.container()]
            label = f"Units, layer {i + 1}" if layers > 1 else "Units"
            key = state.key("hidden", f"_{i}")
            widths[i] = columns[i % len(columns)].number_input(
                label, 1, MAX_UNITS, widths[i], step=1, key=key, help=field.help, on_change=state.touch
            )
    state.values["hidden"] = tuple(widths)
