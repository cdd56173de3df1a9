"""What can go wrong with a Dask scheduler and its tasks. Each message is one sentence for whoever asked."""


class SchedulerError(Exception):
    """The scheduler cannot be reached."""


class TaskFailed(Exception):
    """A task failed, or its scheduler is gone."""
