"""Part 2: why a deep network with tiny weights learns nothing, and what helps.

This part has a network of its own. It starts with the page's settings; changes to it do not change the page's settings.
"""

from dataclasses import replace

import streamlit as st

from nnlib.deep.predicted_signal import predicted_layers
from nnlib.deep.settings import MAX_DEPTH, MlpExperiment
from nnlib.deep.signal_at_start import can_draw
from nnlib.support.number_text import number_text
from nnlib.symbolic.derivation import signal as derived
from pages.depth.signal import look
from pages.depth.why_chart import why_chart
from pages.depth.why_table import why_table
from pages.depth.why_words import meaning
from pages.lesson.browser_storage import store_in_browser
from pages.lesson.derivation_view import derivation_view
from pages.lesson.lessons import DEPTH
from pages.lesson.part_on_view import show_part
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view

INIT, STD, RESIDUAL = (MlpExperiment.FIELDS[name] for name in ("init", "std", "residual"))
EXPERIMENT = "experiment"  # the part that a learner goes on to
DRAWS = 10
NORMS = {"none": None, "BatchNorm": "batch", "LayerNorm": "layer"}
TRIED = ("depth", "widths", "init", "std", "batch_norm", "layer_norm", "residual")  # what may be changed here
DERIVATIONS = {
    "The sum": derived.sum_of_a_unit,
    "The ReLU": derived.half_of_a_normal,
    "All layers": derived.all_layers,
    "He initialisation": derived.he_variance,
    "The way back": derived.gradient_of_a_unit,
    "Residual": derived.residual_sum,
    "Residual, back": derived.residual_gradient,
    "LayerNorm": derived.normalised_by_layer,
}
CURES = r"""
- **He**: $\sigma^2 = 2/F$, with the $F$ of each layer, makes each factor 1. Nothing else has to change.
- **Orthogonal**: in a layer with no more units than inputs, the weight vectors of any two units are perpendicular and equally
  long. The weights are as large as with He, and the factor is 1 as well. With $M > F$ units, that is impossible: the layer
  stretches all directions of its inputs equally instead, and the factor is $F/M$.
- **Xavier**: $\sigma^2 = 2/(F + M)$ for $M$ units. If $M = F$, the sums are as large as the inputs, and the ReLU halves their
  mean square: the factor is 1/2. Three layers leave 1/8 of the mean square, enough to learn; sixteen leave 1/65,536.
- **PyTorch's default** draws uniformly from $-1/\sqrt F$ to $1/\sqrt F$, so $\sigma^2 = 1/(3F)$: the factor is 1/6. Three
  layers leave 1/216 of the mean square. Its biases are drawn from the same range, and add a little to the signal.
- **Another activation** does not help. tanh hardly changes small sums, so the half is missing from its factor,
  $F\sigma^2$. With $F = 50$ and $\sigma = 0.001$, that is 1/20,000 instead of 1/40,000.
- **BatchNorm** divides the sums of every unit by their standard deviation over the batch, after subtracting their mean.
  The derivation “LayerNorm” above holds for it too, with the images of the batch in place of the units. It undoes the
  effect of $\sigma$ if the variance of the sums is far above $10^{-5}$, which PyTorch adds to it before it divides. On the
  way back, each layer makes the gradient about 1.2 times as large. If sums have mean 0 and variance 1, the outputs
  of the ReLU have the mean square 0.5, but only the variance 0.34. BatchNorm subtracts the mean of the sums and divides by the
  standard deviation that is left, so the factor is $\sqrt{0.5/0.34} = 1.2$.
- **LayerNorm** does the same to the sums of every image, over the units of the layer. This has the same effect on
  the signal, but needs no batch: an image is treated alike in training and afterwards.
- **Normalisation and Adam**: normalisation makes up for small weights in the signal, but Adam's first step changes each weight
  by the learning rate, 0.001. With $\sigma = 0.001$ that is as large as the weight itself, so each of the first steps changes
  the outputs of all layers a lot. A few layers still learn, many do not: on digits with layers of 50 units, three layers reach
  98 % on validation with LayerNorm and over 99 % with BatchNorm; eight stay at chance with LayerNorm, and reach 78 to 90 % with
  BatchNorm; eight with He and LayerNorm reach 97 % (measured with this program, 20 epochs, batches of 50, seeds 0 and 1).
- **Residual connections** add the sums of the layer before to those of a layer. The factor of a layer is then
  $1 + F\sigma^2/2$, on both ways: it can never fall below 1, however small $\sigma$ is. With $\sigma = 0.001$, only the first
  and the last layer still shrink the signal, so any depth starts like a single hidden layer: on the same digits, 16 layers
  reach 94 % (seed 0). The layers must have equal widths. With He, each factor is 2, and the signal grows: deep residual
  networks have normalisation as well.
- **A larger σ** helps where it fits. A factor of 1 needs $\sigma = \sqrt{2/F}$: 0.026 for 3,072 pixels, 0.2 for 50 units. With
  one σ for all layers, the signal grows in some layers and fades in others. On digits with layers of 50 units, $\sigma = 0.1$
  is enough for three layers (97 % on validation), but sixteen stay at chance; with 0.2, sixteen reach 94 % (measured with
  this program, 20 epochs, batches of 50, seeds 0 and 1).
- **No weight decay**, or AdamW, which keeps the decay out of the gradient, helps in part. The signal and the gradient are as
  small as before, but the gradient no longer competes with the decay, and Adam divides it by its own size. With the report's
  widths, three layers learn: 44.7 to 45.8 % on validation after ten epochs, measured with this program and seeds 0 to 2. Four
  start late or do not learn, depending on the seed; five learn nothing in ten epochs.
"""


