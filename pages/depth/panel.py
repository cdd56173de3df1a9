"""The sidebar of Depth: what the collapse is about in sight, all else folded. Shows only what applies."""

import re

import streamlit as st

from nnlib.data import DATASETS
from nnlib.deep.settings import CLUSTER, MAX_DEPTH, MAX_WIDTH
from pages.depth.devices_here import devices_here
from pages.depth.settings import DEPTH, one_network
from pages.depth.words import BEST_NEEDS_A_GPU, CHOICES, HELP, LABELS, NO_SCHEDULER
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import applies, bounded, choice, decay, preset_menu, sigma, widget

SEVERAL = 3  # seeds show a spread
POLL = 1.0  # seconds between two looks for the devices


def panel(state: PageState, table: bool):
    """Draw the widgets; what they hold goes into `state.values`. table: several depths and seeds instead of one depth."""
    with st.sidebar:
        preset, shape = st.container(), st.container()
        _first_weights(state)
        with st.expander("Network"):
            _widths(state)
            choice(state, "activation")
            bounded(state, "dropout", st.slider, step=0.05)
        with st.expander("Training"):
            _training(state)
        with st.expander("Data and augmentation"):
            choice(state, "dataset", told=lambda name: DATASETS[name].title.partition(",")[0])
            bounded(state, "shift", st.slider)
            widget(state, "flips", st.toggle)
        with st.expander("Device and seed"):
            _device(state)
            bounded(state, "seed", st.number_input, step=1)
        with shape:
            _depths(state) if table else bounded(state, "depth", st.slider)
            _shape(state, table)
        with preset:  # drawn last: it names what the others say
            preset_menu(state)
            if DEPTH.preset_of(state.settings) == "best":
                st.caption(BEST_NEEDS_A_GPU)


def _first_weights(state):
    choice(state, "init")
    if applies(state, "std"):
        sigma(state)
    widget(state, "batch_norm", st.toggle)


def _depths(state):
    key, before = state.key("depths"), state.values["depths"]
    chosen = st.pills(
        LABELS["depths"],
        range(1, MAX_DEPTH + 1),
        selection_mode="multi",
        default=before,
        key=key,
        help=HELP["depths"],
        on_change=state.touch,
    )
    state.values["depths"] = tuple(sorted(chosen)) or before
    if not chosen:
        st.error("Choose at least one depth.")
    bounded(state, "seeds", st.slider)
    if state.values["seeds"] < SEVERAL:

        def several():
            state.take({"seeds": SEVERAL})
            state.touch()

        st.button(f"Take {SEVERAL} seeds, to see the spread", key="several_seeds", on_click=several)


def _shape(state, table):
    """The network that results, the deepest of them on the table."""
    values = state.values | ({"depth": max(state.values["depths"])} if table else {})
    experiment = one_network(DEPTH.kind(**values))
    units = " → ".join(map(str, experiment.sizes))
    st.caption(f"{'The deepest: ' if table else ''}{units}, {experiment.weights:,} weights")


def _widths(state):
    key = state.key("widths")
    typed = st.text_input(
        LABELS["widths"],
        ", ".join(map(str, state.values["widths"])),
        max_chars=80,
        key=key,
        help=HELP["widths"],
        on_change=state.touch,
    )
    try:
        state.values["widths"] = DEPTH.kind.parse("widths", re.sub(r"[\s,;]+", ",", typed.strip(" ,;")))
    except ValueError:
        st.error(f"Type 1 to {MAX_DEPTH} whole numbers from 1 to {MAX_WIDTH:,}, such as 50, 40, 30, 20, or 512 for all layers.")


def _training(state):
    choice(state, "optimiser")
    bounded(state, "learning_rate", st.number_input, step=1e-4, format="%g")
    bounded(state, "weight_decay", st.number_input, step=1e-4, format="%g")
    choice(state, "schedule")
    if applies(state, "lr_decay"):
        decay(state)
    bounded(state, "label_smoothing", st.slider, step=0.05)
    bounded(state, "batch_size", st.number_input, step=50)
    bounded(state, "epochs", st.number_input, step=1)


def _device(state):
    found = devices_here()
    titles = found.titles if found else {}

    def told(name):
        if name in CHOICES:
            return CHOICES[name]
        return f"{name}: {titles[name]}" if name in titles else name

    options = [*dict.fromkeys(["auto", *titles, state.values["device"]])]
    choice(state, "device", options, told)
    device = state.values["device"]
    if found is None:
        _wait_for_devices()
        st.caption("Looking for devices.")
    elif titles:
        st.caption(" ".join(_devices_told(found, device)))
    if (found.best if found and device == "auto" else device or "").startswith(("cuda", CLUSTER)):
        choice(state, "precision")


def _devices_told(found, chosen):
    """Sentences: what there is, and what is missing."""
    yield f"The best here: {found.titles[found.best]}."
    if found.cuda:
        yield f"No NVIDIA GPU: {found.cuda}."
    if CLUSTER in found.titles:
        yield f"{'Chosen:' if chosen == CLUSTER else 'There is also'} {found.titles[CLUSTER]}."
    elif found.cluster:
        yield f"No GPU of the lab: {found.cluster}."
    elif chosen == CLUSTER:
        yield NO_SCHEDULER


@st.fragment(run_every=POLL)
def _wait_for_devices():
    if devices_here():
        st.rerun()
