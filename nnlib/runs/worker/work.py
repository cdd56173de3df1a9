"""What a worker has to do for each kind of run: a training, what is shown of it, and how it is kept.

A Work is made from (folder, experiment, data). The worker drives `work.training`, and asks the rest of the work.
"""

from threadpoolctl import threadpool_info, threadpool_limits

from nnlib.experiment.checkpoint import load_checkpoint, save_checkpoint
from nnlib.runs.pictures import final_report, frame_pictures, static_pictures
from nnlib.training import Evaluation, Metrics

THREADS_PAY = 20_000_000  # multiplications in a step (forward) from which a second thread gains more than it costs


def work_of(kind):
    """The class for a kind of run. What those that need torch, or Dask, import is imported here, not by the server."""
    if kind == "train":
        return NetworkWork
    if kind == "study":
        from nnlib.runs.worker.study_work import StudyWork

        return StudyWork
    if kind == "search":
        from nnlib.runs.worker.race_work import RaceWork

        return RaceWork
    from nnlib.runs.worker.deep_work import DepthWork, TableWork

    return {"depth": DepthWork, "table": TableWork}[kind]


class Failed(Exception):
    """The run cannot go on; the message, a sentence, tells the learner why and what to do."""


def threads_that_pay(lent, sizes, batch_size):
    """Of the processor's threads that the server has lent, all, if the products of a network of these sizes are large, and else
    one: in small products threads wait for each other longer than they work.

    The number is settled once for the whole life of a run, resumed or not: with another number products round differently, and
    the run would not end with the same numbers.
    """
    multiplications = batch_size * sum(fan_in * fan_out for fan_in, fan_out in zip(sizes, sizes[1:]))
    return lent if multiplications >= THREADS_PAY else 1


class Work:
    """What all kinds have in common.

    training  has events(steps, seconds), stop(), ended, step, epoch, steps_per_epoch, iterations and learning_rate
    """

    def __init__(self, folder, experiment, training, data):
        self.folder, self.experiment, self.training, self.data = folder, experiment, training, data

    @property
    def checkpoint(self):
        """The path of the newest checkpoint, which may not exist yet."""
        return self.folder.checkpoint

    def started(self):
        """What the `started` event says, beside its name."""
        return {
            "iterations": self.training.iterations,
            "steps_per_epoch": self.training.steps_per_epoch,
            "classes": self.data.class_names,
            "image_shape": self.data.image_shape,
        }

    def line(self, event):
        """The durable event that tells of an event of the training, or None."""
        if isinstance(event, Metrics):
            return {"event": "metrics", "first": event.first_step, "loss": event.losses}
        if isinstance(event, Evaluation):
            return {"event": "evaluation", **vars(event)}
        return None

    def close(self):
        """Let go of whatever else it holds."""


class NetworkWork(Work):
    """The NumPy network of the live page."""

    def __init__(self, folder, experiment, data):
        super().__init__(folder, experiment, experiment.training_on(data), data)

    def started(self):
        network = self.training.network
        return super().started() | {
            "parameters": sum(array.size for array in network.params.values()),
            "sizes": network.sizes,
            **static_pictures(self.data),
        }

    def frame(self, steps_per_second, whole):
        """(what a `frame` shows, whether it is all there is to show)."""
        now = {"reg": self.training.reg, "batch_size": self.training.batch_size}
        pictures = frame_pictures(self.training.network, self.data, whole)
        return now | pictures, whole or self.data.image_shape is None

    def end(self, event):
        """What the `finished` event says of the Finished `event`, beside its name and the speed."""
        network = self.training.network
        psi_val, psi = network.probabilities(self.data.X_val), network.probabilities(self.data.X_test)
        return vars(event) | final_report(psi_val, psi, self.data)

    def change(self, values):
        """Give the training new values of what may change. Returns all that may change, as it is now."""
        training = self.training
        training.change(**values)
        return {"learning_rate": training.learning_rate, "reg": training.reg, "batch_size": training.batch_size}

    def threads_that_pay(self):
        lent = next((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), 1)
        return threads_that_pay(lent, self.training.network.sizes, self.training.batch_size)

    def use_threads(self, number):
        threadpool_limits(number, user_api="blas")

    def save(self, config):
        """Keep the state of the training in the run's checkpoint, with `config`, JSON-able. Raises OSError."""
        save_checkpoint(self.folder.checkpoint, self.training.state(), config)

    def restore(self):
        """Take the training up where the checkpoint left it. Returns its config. Raises ValueError, KeyError or TypeError."""
        state, config = load_checkpoint(self.folder.checkpoint)
        self.training.restore(state)
        return config
