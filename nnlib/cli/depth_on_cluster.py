"""`python -m nnlib depth --device cluster`: the command told by a relay, as a run of the page is (nnlib/runs/lab.py)."""

import shutil
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from nnlib.cli.progress import ctrl_c_stops, print_event
from nnlib.runs.lab import work_in_the_lab
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.pipes import Leave, Orders
from nnlib.runs.worker.work import Failed

STARTED = ("precision", "parameters", "sizes", "steps_per_epoch", "iterations", "layers")
RESULT = ("step", "stopped", "val_accuracy", "test_accuracy", "samples_per_second", "seconds")


def train_on_cluster(experiment, scheduler, save, as_json):
    """Train on a worker with a GPU, and show it as the command `depth` does. Returns the exit code.

    scheduler  its address, None for $NNLIB_SCHEDULER;  save: a path that ends in .pt, or None
    """
    with tempfile.TemporaryDirectory() as temporary, tqdm(unit="step", disable=as_json or None) as bar:
        folder = RunFolder(Path(temporary, "run"))
        folder.write("run.json", {"run": "run", "kind": "depth", "settings": experiment.to_dict()})
        teller = Teller(as_json, bar)
        try:
            with ctrl_c_stops(teller):
                work_in_the_lab(folder, experiment, teller, teller, scheduler, enter=lambda entry: None)
        except Leave:  # stopped before a worker had begun
            return 130
        except Failed as error:
            print(f"nnlib: {error}", file=sys.stderr)
            return 1
        if teller.end is None:  # somebody ended it over there
            return 130
        bar.close()
        if save and (folder.path / "network.pt").exists():
            shutil.copyfile(folder.path / "network.pt", save)
            shutil.copyfile(folder.path / "network.json", Path(save).with_suffix(".json"))
        return teller.report(experiment)


class Teller:
    """The pipes of a relay: what it hears becomes lines or a bar, and all that it is told is to stop."""

    def __init__(self, as_json, bar):
        self.as_json, self.bar = as_json, bar
        self.end = self.device = None
        self._orders = Orders()
        self.take = self._orders.take

    def stop(self):
        self._orders.put({"do": "stop"})

    def log_to(self, path, size):
        """Nothing is kept."""

    def __call__(self, event):
        if event["event"] == "started":
            device = event["device"]
            self.device = {"device": device["name"], "device_title": f"{device['title']} of {device['host']}"}
            self.bar.reset(event["iterations"])
            self._print({"event": "started", **{name: event[name] for name in STARTED}, **self.device})
        elif event["event"] == "preparing":
            self.bar.set_description_str(event["what"])
            self._print(event)

    def durable(self, event):
        if event["event"] == "metrics":
            self.bar.set_description_str("")
            self.bar.update(event["first"] + len(event["loss"]) - 1 - self.bar.n)
            self._print(event)
        elif event["event"] == "evaluation":
            self.bar.set_postfix(val=f"{event['val_accuracy']:.1%}", loss=f"{event['train_loss']:.3f}")
            self._print(event | {"event": "epoch"})
        else:
            self.end = event

    def _print(self, event):
        if self.as_json:
            print_event(event)

    def report(self, experiment):
        """Tell of the end. Returns the exit code."""
        end = self.end
        diverged, interrupted = end["event"] == "diverged", bool(end.get("stopped"))
        if diverged:
            print(f"nnlib: {end['reason']} {end['advice']}", file=sys.stderr)
            self._print({name: end[name] for name in ("event", "step", "reason", "advice")})
        result = {name: end.get(name) for name in RESULT} | self.device
        ending = {"interrupted": interrupted, "diverged": diverged, "settings": experiment.to_dict()}
        self._print({"event": "result", **result, **ending})
        if not (self.as_json or diverged):
            print(
                f"validation {end['val_accuracy']:.1%}, test {end['test_accuracy']:.1%} after {end['step']:,} steps in "
                f"{end['seconds']:.1f} s ({end['samples_per_second']:,.0f} samples/s on {self.device['device_title']})"
            )
        return 130 if interrupted else 0
