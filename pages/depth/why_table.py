"""The signal and the gradient of every layer as a table, beside what weight decay adds to the gradient."""

import math

from nnlib.deep.obstacle import decay_of_a_weight
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.signal_at_start import LayerSignal
from nnlib.support.number_text import decimal, number_text, scientific
from pages.ui.html_table import Html, Row, html_table

# A phone has no room for the second half of the table.
SWIPE = """<style>@media (min-width: 641px) { .swipe { display: none; } }</style>
<div class="swipe">Swipe the table to the left to see the gradients.</div>"""


def layer_names(layers: list[LayerSignal]) -> list[str]:
    return [*(f"layer {each.layer}" for each in layers[:-1]), "output"]


def why_table(experiment: MlpExperiment, layers: list[LayerSignal]) -> str:
    """The table as HTML."""
    relu, decay = _all_relu(experiment), decay_of_a_weight(experiment, layers[0]) > 0
    factor = Html("factor <i>Fσ</i>²/2" if relu else "<i>Fσ</i>²")
    spreads = ("outputs, predicted", "outputs, measured")
    gradients = (
        Html("∂<i>J</i>/∂<i>z</i>, predicted"),
        Html("∂<i>J</i>/∂<i>z</i>, measured"),
        Html("‖∂<i>J</i>/∂<i>W</i>‖"),
        "gradient of a weight",
    )
    heads = (
        "",
        Html("inputs <i>F</i>"),
        Html("<i>σ</i>"),
        factor,
        *spreads,
        *gradients,
        *(["weight decay adds"] if decay else []),
    )
    rows = []
    for name, each, skip in zip(layer_names(layers), layers, experiment.skips):
        last = each is layers[-1]
        passed = 0.5 if relu and not last else 1
        share = figure(skip + passed * each.inputs * each.deviation**2) + ("*" if relu and last else "")
        figures = (
            each.predicted, each.measured, each.gradient_predicted, each.gradient_measured, each.gradient_norm,
            each.gradient_of_a_weight,
        )  # fmt: skip
        cells = [f"{each.inputs:,}", number_text(each.deviation, 2), share, *map(figure, figures)]
        rows.append(Row(name, cells + ([figure(decay_of_a_weight(experiment, each))] if decay else [])))
    return (
        html_table("signal-by-layer", rows, heads, caption="Before any training, from the images to the output")
        + f'<div style="font-size:13px;opacity:.8">{SWIPE}{_notes(experiment)}</div>'
    )


def _all_relu(experiment):
    return set(experiment.activation_of_layers) == {"relu"}


def _notes(experiment):
    notes = [
        "Outputs, ∂<i>J</i>/∂<i>z</i> (of single images) and the gradient of a weight (a mean over the images) are root mean "
        "squares over the layer."
    ]
    if _all_relu(experiment):
        notes.append("* The output has no ReLU: <i>Fσ</i>².")
    else:
        names = " and ".join(sorted({*experiment.activation_of_layers} - {"relu"}))
        notes.append(f"The share that {names} leaves is worked out for a normal <i>z</i>.")
    if any(experiment.skips):
        notes.append("With a residual connection, the factor is 1 more: the sums of the layer before are added.")
    if experiment.normalised:
        norm, each = {"batch": ("BatchNorm", "units"), "layer": ("LayerNorm", "images")}[experiment.normalised]
        notes.append(
            f"{norm} comes between: only the factor of the output still counts. In the first layer it divides by very "
            f"different numbers, because the sums of some {each} vary more than those of others: where they vary little, the "
            "gradient is large. The prediction includes this."
        )
    if experiment.init == "torch":
        notes.append("Biases begin at random too, and add to the signal.")
    return " ".join(notes)


def figure(value: float | None) -> str:
    """Two significant digits; a dash where nothing was measured."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "too large"
    return decimal(value, 2) if 1e-2 <= value < 1e3 else scientific(value)
