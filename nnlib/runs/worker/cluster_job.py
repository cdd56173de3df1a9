"""The work on a depth experiment or a table whose networks are trained on a cluster."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnlib.runs import leaderboard
from nnlib.runs.protocol import Event
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.cluster_training import WAITING, ClusterTraining, Network
from nnlib.runs.worker.job import Job
from nnlib.runs.worker.network_task import save_files
from nnlib.training import Finished

PICTURES = ("probabilities", "weight_pictures")


class ClusterJob(Job):
    """One network, or those of a table.

    Results of a table's networks are in the folder `networks` until the run ends, so that a run that goes on trains only the
    others. `progress` is called while the run waits for a GPU, and may raise.
    """

    training: ClusterTraining

    def __init__(self, folder: RunFolder, settings: Any, progress: Callable[[str, int, int], None]) -> None:
        self._results = folder.path / "networks"
        results = {int(path.stem): folder.read(f"networks/{path.name}") for path in self._results.glob("*.json")}
        training = ClusterTraining(folder.about["kind"], settings, results=results, on_result=self._save_result)
        super().__init__(folder, settings, training)
        self._done_before = sum(network.step for network in training.networks)
        try:
            training.begin(lambda: progress(WAITING, 0, 0))
        except BaseException:
            training.close()
            raise
        self._began = time.monotonic()

    def started(self) -> Event:
        training = self.training
        if training.kind == "depth":
            return training.started
        each, networks = training.each, training.networks
        entries = [
            {
                "index": i,
                "depth": part.depths[0],
                "seed": part.network.seed,
                "cure": next(iter(part.cures), None),
                "first": i * each + 1,
                "last": (i + 1) * each,
            }
            for i, part in enumerate(network.settings for network in networks)
        ]
        at_once = min(training.capacity, sum(not network.done for network in networks))
        return training.started | {"iterations": training.iterations, "entries": entries, "at_once": max(1, at_once)}

    def frame(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        """As for all jobs. Speeds are those of all networks together."""
        training = self.training
        at_work = [network for network in training.in_flight.values() if network.started]
        speed = sum(network.news["steps_per_second"] for network in at_work)
        left = training.iterations - self._steps()
        news = training.at_work.news
        shown = {
            "epoch": round(news.get("epoch", 0.0), 3),
            "learning_rate": news.get("learning_rate"),
            "diagnostics": self.newest_frame.diagnostics if self.newest_frame else [],
            "steps_per_second": round(speed, 1),
            "samples_per_second": round(speed * training.started["batch_size"], 1),
            "seconds_left": round(left / speed, 1) if speed else None,
        }
        if training.kind == "table":
            beside = [network for network in at_work if network is not training.at_work]
            shown["entry"] = training.at_work.index
            shown["beside"] = [
                {
                    "depth": each.settings.depths[0],
                    "cure": next(iter(each.settings.cures), None),
                    "val_accuracy": each.val_accuracy,
                }
                for each in beside
            ]
        elif result := training.at_work.result:
            shown |= {name: result["frame"][name] for name in PICTURES}
        return shown, True

    def durable(self, event: Event) -> Event:
        """As for all jobs. The training yields durable events as they are."""
        return event

    def result(self, event: Finished) -> Event:
        if self.training.kind == "depth":
            result = self.training.at_work.result
            save_files(self.folder.path / "network.pt", result["files"])
            return result["end"]
        shutil.rmtree(self._results, ignore_errors=True)
        samples = (self._steps() - self._done_before) * self.training.started["batch_size"]
        speed = samples / (time.monotonic() - self._began)
        return vars(event) | {"outcome": None, "samples_per_second": round(speed, 1)}

    def _steps(self) -> int:
        return sum(network.step for network in self.training.networks)

    def _save_result(self, network: Network) -> None:
        """Enter a network on the leaderboard, and save its result if it is one of a table."""
        result = network.result
        for entry in result["entries"]:
            device = f"{entry['device']} of {result['host']}"
            leaderboard.enter(entry | {"run": self.folder.id, "index": network.index, "device": device})
        if network.done and self.folder.about["kind"] == "table":
            saved = {name: value for name, value in result.items() if name not in ("files", "frame")}
            self.folder.write(f"networks/{network.index}.json", saved)

    @property
    def checkpoint(self) -> Path:
        return self.folder.path / "checkpoint.json"

    def save(self, config: dict) -> None:
        self.folder.write(self.checkpoint.name, config)

    def restore(self) -> dict:
        """Start a new log: the training repeats the events of finished networks. Returns the config."""
        config = self.folder.read(self.checkpoint.name)
        return config | {"logged": 0} | ({} if self._done_before else {"seconds": 0.0})

    def close(self) -> None:
        self.training.close()
