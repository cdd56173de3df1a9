"""Part 6: a right gradient that is too small to learn from. The signal's size, and the gradient's, layer by layer."""

import streamlit as st

from nnlib.presets import PRESETS
from nnlib.signal_sizes import WIDTHS, LayerSizes, mean_square, random_images, report_network, signal_sizes
from pages.parts.gradient_check.signal_chart import signal_chart
from pages.shared.number_text import decimal, scientific
from pages.shared.predict import predict
from pages.shared.settings_url import link_parameters
from pages.shared.source_view import source_view
from pages.shared.train_settings import TRAIN

SIGMAS = {"0.001": 1e-3, "0.01": 1e-2, "0.1": 0.1}
HE = "√(2/n), He"
LAYERS = range(1, len(WIDTHS) + 1)
ADAM = 1e-8  # what Adam adds to the size that it divides a gradient by
CELL = "padding:3px 14px 3px 0;text-align:right;white-space:nowrap;border:0;border-top:1px solid rgba(128,128,128,.35)"


def signal_and_depth():
    st.markdown(
        "A gradient can be right and of no use. In a report on CIFAR-10, networks with one and two hidden layers "
        r"learned; with a third nothing did, and the loss stayed at $\log 10$. All weights began as random numbers of standard "
        r"deviation $\sigma = 0.001$, all biases at 0."
    )
    if not predict(
        "signal_factor",
        r"A layer has $n = 50$ inputs to each unit, weights with $\sigma = 0.001$, and a ReLU. How much of the mean square of "
        "its inputs is left in what it puts out?",
        ["About a half", "About 1/1,000", "About 1/40,000"],
        "About 1/40,000",
        r"A unit adds up $n$ products of an input and a weight, so the mean square of the sums is $n\sigma^2$ times that of "
        r"the inputs. The ReLU sets half of the sums to 0. That leaves $n\sigma^2/2 = 50 \cdot 10^{-6}/2 = 1/40{,}000$.",
    ):
        return
    with st.container(horizontal=True):
        hidden = _choose("Hidden layers", LAYERS, 3, "depth")
        sigma = _choose("σ of the weights", [*SIGMAS, HE], "0.001", "sigma")
    X, y = random_images()
    layers = signal_sizes(_network(hidden, sigma), X, y)
    table, chart = st.columns([5, 6], gap="large")
    with table:
        st.html(_table(mean_square(X), layers))
    with chart:
        signal_chart(mean_square(X), layers)
    st.markdown(_told(layers))
    with st.container(horizontal=True, vertical_alignment="center"):
        source_view(signal_sizes, r"\overline{(a^{(l+1)})^2} \approx \tfrac{n\sigma^2}{2}\;\overline{(a^{(l)})^2}")
        st.page_link(
            "train.py",
            label="See it on Train: three layers learn nothing",
            icon=":material/arrow_forward:",
            query_params=link_parameters(TRAIN, PRESETS["vanishing"]),
        )


def _choose(label, options, default, key):
    return st.segmented_control(
        label, options, default=default, required=True, key=key, bind="query-params", persist_state="session"
    )


def _network(hidden, sigma):
    return report_network(hidden, *(("he", 1.0) if sigma == HE else ("normal", SIGMAS[sigma])))


def _table(images, layers):
    heads = ("", "inputs <i>n</i>", "factor <i>nσ</i>²/2", "signal", "gradient")
    head = "".join(f'<th scope="col" style="{CELL};border-top:0;font-weight:400;opacity:.8">{each}</th>' for each in heads)
    rows = _row("images", ("", "", _figure(images), ""))
    for l, layer in enumerate(layers, start=1):
        last = l == len(layers)
        factor = _figure(layer.factor) + ("*" if last else "")
        figures = (str(layer.inputs), factor, _figure(layer.signal), _figure(layer.gradient))
        rows += _row("output" if last else f"layer {l}", figures)
    return (
        '<div style="overflow-x:auto" tabindex="0"><table data-testid="signal-sizes" style="border-collapse:collapse;'
        'font-size:16px;font-variant-numeric:tabular-nums"><caption style="caption-side:top;text-align:left;color:inherit">'
        "Mean squares of what each layer puts out, and of the gradient of its weights</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        '<div style="font-size:13px;opacity:.8">200 random images of CIFAR-10’s size, numbers from −1 to 1. The factors hold '
        "on average, one draw strays from them. * The output has no ReLU: <i>nσ</i>².</div>"
    )


def _row(name, figures):
    cells = "".join(f'<td style="{CELL}">{figure}</td>' for figure in figures)
    return f'<tr><th scope="row" style="{CELL};text-align:left;font-weight:400">{name}</th>{cells}</tr>'


def _figure(value):
    """Two digits that matter."""
    return scientific(value) if value < 1e-2 else decimal(value, 2)


def _told(layers: list[LayerSizes]):
    """What the figures mean for learning."""
    told = (
        r"Each layer multiplies the mean square by its $n\sigma^2/2$ once more: three layers of equal $n$ by "
        r"$(n\sigma^2/2)^3$. What the signal loses, the gradients lose with it. "
    )
    gradients = [layer.gradient for layer in layers]
    if max(gradients) < ADAM**2:
        return told + (
            "**Here the gradient of every layer's weights is below $10^{-8}$, in root mean square** (a mean square below "
            "$10^{-16}$). Adam, the optimiser of the report, divides each gradient by its own size plus $10^{-8}$: where the "
            "gradient is smaller than that, its steps shrink with it, and the weights hardly leave where they began. Only the "
            "biases of the last layers still move, and they can learn no more than how frequent each class is. The network "
            "does not lack units, it lacks a signal."
        )
    if min(layer.factor for layer in layers) > 0.9:
        return told + (
            r"**$\sigma^2 = 2/n$ makes that factor 1.** The signal arrives about as large as it went in, and the gradients "
            "do too. With this alone, three layers learn as well as one."
        )
    if max(layer.factor for layer in layers) > 1:
        return told + r"Too large a $\sigma$ is no cure: $n$ differs from layer to layer, so one grows while the next fades."
    return told + "Adam divides each gradient by its own size, so it can still make up for gradients as small as these."
