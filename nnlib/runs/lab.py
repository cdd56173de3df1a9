"""A run whose device is the lab's: a network on one of its GPUs, a table on as many as there are."""

import os

from nnlib.cluster.client import Cluster, SchedulerError
from nnlib.runs import leaderboard
from nnlib.runs.relay import WAITING, Relay
from nnlib.runs.side_by_side import SideBySide
from nnlib.runs.worker.work import Failed

NO_SCHEDULER = (
    "No scheduler is named whose workers have a GPU: set NNLIB_SCHEDULER, such as tcp://host:8786, where this is started, "
    "or choose another device."
)


def work_in_the_lab(folder, experiment, commands, emit, scheduler=None, enter=leaderboard.enter):
    """Have the run in `folder`, of the MlpExperiment or DepthTable `experiment`, worked on to its end.

    commands   has take(seconds), emit prints and logs: as nnlib.runs.worker.pipes has them
    scheduler  its address, None for $NNLIB_SCHEDULER
    enter      called with each entry for the leaderboard, perhaps in several threads

    Raises Leave when told to go, Failed with a sentence.
    """
    if end := folder.end():  # the process before this one died when the end was kept, and nobody had heard of it
        for event in (folder.read("started.json"), folder.read("frame.json"), end):
            emit(event)
        return
    scheduler = scheduler or os.environ.get("NNLIB_SCHEDULER")
    if not scheduler:
        raise Failed(NO_SCHEDULER)
    emit(WAITING)
    try:
        cluster = Cluster.of_scheduler(scheduler)
    except SchedulerError as error:
        raise Failed(str(error)) from error
    try:
        way = {"depth": Relay, "table": SideBySide}[folder.about["kind"]]
        way(folder, experiment, commands, emit, cluster, enter).run()
    finally:
        cluster.close()
