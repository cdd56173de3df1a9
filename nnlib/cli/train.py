"""`python -m nnlib train`: train the NumPy network, and test it once."""

import sys
import time

from nnlib.cli.arguments import Commands, add_json, add_preset, add_settings, output_file, settings_of
from nnlib.cli.progress import ctrl_c_stops, follow, metrics_line, print_event, progress_bars
from nnlib.experiment.checkpoint import save_network
from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from nnlib.metrics import accuracy
from nnlib.training import Diverged, Evaluation, Metrics

LINES = {
    Metrics: metrics_line,
    Evaluation: lambda event: {"event": "evaluation", **vars(event)},
    Diverged: lambda event: {"event": "diverged", **vars(event)},
}


def add_command(commands: Commands) -> None:
    """Add `train` to the commands."""
    parser = commands.add_parser("train", help="train a network and test it once")
    add_preset(parser, PRESETS)
    add_settings(parser, Experiment)
    parser.add_argument(
        "--save", metavar="FILE", type=output_file, help="write the trained network to this .npz file, for load_network"
    )
    add_json(parser)
    parser.set_defaults(command=_train)


def _train(options):
    experiment = settings_of(options, Experiment, PRESETS)
    with progress_bars(options.json) as progress:
        data = experiment.load(progress)
    training = experiment.training_on(data)
    started = time.perf_counter()
    with ctrl_c_stops(training):
        diverged = follow(training, options.json, LINES)
    seconds = time.perf_counter() - started
    interrupted = not diverged and training.step < training.iterations
    if diverged:
        print(f"nnlib: {diverged.reason} {diverged.advice}", file=sys.stderr)
    _report(options, experiment, training, data, seconds, interrupted, diverged is not None)
    if options.save:
        save_network(options.save, training.network)
    return 130 if interrupted else 0


def _report(options, experiment, training, data, seconds, interrupted, diverged):
    net = training.network
    result = {
        "event": "result",
        "val_accuracy": accuracy(net, data.X_val, data.y_val),
        "test_accuracy": accuracy(net, data.X_test, data.y_test),
        "seconds": round(seconds, 3),
        "steps_per_second": round(training.step / seconds, 1),
        "steps": training.step,
        "interrupted": interrupted,
        "diverged": diverged,
        "settings": experiment.to_dict(),
    }
    if options.json:
        print_event(result)
    else:
        print(
            f"validation {result['val_accuracy']:.1%}, test {result['test_accuracy']:.1%} after {training.step:,} steps "
            f"in {seconds:.1f} s ({result['steps_per_second']:,.0f} steps/s)"
        )
