"""How far the formulas for signal and gradient at the start are from freshly drawn networks, looking at real images.

A prediction is for the mean over all draws of the weights. So each setting is measured in single draws, of which the worst
counts, and with squares averaged over all of them. The output has ten units only, whatever the width of the layers before it:
it varies more, and is listed separately.
"""

import argparse
from dataclasses import replace
from itertools import product

import numpy as np

from benchmarks.tables import Target, machine, show_table, show_targets, write_json

INITS = ("normal", "he", "xavier", "torch", "orthogonal")
CURES = {
    "": {},
    "BatchNorm": {"batch_norm": True},
    "LayerNorm": {"layer_norm": True},
    "residual": {"residual": True},
    "residual, LayerNorm": {"residual": True, "layer_norm": True},
}
WIDTHS, DEPTHS = (256, 512), (4, 8)
IMAGES, DRAWS = 200, 10
LIMIT = 10.0  # %
FIGURES = ("hidden, one draw", "hidden, mean", "output, one draw", "output, mean", "gradient, mean")


def images():
    """(X, y, what they are): the first training images of CIFAR-10, or random ones where it is not."""
    from nnlib.data import DataError
    from nnlib.deep.settings import MlpExperiment
    from nnlib.deep.signal_at_start import probe_images

    try:
        data = MlpExperiment().load()
    except DataError:
        rng = np.random.default_rng(0)
        return rng.uniform(-1, 1, (IMAGES, 3072)), rng.integers(0, 10, IMAGES), "random images"
    return probe_images(data.X_train, IMAGES), data.y_train[:IMAGES], "images of CIFAR-10"


def deviations(X, y, draws):
    """For each setting: in % of the prediction, the worst layer of any single draw, and of the average over all of them."""
    from nnlib.deep.settings import MlpExperiment

    return [
        {"init": init, "cure": cure, "depth": depth, "width": width}
        | _deviation(MlpExperiment(init=init, depth=depth, widths=(width,), **CURES[cure]), X, y, draws)
        for init, cure, width, depth in product(INITS, CURES, WIDTHS, DEPTHS)
    ]


def _deviation(experiment, X, y, draws):
    from nnlib.deep.signal_at_start import signal_at_start

    single = [signal_at_start(replace(experiment, seed=seed), X, y, 10) for seed in range(draws)]
    signal = _percent(single, "predicted", "measured")
    gradient = _percent(single, "gradient_predicted", "gradient_measured")
    worst = (signal[0][:, :-1], signal[1][:-1], signal[0][:, -1], signal[1][-1], gradient[1][:-1])
    return {name: float(np.abs(each).max()) for name, each in zip(FIGURES, worst)}


def _percent(draws, predicted, measured):
    """By how many % the single draws (draws, layers), and the mean of their squares (layers,), are off the prediction."""
    expected = np.array([getattr(layer, predicted) for layer in draws[0]])
    found = np.array([[getattr(layer, measured) for layer in layers] for layers in draws])
    return 100 * (found / expected - 1), 100 * (np.sqrt(np.mean(found**2, axis=0)) / expected - 1)


def rows(found):
    """One for each kind of initial weights, with each cure: the worst over widths and depths."""
    for init, cure in product(INITS, CURES):
        of = [each for each in found if (each["init"], each["cure"]) == (init, cure)]
        worst = [max(each[name] for each in of) for name in FIGURES]
        yield [", ".join(filter(None, (init, cure))), *(f"{figure:.1f} %" for figure in worst)]


def targets(found, draws):
    one, mean, gradient = (max(each[name] for each in found) for name in ("hidden, one draw", "hidden, mean", "gradient, mean"))
    return [
        Target(f"signal of hidden layers, mean of {draws} draws, worst", LIMIT, mean, " %"),
        Target(f"gradient of hidden layers, mean of {draws} draws, worst", LIMIT, gradient, " %"),
        Target(
            f"signal of hidden layers, worst single draw of {draws}",
            LIMIT,
            one,
            " %",
            note="luck of the draw: about 1/√width a layer, and layers add up",
        ),
    ]


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks signal", description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=DRAWS, help="networks drawn for each setting")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about = machine()
    X, y, what = images()
    found = deviations(X, y, options.draws)
    if options.json:
        write_json(
            {"benchmark": "signal", "machine": about, "images": what, "deviations": found}, targets(found, options.draws)
        )
    else:
        title = f"Worst deviation from the predicted spread, {len(X)} {what}, widths {WIDTHS}, depths {DEPTHS}"
        show_table(title, ["initial weights", *FIGURES], list(rows(found)))
        show_targets(targets(found, options.draws))
    return 0
