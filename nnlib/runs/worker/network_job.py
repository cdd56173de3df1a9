"""The work on a NumPy network, the kind of run of the page Train."""

import math

from threadpoolctl import threadpool_info, threadpool_limits

from nnlib.data.dataset import Dataset
from nnlib.experiment.checkpoint import load_checkpoint, save_checkpoint, write_checkpoint
from nnlib.experiment.settings import Experiment
from nnlib.runs.pictures import final_report, frame_pictures, static_pictures
from nnlib.runs.protocol import Event
from nnlib.runs.snapshots import Recorder
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.job import TrainingJob
from nnlib.training import Finished, Training


class NetworkJob(TrainingJob):
    """One NumPy network."""

    training: Training

    def __init__(self, folder: RunFolder, settings: Experiment, data: Dataset) -> None:
        training = settings.training_on(data)
        super().__init__(folder, settings, training, data, training.network.sizes)

    def change(self, values: dict) -> dict:
        training = self.training
        training.change(**values)
        return {"learning_rate": training.learning_rate, "reg": training.reg, "batch_size": training.batch_size}

    def steps_left_in_epoch(self) -> int:
        """Return the steps until the examples drawn make a whole number of epochs, or just more: a step is not divided."""
        training, examples = self.training, len(self.training.y)
        return math.ceil((examples - training.examples % examples) / min(training.batch_size, examples))

    def lent_threads(self) -> int:
        return next((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), 1)

    def use_threads(self, number: int) -> None:
        threadpool_limits(number, user_api="blas")

    def started(self) -> Event:
        network = self.training.network
        return super().started() | {
            "iterations": self.settings.by_name["iterations"],  # None: until somebody stops it
            "parameters": sum(array.size for array in network.params.values()),
            "sizes": network.sizes,
            **static_pictures(self.data),
        }

    def pictures(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        now: Event = {"reg": self.training.reg, "batch_size": self.training.batch_size}
        if self.training.open_end:
            now["seconds_left"] = None
        pictures = frame_pictures(self.training.network, self.data, complete)
        return now | pictures, complete or self.data.image_shape is None

    def measured(self) -> Event:
        return {"evaluation": vars(self.training.evaluate())}

    def result(self, event: Finished) -> Event:
        network = self.training.network
        psi_val, psi = network.probabilities(self.data.X_val), network.probabilities(self.data.X_test)
        return vars(event) | final_report(psi_val, psi, self.data)

    def recorder(self) -> Recorder:
        arrays = self.training.state()["arrays"].values()
        return Recorder(self.folder, self.training.iterations, sum(array.nbytes for array in arrays), self._write_state)

    def _write_state(self, file, config):
        write_checkpoint(file, self.training.state(), {**config, "threads": self.threads})

    def write_checkpoint(self, config: dict) -> None:
        save_checkpoint(self.folder.checkpoint, self.training.state(), config)

    def read_checkpoint(self) -> tuple[dict, dict]:
        return load_checkpoint(self.folder.checkpoint)
