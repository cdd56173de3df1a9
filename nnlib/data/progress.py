"""Telling a caller how far a slow step has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# progress(what, done, total): what is being done in words, and how much of it, in any unit. An exception raised by the
# callback cancels the step, and nothing half done stays behind.
Progress = Callable[[str, int, int], None]


class _Cancelled(BaseException):  # not an Exception: nothing on the way may take it for a damaged file or a lost network
    pass


@contextmanager
def cancellable(progress: Progress | None) -> Iterator[Progress]:
    """Gives the block a callback; what the caller's own raises (a closed pipe, say) leaves the block as it was raised."""

    def report(what: str, done: int, total: int) -> None:
        try:
            if progress is not None:
                progress(what, done, total)
        except Exception as error:
            raise _Cancelled from error

    try:
        yield report
    except _Cancelled as cancelled:
        raise cancelled.__cause__  # noqa: B904
