"""The command line: `python -m nnlib train | depth | study | devices | data | run`.

With --json every line of output is one JSON object, the last one {"event": "result", …}. Exit codes: 0 done, 1 failed, 2 bad
arguments (one line on stderr says which), 130 interrupted with Ctrl-C: the result so far is told, and --save keeps the network.
"""

import signal
import sys
import time
from contextlib import contextmanager

from tqdm import tqdm

from nnlib.cli.arguments import NETWORK_HELP, BadArguments, OneLineParser, ctrl_c_stops, print_event
from nnlib.data import DATASETS, DataError, describe_datasets, fetch
from nnlib.experiment.checkpoint import save_network
from nnlib.metrics import accuracy
from nnlib.training import Diverged, Evaluation, Metrics

try:
    from nnlib.cli.study import add_study
    from nnlib.deep.settings import CLUSTER, MLP_PRESETS, MlpExperiment
    from nnlib.experiment.presets import PRESETS
    from nnlib.experiment.settings import Experiment
except ValueError as error:  # a limit in the environment that is none
    sys.exit(f"nnlib: {error}")

OPTION_NAMES = {"learning_rate": "lr"}  # where the option is shorter than the setting
HELP = {
    "dataset": f"what to learn: {', '.join(DATASETS)}",
    "points": "the mark of an uploaded set, for --dataset points",
    **NETWORK_HELP,
    "seed": "the same seed gives the same run",
}

MLP_HELP = {
    "dataset": "what to learn: cifar10 or digits",
    "depth": "hidden layers, 1 to 8",
    "widths": "their units: 50,40,30,20, of which the first few count, or one number for all",
    "activation": "of the hidden units",
    "init": "how weights are drawn: normal, he, xavier, torch or orthogonal; normal if --std is given",
    "std": "standard deviation of the initialiser normal",
    "batch_norm": "BatchNorm after each hidden Linear: true or false",
    "dropout": "share of the hidden units left out in training",
    "optimiser": "adam, adamw, momentum or sgd",
    "learning_rate": "η",
    "weight_decay": "as torch.optim means it: decoupled with adamw, else added to the gradient",
    "schedule": "of the learning rate: decay, cosine, one_cycle or constant; decay if --lr-decay is given",
    "lr_decay": "factor on the learning rate after each epoch",
    "label_smoothing": "share of each label that is spread over all classes",
    "shift": "move training images by up to so many pixels each way",
    "flips": "mirror training images at random: true or false",
    "batch_size": "images a step",
    "epochs": "passes over the training images; 0 only looks at the layers as they begin",
    "precision": "of matrix products on a CUDA device: float32, tf32 or bf16",
    "device": "auto, cpu, mps, cuda, cuda:N or cluster, a GPU of the lab (`python -m nnlib devices` lists them)",
    "seed": "the same seed on the same device gives the same run",
}


