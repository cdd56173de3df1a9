"""Part 2: why a deep network of tiny weights learns nothing, and what mends it.

A network of this part's own begins with the page's settings; what is tried on it here changes nothing there.
"""

from dataclasses import replace

import streamlit as st

from nnlib.deep.settings import MAX_DEPTH, MlpExperiment
from nnlib.deep.signal_at_start import can_draw, predicted_spreads
from nnlib.support.number_text import number_text
from nnlib.symbolic.derivation import signal as derived
from pages.depth.signal import look
from pages.depth.why_chart import why_chart
from pages.depth.why_table import why_table
from pages.depth.why_words import meaning
from pages.lesson.browser_storage import memory
from pages.lesson.derivation_view import derivation_view
from pages.lesson.lessons import DEPTH
from pages.lesson.part_on_view import show_part
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view

INIT, STD = MlpExperiment.FIELDS["init"], MlpExperiment.FIELDS["std"]
EXPERIMENT = "experiment"  # the part that a learner goes on to
DRAWS = 10
TRIED = ("depth", "init", "std", "batch_norm")  # what may be changed here
DERIVATIONS = {
    "The sum": derived.sum_of_a_unit,
    "The ReLU": derived.half_of_a_normal,
    "All layers": derived.all_layers,
    "What keeps it": derived.he_variance,
    "The way back": derived.gradient_of_a_unit,
}
MENDS = r"""
- **He**: $\sigma^2 = 2/n$ for every layer's own $n$, so that each factor is 1. Nothing else has to change.
- **Orthogonal**: as large as He's where a layer narrows, and no two units of a layer begin alike. It keeps the signal as well.
- **BatchNorm** divides every unit's sums by their spread over the batch: whatever $\sigma$ did to them is undone, layer by
  layer.
- **A larger σ** is no cure. A factor of 1 needs $\sigma = \sqrt{2/n}$: 0.026 where 3,072 pixels come in, 0.2 where 50
  units do. With one σ for all layers, some grow and others fade, and what suits one width does not suit another.
- **No weight decay**, or AdamW, which keeps the decay out of the gradient, is half a cure. The signal is as small as
  before, but nothing drowns it: with the report's widths three layers learn, four begin late or not at all, as luck has
  it, and with five nothing is learned in ten epochs.
"""


def why(experiment: MlpExperiment):
    """Draw it, beginning with the settings of `experiment`."""
    st.session_state["lesson"] = DEPTH.key  # predict() notes it
    st.markdown(
        "The report found it, and had no explanation: with one and two hidden layers its network learned, with a third it did "
        r"not, and the loss stayed at $\log 10 \approx 2.303$, that of guessing. The weights began as random numbers with a "
        r"standard deviation of $\sigma = 0.001$, the biases at 0."
    )
    if predict(
        "signal_factor",
        r"A layer has $n = 50$ inputs to each unit, weights with $\sigma = 0.001$, and a ReLU. How much of the mean square of "
        "its inputs is left in what it puts out?",
        ["About a half", "About 1/1,000", "About 1/40,000"],
        "About 1/40,000",
        r"A unit adds up $n$ products of an input and a weight, so the mean square of the sums is $n\sigma^2$ times that of "
        r"the inputs. The ReLU sets half of the sums to 0. That leaves $n\sigma^2/2 = 50 \cdot 10^{-6}/2 = 1/40{,}000$.",
    ):
        _derivation()
        _measured(experiment)
        st.header("What mends it", anchor=False)
        st.markdown(MENDS)
        st.button(
            "To the experiment: see it happen, and mend it",
            icon=":material/arrow_forward:",
            type="primary",
            key="why_onward",
            on_click=_take_along,
        )
    memory()


def _take_along():
    """The network that was looked at becomes the page's, and its experiment comes on view."""
    network = st.session_state["why_network"]
    state = st.session_state[DEPTH.key]
    state.take({name: getattr(network, name) for name in TRIED})
    state.touch()
    show_part(DEPTH.key, EXPERIMENT)


@st.fragment
def _derivation():
    st.header("One layer, all layers, and back", anchor=False)
    name = st.segmented_control(
        "Derivation",
        DERIVATIONS,
        default=next(iter(DERIVATIONS)),
        required=True,
        key="why_derivation",
        persist_state="session",
        label_visibility="collapsed",
    )
    derivation_view(DERIVATIONS[name](), key=f"why_{name}")


@st.fragment
def _measured(experiment):
    st.header("Predicted and measured, before any training", anchor=False)
    st.markdown("Set the hidden layers to 3 and read what is left of signal and gradient. Then look for what mends it.")
    network, draws = _controls(experiment)
    st.session_state["why_network"] = network
    layers, note = look(network, draws), ""
    if layers is None:
        network = replace(network, dataset="digits")
        layers, note = look(network, draws), "CIFAR-10 is not on this machine: the images are digits of 8 × 8 pixels. "
    why_chart(layers)
    st.caption(note + _told(draws, layers))
    st.html(why_table(network, layers))
    st.markdown(meaning(network, layers))
    source_view(predicted_spreads, r"\sqrt{q_l}, \quad q_l = \frac{n_l \sigma^2}{2} \, q_{l-1}")


def _told(draws, layers):
    if layers[0].measured is None:
        return "This network is too large to be drawn for a look: predictions only."
    if draws > 1:
        return f"Dashed: predicted. Points: measured with 200 images, mean squares over {draws} draws of the weights."
    return (
        "Dashed: predicted. Points: measured with 200 images, in one draw of the weights. One draw strays from the prediction "
        "by about 1/√width in each layer, and layers add up: few units, much luck."
    )


def _controls(experiment):
    """The network to look at, and how often to draw it. Other settings of the page begin anew."""
    if st.session_state.get("why_from") != experiment:
        st.session_state["why_from"] = experiment
        st.session_state["why_beginnings"] = st.session_state.get("why_beginnings", 0) + 1

    def own(name):
        return {"key": f"why_{name}_{st.session_state['why_beginnings']}", "persist_state": "session"}

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        depth = st.slider("Hidden layers", 1, MAX_DEPTH, experiment.depth, width=200, **own("depth"))
        init = st.selectbox(
            INIT.label, INIT.choices, INIT.choices.index(experiment.init), format_func=INIT.title, width=200, **own("init")
        )
        std = experiment.std
        if init == "normal":
            choices = sorted({*STD.marks, std})
            std = st.select_slider("σ", choices, std, format_func=number_text, width=200, **own("std"))
        batch_norm = st.toggle("BatchNorm", experiment.batch_norm, **own("batch_norm"))
        network = replace(experiment, depth=depth, init=init, std=std, batch_norm=batch_norm)
        can = can_draw(network, DRAWS)
        many = st.toggle(
            f"Average over {DRAWS} draws",
            disabled=not can,
            help="The formula holds on average over the weights; one draw strays from it."
            if can
            else "The network is too large.",
            **own("draws"),
        )
    return network, DRAWS if many and can else 1
