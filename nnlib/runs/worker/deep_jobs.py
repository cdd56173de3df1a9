"""The work on PyTorch networks: one of them, and a table of them. With them a worker needs torch."""

import time
from collections.abc import Callable
from typing import Any

from nnlib.data.dataset import Dataset
from nnlib.deep.checkpoint import load_training, save_network, save_training
from nnlib.deep.network import weight_layers
from nnlib.deep.obstacle import obstacle
from nnlib.deep.settings import DepthTable, MlpExperiment
from nnlib.deep.signal_at_start import look_at_start
from nnlib.deep.table import Entry, TableTraining
from nnlib.deep.threads import fastest_threads, threads, use_threads
from nnlib.deep.training import TorchTraining
from nnlib.runs import leaderboard
from nnlib.runs.pictures import convolution_pictures, final_report, gallery, image_pictures, static_pictures
from nnlib.runs.protocol import Event
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.job import TrainingJob
from nnlib.training import Finished

Enter = Callable[[dict], None]


class DeepJob(TrainingJob):
    """What both kinds have in common. `enter` is called with every entry for the leaderboard."""

    enter: Enter

    training: Any

    def lent_threads(self) -> int:
        return threads()

    def fastest_threads(self, most: int) -> int:
        return fastest_threads(self.training.experiment, most) if self.training.device.kind == "cpu" else most

    def use_threads(self, number: int) -> None:
        use_threads(number)

    def started(self) -> Event:
        device, training = self.training.device, self.training
        return super().started() | {
            "batch_size": training.batch_size,
            "device": {"name": device.name, "title": device.title},
            "precision": training.precision,
        }

    def pictures(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        return {"samples_per_second": round(steps_per_second * self.training.batch_size, 1)}, True

    def write_checkpoint(self, config: dict) -> None:
        save_training(self.folder.checkpoint, self.training, config)

    def read_checkpoint(self) -> tuple[dict, dict]:
        return load_training(self.folder.checkpoint)

    def enter_leaderboard(
        self, experiment: MlpExperiment, result: Any, epochs: float, index: int = 0, stopped: bool = False
    ) -> None:
        """Enter a trained network on the leaderboard. `result` has its accuracies, seconds and samples_per_second."""
        names = ("val_accuracy", "test_accuracy", "seconds", "samples_per_second")
        entry = {
            "run": self.folder.id,
            "index": index,
            "settings": experiment.to_dict(),
            "device": self.training.device.title,
            "finished": time.time(),
            "epochs": epochs,
            "stopped": stopped,
            **{name: getattr(result, name) for name in names},
        }
        self.enter(entry)


class DepthJob(DeepJob):
    """One PyTorch network."""

    training: TorchTraining

    def __init__(self, folder: RunFolder, settings: MlpExperiment, data: Dataset, enter: Enter = leaderboard.enter) -> None:
        training = TorchTraining(settings, data)
        super().__init__(folder, settings, training, data, training.sizes)
        self.experiment, self.enter = settings, enter
        self._pictured = -1  # the newest epoch whose pictures were taken
        self._pictures: Event = {}

    def started(self) -> Event:
        training, data = self.training, self.data
        signal = look_at_start(self.experiment, data)
        return super().started() | {
            "parameters": training.parameters,
            "sizes": training.sizes,
            "fan_in": self.experiment.fan_in,
            "predicted": [each.predicted for each in signal],
            "obstacle": obstacle(self.experiment, signal),
            "layers": training.layers_at_start,
            **static_pictures(data),
        }

    def pictures(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        """As for all networks. Pictures are taken once an epoch, so that the device need not wait for them, and at the end."""
        speed, _ = super().pictures(steps_per_second, complete)
        epoch = int(self.training.epoch)
        fresh = epoch != self._pictured or self.training.ended
        if fresh:
            self._pictured, self._pictures = epoch, self._take_pictures()
        return speed | (self._pictures if fresh or complete else {}), fresh or complete

    def _take_pictures(self) -> Event:
        training = self.training
        psi = training.probabilities(training.val, gallery(self.data.y_val))
        W = weight_layers(training.network)[0].weight.detach().cpu()
        if self.experiment.channels:
            maps = training.feature_maps(gallery(self.data.y_val)[0])
            return convolution_pictures(psi, W.permute(0, 2, 3, 1).numpy(), maps)
        return image_pictures(psi, W.T.numpy(), self.data.image_shape)

    def result(self, event: Finished) -> Event:
        """As for all runs. Saves the network, too."""
        training = self.training
        save_network(self.folder.path / "network.pt", training.network, self.experiment, training.sizes)
        names = ("step", "stopped", "samples_per_second")
        psi_val, psi = training.probabilities(training.val), training.probabilities(training.test)
        if event.step:
            self.enter_leaderboard(self.experiment, event, training.epoch, stopped=event.stopped)
        return {name: getattr(event, name) for name in names} | final_report(psi_val, psi, self.data)


class TableJob(DeepJob):
    """PyTorch networks of several depths, one after another."""

    training: TableTraining

    def __init__(self, folder: RunFolder, settings: DepthTable, data: Dataset, enter: Enter = leaderboard.enter) -> None:
        training = TableTraining(settings, data)
        super().__init__(folder, settings, training, data, training.sizes)
        self.enter = enter

    def started(self) -> Event:
        return super().started() | {"entries": self.training.plan}

    def pictures(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        speed, _ = super().pictures(steps_per_second, complete)
        return speed | {"entry": self.training.index}, True

    def durable(self, event: Any) -> Event | None:
        """As for all runs. Enters a network that is done on the leaderboard, too."""
        if not isinstance(event, Entry):
            return super().durable(event)
        experiment = self.training.experiments[event.index]
        if event.outcome != "diverges" and experiment.epochs:
            self.enter_leaderboard(experiment, event, experiment.epochs, event.index)
        names = ("index", "depth", "seed", "cure", "step", "val_accuracy", "test_accuracy", "loss", "seconds", "outcome")
        return {"event": "entry", **{name: getattr(event, name) for name in names}}

    def result(self, event: Finished) -> Event:
        return vars(event) | {"outcome": None, "samples_per_second": self.training.samples_per_second}