def main(arguments=None):
    """Run one command. Returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.command(options)
    except BrokenPipeError:  # whoever read the output has gone
        sys.stderr.close()
        return 1
    except BadArguments as error:
        parser.error(str(error))
    except (DataError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser():
    parser = OneLineParser(prog="nnlib", description="Fully connected networks in NumPy, from the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a network and test it once")
    _add_settings(train, PRESETS, HELP)
    train.add_argument("--save", metavar="FILE", help="write the trained network there, as .npz")
    train.add_argument("--json", action="store_true", help="one JSON object a line")
    train.set_defaults(command=_train)

    depth = commands.add_parser("depth", help="train a deep PyTorch network on the best device, and test it once")
    _add_settings(depth, MLP_PRESETS, MLP_HELP)
    depth.add_argument("--save", metavar="FILE.pt", help="write the trained network there, and its settings beside it as .json")
    depth.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="for --device cluster, the Dask scheduler (default: $NNLIB_SCHEDULER)"
    )
    depth.add_argument("--json", action="store_true", help="one JSON object a line")
    depth.set_defaults(command=_depth)

    devices = commands.add_parser("devices", help="list the devices that PyTorch can compute on, the best first")
    devices.add_argument("--json", action="store_true", help="one JSON object a line")
    devices.set_defaults(command=_devices)

    data = commands.add_parser("data", help="list the data sets, or fetch one")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="which data sets there are, and whether they are here")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(command=_list)
    fetching = actions.add_parser("fetch", help="download a data set")
    fetching.add_argument("name", choices=DATASETS)
    fetching.add_argument("--json", action="store_true", help="one JSON object a line")
    fetching.set_defaults(command=_fetch)

    add_study(commands)

    run = commands.add_parser("run", help="work on the run in a folder: events out, commands in (docs/live-protocol.md)")
    run.add_argument("folder")
    run.set_defaults(command=_run)
    return parser


def _add_settings(parser, presets, helps):
    """An option for every setting, and --preset."""
    parser.add_argument("--preset", choices=presets, help="settings to start from")
    for name, told in helps.items():
        option = OPTION_NAMES.get(name, name).replace("_", "-")
        parser.add_argument(f"--{option}", dest=name, metavar="VALUE", help=told)


def experiment_of(options, kind=Experiment, presets=PRESETS):
    """The Experiment, or settings of another `kind`, that the options of a command describe. Raises BadArguments."""
    given = {name: text for name in kind.FIELDS if (text := getattr(options, name)) is not None}
    settings = presets[options.preset].to_dict() if options.preset else {}
    if "std" in given:
        settings["init"] = "normal"
    if "lr_decay" in given:
        settings["schedule"] = "decay"
    try:
        return kind.from_dict(settings | {name: kind.parse(name, text) for name, text in given.items()})
    except ValueError as error:
        raise BadArguments(error) from None


def _train(options):
    experiment = experiment_of(options)
    with _progress_bars(options.json) as progress:
        data = experiment.load(progress)
    training = experiment.training_on(data)
    started = time.perf_counter()
    with ctrl_c_stops(training):
        diverged = _follow(training, options.json)
    seconds = time.perf_counter() - started
    interrupted = not diverged and training.step < training.iterations
    if diverged:
        print(f"nnlib: {diverged.reason} {diverged.advice}", file=sys.stderr)
    _report(options, experiment, training, data, seconds, interrupted, diverged is not None)
    if options.save:
        save_network(options.save, training.network)
    return 130 if interrupted else 0


def _follow(training, as_json):
    """Train to the end, and show it. Returns the Diverged event, or None."""
    with tqdm(total=training.iterations, unit="step", disable=as_json or None) as bar:
        for event in training.events(seconds=0.5):
            if isinstance(event, Metrics):
                bar.update(len(event.losses))
            elif isinstance(event, Evaluation):
                bar.set_postfix(val=f"{event.val_accuracy:.1%}", loss=f"{event.loss:.3f}")
            if as_json and type(event) in LINES:
                print_event(LINES[type(event)](event))
            if isinstance(event, Diverged):
                return event
    return None


LINES = {
    Metrics: lambda event: {"event": "metrics", "first": event.first_step, "loss": event.losses},
    Evaluation: lambda event: {"event": "evaluation", **vars(event)},
    Diverged: lambda event: {"event": "diverged", **vars(event)},
}


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


def _depth(options):
    experiment = experiment_of(options, MlpExperiment, MLP_PRESETS)
    if options.save and not options.save.endswith(".pt"):
        raise BadArguments(f"--save {options.save}: must end in .pt.")
    if experiment.device == CLUSTER:
        from nnlib.cli.depth_on_cluster import train_on_cluster

        return train_on_cluster(experiment, options.scheduler, options.save, options.json)
    if options.scheduler:
        raise BadArguments("--scheduler is for --device cluster.")
    from nnlib.deep.checkpoint import save_network
    from nnlib.deep.devices import DeviceError, find_device
    from nnlib.deep.training import TorchTraining

    try:
        find_device(experiment.device)
    except DeviceError as error:
        raise BadArguments(error) from None
    with _progress_bars(options.json) as progress:
        data = experiment.load(progress)
    try:
        training = TorchTraining(experiment, data)
        with ctrl_c_stops(training):
            diverged = _follow_epochs(training, options.json)
        result = training.result()
    except DeviceError as error:
        print(f"nnlib: {error}", file=sys.stderr)
        return 1
    if diverged:
        print(f"nnlib: {diverged.reason} {diverged.advice}", file=sys.stderr)
    interrupted = not diverged and result.stopped
    if options.json:
        ending = {"interrupted": interrupted, "diverged": diverged is not None, "settings": experiment.to_dict()}
        print_event(_line("result", result) | ending)
    else:
        print(
            f"validation {result.val_accuracy:.1%}, test {result.test_accuracy:.1%} after {training.epoch:.1f} epochs in "
            f"{result.seconds:.1f} s ({result.samples_per_second:,.0f} samples/s on {result.device.title})"
        )
    if options.save:
        save_network(options.save, training.network, experiment, training.sizes)
    return 130 if interrupted else 0


def _follow_epochs(training, as_json):
    """Train to the end, and show it. Returns the Diverged event, or None."""
    from nnlib.deep.training import Epoch, Started

    names = {Started: "started", Epoch: "epoch", Diverged: "diverged"}
    with tqdm(total=training.iterations, unit="step", disable=as_json or None) as bar:
        for event in training.events(seconds=0.5):
            if isinstance(event, Metrics):
                bar.update(len(event.losses))
            elif isinstance(event, Evaluation):
                bar.set_postfix(val=f"{event.val_accuracy:.1%}", loss=f"{event.train_loss:.3f}")
            if as_json and isinstance(event, Metrics):
                print_event(LINES[Metrics](event))
            elif as_json and type(event) in names:
                print_event(_line(names[type(event)], event))
            if isinstance(event, Diverged):
                return event
    return None


def _line(name, event):
    """The event as a JSON line of this name; a device by its name, its title beside it."""
    line = {"event": name, **vars(event)}
    if "device" in line:
        line |= {"device": event.device.name, "device_title": event.device.title}
    return line


def _devices(options):
    from nnlib.deep.devices import GIB, cuda_trouble, find_cluster, list_devices

    devices = list_devices()
    cluster, cluster_trouble = find_cluster()
    for device in [*devices, cluster] if cluster else devices:
        if options.json:
            print_event({"event": "device", **vars(device)})
        else:
            print(f"{device.name:<7} {device.title}" + (f", {device.memory / GIB:.1f} GiB" if device.memory else ""))
    if options.json:
        trouble = {"cuda": cuda_trouble() or None, "cluster": cluster_trouble or None}
        print_event({"event": "result", "best": devices[0].name, **trouble})
        return 0
    for name, trouble in (("CUDA", cuda_trouble()), ("GPU of the lab", cluster_trouble)):
        if trouble:
            print(f"no {name}: {trouble}")
    return 0


def _list(options):
    for status in describe_datasets():
        if options.json:
            print_event({"event": "dataset", **vars(status)})
        else:
            print(f"{status.name:<9} {status.title:<32} {status.where or 'not here: ' + status.how}")
    if options.json:
        print_event({"event": "result", "datasets": len(DATASETS)})
    return 0


def _fetch(options):
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a page: leave nothing half done, as for Ctrl-C
    with _progress_bars(options.json) as progress:
        fetch(options.name, progress)
    if options.json:
        print_event({"event": "result", "name": options.name})
    else:
        print(f"{options.name} is here.")
    return 0


def _run(options):
    from nnlib.runs.worker.worker import run_worker

    return run_worker(options.folder)


@contextmanager
def _progress_bars(as_json):
    """A callback (what, done, total) that draws a bar on a terminal, or prints JSON lines."""
    if as_json:
        yield lambda what, done, total: print_event({"event": "preparing", "what": what, "done": done, "total": total})
        return
    with tqdm(disable=None) as bar:

        def progress(what, done, total):
            bar.set_description_str(what, refresh=False)
            bar.total = total
            bar.update(done - bar.n)

        yield progress


if __name__ == "__main__":
    sys.exit(main())
