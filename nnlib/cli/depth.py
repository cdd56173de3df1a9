"""`python -m nnlib depth`: train a deep PyTorch network on a device, and test it once."""

import os
import sys

from nnlib.cli.arguments import BadArguments, Commands, add_json, add_preset, add_settings, output_file, settings_of
from nnlib.cli.progress import ctrl_c_stops, follow, metrics_line, print_event, progress_bars
from nnlib.deep.settings import CLUSTER, MLP_PRESETS, MlpExperiment
from nnlib.support.cores import threads_that_pay
from nnlib.training import Diverged, Metrics


def add_command(commands: Commands) -> None:
    """Add `depth` to the commands."""
    parser = commands.add_parser("depth", help="train a deep PyTorch network on the best device, and test it once")
    add_preset(parser, MLP_PRESETS)
    add_settings(parser, MlpExperiment)
    parser.add_argument(
        "--save",
        metavar="FILE.pt",
        type=output_file,
        help="write the trained network to this file, and its settings to a .json file beside it",
    )
    parser.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="Dask scheduler for --device cluster (default: $NNLIB_SCHEDULER)"
    )
    add_json(parser)
    parser.set_defaults(command=_depth)


def _depth(options):
    experiment = settings_of(options, MlpExperiment, MLP_PRESETS)
    if options.save and not options.save.endswith(".pt"):
        raise BadArguments(f"--save {options.save}: must end in .pt.")
    if experiment.device == CLUSTER:
        from nnlib.cli.depth_on_cluster import train_on_cluster

        return train_on_cluster(experiment, options.scheduler, options.save, options.json)
    if options.scheduler:
        raise BadArguments("--scheduler needs --device cluster.")
    from nnlib.deep.devices import DeviceError, find_device

    try:
        find_device(experiment.device)
    except DeviceError as error:
        raise BadArguments(error) from None
    try:
        return _train(options, experiment)
    except DeviceError as error:
        print(f"nnlib: {error}", file=sys.stderr)
        return 1


def _train(options, experiment):
    from nnlib.deep.checkpoint import save_network
    from nnlib.deep.events import Epoch, Started
    from nnlib.deep.threads import threads
    from nnlib.deep.training import TorchTraining

    lines = {
        Started: lambda event: _line("started", event),
        Metrics: metrics_line,
        Epoch: lambda event: _line("epoch", event),
        Diverged: lambda event: _line("diverged", event),
    }
    with progress_bars(options.json) as progress:
        data = experiment.load(progress)
    training = TorchTraining(experiment, data)
    _choose_threads(training)
    with ctrl_c_stops(training):
        diverged = follow(training, options.json, lines)
    result = training.result()
    if diverged:
        print(f"nnlib: {diverged.reason} {diverged.advice}", file=sys.stderr)
    interrupted = not diverged and result.stopped
    if options.json:
        ending = {"interrupted": interrupted, "diverged": diverged is not None, "settings": experiment.to_dict()}
        no_accuracy = {"val_accuracy": None, "test_accuracy": None} if diverged else {}
        print_event(_line("result", result) | no_accuracy | ending | {"threads": threads()})
    elif not diverged:
        print(
            f"validation {result.val_accuracy:.1%}, test {result.test_accuracy:.1%} after {training.epoch:.1f} epochs in "
            f"{result.seconds:.1f} s ({result.samples_per_second:,.0f} samples/s on {result.device.title})"
        )
    if options.save:
        save_network(options.save, training.network, experiment, training.sizes)
    return 130 if interrupted else 0


def _choose_threads(training):
    """Compute with as many threads as are the fastest now, unless the user has chosen a number."""
    from nnlib.deep.threads import fastest_threads, threads, use_threads

    if training.device.kind == "cpu" and not os.environ.get("OMP_NUM_THREADS"):
        use_threads(fastest_threads(training.experiment, threads_that_pay(threads(), training.sizes, training.batch_size)))


def _line(name, event):
    """The event as an object for a JSON line; a device is its name, with its title beside it."""
    line = {"event": name, **vars(event)}
    if "device" in line:
        line |= {"device": event.device.name, "device_title": event.device.title}
    return line
