"""How far the formula for the signal at the start is from freshly drawn networks, looking at real images.

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
WIDTHS, DEPTHS = (256, 512), (4, 8)
IMAGES, DRAWS = 200, 10
LIMIT = 10.0  # %
FIGURES = ("hidden, one draw", "hidden, mean", "output, one draw", "output, mean")


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

    settings = [
        {"init": init, "batch_norm": batch_norm, "depth": depth, "widths": (width,)}
        for init, batch_norm, width, depth in product(INITS, (False, True), WIDTHS, DEPTHS)
    ]
    return [each | _deviation(MlpExperiment(**each), X, y, draws) for each in settings]


def _deviation(experiment, X, y, draws):
    from nnlib.deep.signal_at_start import signal_at_start

    single = [signal_at_start(replace(experiment, seed=seed), X, y, 10) for seed in range(draws)]
    predicted = np.array([layer.predicted for layer in single[0]])
    measured = np.array([[layer.measured for layer in layers] for layers in single])
    one, mean = 100 * (measured / predicted - 1), 100 * (np.sqrt(np.mean(measured**2, axis=0)) / predicted - 1)
    worst = (one[:, :-1], mean[:-1], one[:, -1], mean[-1])
    return {name: float(np.abs(each).max()) for name, each in zip(FIGURES, worst)}


def rows(found):
    """One for each kind of first weights, with and without BatchNorm: the worst over widths and depths."""
    for init, batch_norm in product(INITS, (False, True)):
        of = [each for each in found if (each["init"], each["batch_norm"]) == (init, batch_norm)]
        worst = [max(each[name] for each in of) for name in FIGURES]
        yield [init + (", BatchNorm" if batch_norm else ""), *(f"{figure:.1f} %" for figure in worst)]


def targets(found, draws):
    mean, one = (max(each[name] for each in found) for name in ("hidden, mean", "hidden, one draw"))
    return [
        Target(f"hidden layers, mean of {draws} draws, worst", LIMIT, mean, " %"),
        Target(
            f"hidden layers, worst single draw of {draws}",
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
        show_table(title, ["first weights", *FIGURES], list(rows(found)))
        show_targets(targets(found, options.draws))
    return 0