def why(experiment: MlpExperiment) -> None:
    """Draw the part. It starts with the settings of `experiment`."""
    st.session_state["lesson"] = DEPTH.key  # predict() records it
    st.markdown(
        r"In the report, written by a student in 2020, the network learned with one and two hidden layers, but not with three: "
        r"its accuracy was 8.7 %, that of guessing. Repeated with this program, the loss stays at $\log 10 \approx 2.303$. The "
        r"report's explanation is that the initial weights no longer matter in such a network. It does not state $\sigma$ and "
        r"the weight decay: in the exercise's starter code, the weights start as random numbers with a standard deviation of "
        r"$\sigma = 0.001$, the biases at 0, and the weight decay is 0.001."
    )
    if predict(
        "signal_factor",
        r"A layer has $F = 50$ inputs to each unit, weights with $\sigma = 0.001$, and a ReLU. How much of the mean square "
        "of its inputs is left in its outputs?",
        ["About a half", "About 1/1,000", "About 1/40,000"],
        "About 1/40,000",
        r"A unit adds up $F$ products of an input and a weight, so the mean square of the sums is $F\sigma^2$ times that of "
        r"the inputs. The ReLU sets half of the sums to 0. That leaves $F\sigma^2/2 = 50 \cdot 10^{-6}/2 = 1/40{,}000$.",
    ):
        _derivation()
        _measured(experiment)
        st.header("What helps", anchor=False)
        st.markdown(CURES)
        st.button(
            "Try it in the experiment",
            icon=":material/arrow_forward:",
            type="primary",
            key="why_onward",
            on_click=_try_in_experiment,
        )
    store_in_browser()


def _try_in_experiment():
    """Give the page the settings of this part's network, and show its experiment."""
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
    st.markdown("Set the hidden layers to 3 and read what is left of signal and gradient. Then find out what helps.")
    network, draws = _controls(experiment)
    st.session_state["why_network"] = network
    layers, note = look(network, draws), ""
    if layers is None:
        network = replace(network, dataset="digits")
        layers, note = look(network, draws), "CIFAR-10 is not on this machine: the images are digits of 8 × 8 pixels. "
    why_chart(layers)
    st.caption(note + _caption(draws, layers))
    st.html(why_table(network, layers))
    st.markdown(meaning(network, layers))
    source_view(predicted_layers, r"\sqrt{q_l}, \quad q_l = \frac{F_l \sigma^2}{2} \, q_{l-1}")


def _caption(draws, layers):
    if layers[0].measured is None:
        return "This network is too large to be drawn here: predictions only."
    if draws > 1:
        return f"Dashed: predicted. Points: measured with 200 images, mean squares over {draws} draws of the weights."
    return (
        "Dashed: predicted. Points: measured with 200 images, in one draw of the weights. One draw differs from the prediction "
        "by about 1/√width in each layer, and the differences of the layers add up: with few units, chance matters."
    )


def _controls(experiment):
    """The network to look at, and how often to draw it. They are reset when the settings of the page change."""
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
        shown = next(title for title, norm in NORMS.items() if norm == experiment.normalised)
        norm = NORMS[st.segmented_control("Normalisation", NORMS, default=shown, required=True, **own("norm"))]
        residual = st.toggle(RESIDUAL.label, experiment.residual, help=RESIDUAL.help, **own("residual"))
        widths = experiment.widths
        if residual and depth > 1 and not any(replace(experiment, depth=depth, residual=True).skips):
            widths = widths[:1]
            st.caption(f"All layers have {widths[0]} units here: residual connections need layers of equal width.")
        network = replace(
            experiment, depth=depth, widths=widths, init=init, std=std, batch_norm=norm == "batch", layer_norm=norm == "layer",
            residual=residual,
        )  # fmt: skip
        can = can_draw(network, DRAWS)
        many = st.toggle(
            f"Average over {DRAWS} draws",
            disabled=not can,
            help="The formula holds on average over the weights; one draw differs from it."
            if can
            else "The network is too large.",
            **own("draws"),
        )
    return network, DRAWS if many and can else 1
