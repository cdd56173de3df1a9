"""The sidebar of Depth: settings of the collapse first, the others in expanders. Shows only what applies."""

from dataclasses import replace

import streamlit as st

from nnlib.deep.devices_here import devices_here
from nnlib.deep.settings import AUGMENTATION, CLUSTER, DEVICE, MAX_DEPTH, NETWORK, START, TRAINING
from pages.depth.settings import DEPTH
from pages.depth.words import ABOUT_PRESET, NO_SCHEDULER, NOTHING_TO_ADD
from pages.settings.page_state import PageState
from pages.settings.setting_widgets import bounded, choice, group_widgets, layer_activations, preset_menu, refuse
from pages.ui.plain_text import plain_with_code

SEVERAL = 3  # seeds show a variation
POLL = 1.0  # seconds between two looks for the devices


def panel(state: PageState, table: bool) -> None:
    """Draw the widgets; what they hold goes into `state.values`. table: several depths and seeds instead of one depth."""
    with st.sidebar:
        preset, shape = st.container(), st.container()
        with shape:
            group_widgets(state, "Depths" if table else "Depth", {"depths": _depths, "seeds": _seeds, "cures": _cures})
        group_widgets(state, START)
        for group in (NETWORK, TRAINING, AUGMENTATION):
            with st.expander(group):
                without = ["channels"] if table else []
                group_widgets(state, group, {"activations": lambda state: _activations(state, table)}, without)
        with st.expander(DEVICE):
            group_widgets(state, DEVICE, {"device": _device}, without=["precision"])
        with shape:
            _shape(state, table)
        with preset:  # drawn last: it names what the others say
            preset_menu(state)
            if about := ABOUT_PRESET.get(DEPTH.preset_of(state.settings)):
                st.caption(about)


def _depths(state):
    field, key, before = DEPTH.fields["depths"], state.key("depths"), state.values["depths"]
    chosen = st.pills(
        field.label,
        range(1, MAX_DEPTH + 1),
        selection_mode="multi",
        default=before,
        key=key,
        help=field.help,
        on_change=state.touch,
    )
    state.values["depths"] = tuple(sorted(chosen)) or before
    if not chosen:
        refuse(state, "Choose at least one depth.")


def _cures(state):
    field = DEPTH.fields["cures"]
    state.values["cures"] = tuple(
        st.pills(
            field.label,
            field.choices,
            selection_mode="multi",
            default=state.values["cures"],
            format_func=field.title,
            key=state.key("cures"),
            help=field.help,
            on_change=state.touch,
        )
    )


def _seeds(state):
    bounded(state, "seeds")
    if state.values["seeds"] < SEVERAL:

        def several():
            state.take({"seeds": SEVERAL})
            state.touch()

        st.button(f"Take {SEVERAL} seeds, to see the variation", key="several_seeds", on_click=several)


def _network(state, table):
    """The network that results, the deepest of them on the table."""
    experiment = DEPTH.default.having(**state.values).network
    if not table:
        return experiment
    widths = experiment.widths[:1] if state.values["cures"] else experiment.widths
    return replace(experiment, depth=max(state.values["depths"]), widths=widths)


def _activations(state, table):
    layer_activations(state, _network(state, table).activation_of_layers)


def _shape(state, table):
    experiment = _network(state, table)
    units = " → ".join(map(str, experiment.sizes))
    if experiment.channels:
        shapes = [f"{side} × {side} × {channels}" for side, channels in zip(experiment.sides, experiment.channels)]
        height, width, colours = experiment.image_shape
        units = " → ".join([f"{height} × {width} × {colours}", *shapes, str(experiment.sizes[-1])])
    st.caption(f"{'The deepest: ' if table else ''}{units}, {experiment.weights:,} weights")
    if experiment.residual and not experiment.channels and not any(experiment.skips):
        st.caption(NOTHING_TO_ADD)


def _device(state):
    found = devices_here()
    titles = found.titles if found else {}

    def device_title(name):
        title = DEPTH.fields["device"].title(name)
        return f"{name}: {titles[name]}" if title == name and name in titles else title

    options = [*dict.fromkeys(["auto", *titles, state.values["device"]])]
    choice(state, "device", options, device_title)
    device = state.values["device"]
    if found is None:
        _wait_for_devices()
        st.caption("Looking for devices.")
    elif titles:
        st.caption(plain_with_code(" ".join(_device_sentences(found, device))))
    if ((found.best if found and device == "auto" else device) or "").startswith(("cuda", CLUSTER)):
        choice(state, "precision")


def _device_sentences(found, chosen):
    """Sentences, with texts of other machines: what there is, and what is missing."""
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
