"""The errors of a Dask scheduler and its tasks. Each message is one sentence for the user."""


class SchedulerError(Exception):
    """The scheduler cannot be reached."""


class TaskFailed(Exception):
    """A task failed, or its scheduler is gone."""
