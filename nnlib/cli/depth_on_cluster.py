"""`python -m nnlib depth --device cluster`: the output of the command `depth`, of a network that a Dask worker trains."""

import sys
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from nnlib.cli.progress import ctrl_c_stops, print_event
from nnlib.deep.settings import MlpExperiment
from nnlib.runs.worker.cluster_training import WAITING, ClusterTraining
from nnlib.runs.worker.job import Failed
from nnlib.runs.worker.network_task import save_files
from nnlib.runs.worker.pipes import Leave

STARTED = ("precision", "parameters", "sizes", "steps_per_epoch", "iterations", "layers")
RESULT = ("step", "stopped", "val_accuracy", "test_accuracy", "samples_per_second")


def train_on_cluster(experiment: MlpExperiment, scheduler: str | None, save: str | None, as_json: bool) -> int:
    """Train on a worker with a GPU.

    Parameters
    ----------
    experiment : MlpExperiment
    scheduler : str or None
        Address of the Dask scheduler, None for $NNLIB_SCHEDULER.
    save : str or None
        Path for the network, ending in .pt.
    as_json : bool
        Whether to print each event as a line of JSON.

    Returns
    -------
    int
        The exit code.
    """
    try:
        with closing(ClusterTraining("depth", experiment, scheduler)) as training, ctrl_c_stops(training):
            _follow(training, as_json)
    except Leave:  # stopped before a worker had begun
        return 130
    except Failed as error:
        print(f"nnlib: {error}", file=sys.stderr)
        return 1
    if save:
        save_files(Path(save), training.at_work.result["files"])
    return _report(training, experiment, as_json)


def _follow(training, as_json):
    """Train to the end, and show it."""
    with tqdm(unit="step", disable=as_json or None) as bar:
        if as_json:
            print_event({"event": "preparing", "what": WAITING, "done": 0, "total": 0})
        bar.set_description_str(WAITING)
        training.begin()
        bar.set_description_str("")
        bar.reset(training.iterations)
        if as_json:
            started = {name: training.started[name] for name in STARTED}
            print_event({"event": "started", **started, **_device(training)})
        for event in training.events():
            if not isinstance(event, dict):
                continue
            if event["event"] == "metrics":
                bar.update(len(event["loss"]))
            else:
                bar.set_postfix(val=f"{event['val_accuracy']:.1%}", loss=f"{event['train_loss']:.3f}")
                event = event | {"event": "epoch"}
            if as_json:
                print_event(event)


def _device(training):
    device = training.started["device"]
    return {"device": device["name"], "device_title": f"{device['title']} of {device['host']}"}


def _report(training, experiment, as_json):
    """Print the result. Returns the exit code."""
    end, seconds, threads = (training.at_work.result[name] for name in ("end", "seconds", "threads"))
    diverged, interrupted = end["event"] == "diverged", bool(end.get("stopped"))
    if diverged:
        print(f"nnlib: {end['reason']} {end['advice']}", file=sys.stderr)
    if as_json:
        if diverged:
            print_event(end)
        result = {name: end.get(name) for name in RESULT} | {"seconds": seconds} | _device(training)
        ending = {"interrupted": interrupted, "diverged": diverged, "settings": experiment.to_dict(), "threads": threads}
        print_event({"event": "result", **result, **ending})
    elif not diverged:
        print(
            f"validation {end['val_accuracy']:.1%}, test {end['test_accuracy']:.1%} after {end['step']:,} steps in "
            f"{seconds:.1f} s ({end['samples_per_second']:,.0f} samples/s on {_device(training)['device_title']})"
        )
    return 130 if interrupted else 0
