"""The work on PyTorch networks: one of them, and a table of them. The only file of nnlib.runs that imports torch."""

import time

import torch

from nnlib.deep.checkpoint import load_training, save_network, save_training
from nnlib.deep.network import linear_layers
from nnlib.deep.signal_at_start import look_at_start, obstacle
from nnlib.deep.table import Entry, TableTraining
from nnlib.deep.training import TorchTraining
from nnlib.runs import leaderboard
from nnlib.runs.pictures import GALLERY, final_report, image_pictures, static_pictures
from nnlib.runs.worker.work import Work, threads_that_pay


class TorchWork(Work):
    """What both kinds have in common. `enter` is called with every entry for the leaderboard."""

    def __init__(self, folder, experiment, training, data, enter):
        super().__init__(folder, experiment, training, data)
        self.enter = enter

    def started(self):
        device, training = self.training.device, self.training
        return super().started() | {
            "batch_size": training.batch_size,
            "device": {"name": device.name, "title": device.title},
            "precision": training.precision,
        }

    def threads_that_pay(self):
        return threads_that_pay(torch.get_num_threads(), self.training.sizes, self.training.batch_size)

    def use_threads(self, number):
        torch.set_num_threads(number)

    def save(self, config):
        """Keep the state of the training in the run's checkpoint, with `config`, JSON-able. Raises OSError."""
        save_training(self.folder.checkpoint, self.training, config)

    def restore(self):
        """Take the training up where the checkpoint left it. Returns its config. Raises ValueError, KeyError or TypeError."""
        state, config = load_training(self.folder.checkpoint)
        self.training.restore(state)
        return config

    def remember(self, experiment, result, epochs, index=0, stopped=False):
        """Enter a network that is done on the leaderboard. `result` has its accuracies, seconds and samples_per_second."""
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


class DepthWork(TorchWork):
    """One PyTorch MLP."""

    def __init__(self, folder, experiment, data, enter=leaderboard.enter):
        super().__init__(folder, experiment, TorchTraining(experiment, data), data, enter)
        self._pictured = -1  # the newest epoch whose pictures were taken
        self._pictures = {}

    def started(self):
        training, data = self.training, self.data
        signal = look_at_start(self.experiment, data)
        return super().started() | {
            "parameters": training.parameters,
            "sizes": training.sizes,
            "predicted": [each.predicted for each in signal],
            "obstacle": obstacle(self.experiment, signal),
            "layers": training.layers_at_start,
            **static_pictures(data),
        }

    def frame(self, steps_per_second, whole):
        """(what a `frame` shows, whether it is all there is to show). Pictures are taken once an epoch: the device is not
        kept waiting for them."""
        speed = {"samples_per_second": round(steps_per_second * self.training.batch_size, 1)}
        epoch = int(self.training.epoch)
        fresh = epoch != self._pictured
        if fresh:
            self._pictured, self._pictures = epoch, self._take_pictures()
        return speed | (self._pictures if fresh or whole else {}), fresh or whole

    def _take_pictures(self):
        training = self.training
        psi = training.probabilities(training.val, range(min(GALLERY, len(training.val))))
        W = linear_layers(training.network)[0].weight.detach().T.cpu().numpy()
        return image_pictures(psi, W, self.data.image_shape)

    def end(self, event):
        """What the `finished` event says of the Result `event`, beside its name and the speed. The network is kept."""
        training = self.training
        save_network(self.folder.path / "network.pt", training.network, self.experiment, training.sizes)
        names = ("step", "stopped", "samples_per_second")
        psi_val, psi = training.probabilities(training.val), training.probabilities(training.test)
        if event.step:
            self.remember(self.experiment, event, training.epoch, stopped=event.stopped)
        return {name: getattr(event, name) for name in names} | final_report(psi_val, psi, self.data)


class TableWork(TorchWork):
    """PyTorch MLPs of several depths, one after another."""

    def __init__(self, folder, experiment, data, enter=leaderboard.enter):
        super().__init__(folder, experiment, TableTraining(experiment, data), data, enter)

    def started(self):
        return super().started() | {"entries": self.training.plan}

    def frame(self, steps_per_second, whole):
        """(what a `frame` shows, whether it is all there is to show)."""
        speed = round(steps_per_second * self.training.batch_size, 1)
        return {"samples_per_second": speed, "entry": self.training.index}, True

    def line(self, event):
        """The durable event that tells of an event of the training, or None. A network that is done goes on the leaderboard."""
        if not isinstance(event, Entry):
            return super().line(event)
        experiment = self.training.experiments[event.index]
        if event.outcome != "diverges" and experiment.epochs:
            self.remember(experiment, event, experiment.epochs, event.index)
        names = ("index", "depth", "seed", "step", "val_accuracy", "test_accuracy", "loss", "seconds", "outcome")
        return {"event": "entry", **{name: getattr(event, name) for name in names}}

    def end(self, event):
        """What the `finished` event says of the Finished `event`, beside its name and the speed."""
        return vars(event) | {"outcome": None, "samples_per_second": self.training.samples_per_second}
