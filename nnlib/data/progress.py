"""Progress reports of slow steps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# progress(what, done, total): what is being done in words, and how much of it, in any unit. An exception that the callback
# raises cancels the step; nothing half done is left behind.
Progress = Callable[[str, int, int], None]


class _Cancelled(BaseException):
    """Carries the callback's own exception. Not an Exception: no handler may take it for a damaged file or a lost network."""

    def __init__(self, error: Exception):
        self.error = error


@contextmanager
def cancellable(progress: Progress | None) -> Iterator[Progress]:
    """Give the block a callback that calls `progress`, if there is one.

    An exception that `progress` raises (a closed pipe, say) ends the block and is raised again unchanged.
    """

    def report(what: str, done: int, total: int) -> None:
        try:
            if progress is not None:
                progress(what, done, total)
        except Exception as error:
            raise _Cancelled(error) from error

    try:
        yield report
    except _Cancelled as cancelled:
        raise cancelled.error from None
