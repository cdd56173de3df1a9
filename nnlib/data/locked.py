"""One process at a time: the others wait, and say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnlib.data.progress import Progress

POLL_SECONDS = 0.5


@contextmanager
def locked(path: Path, waiting_for: str, progress: Progress) -> Iterator[None]:
    """Hold the lock file `path` for the length of the block.

    While another process holds it, progress(waiting_for, 0, 1) is called twice a second, so a caller can show why
    nothing moves, and can cancel. The operating system frees the lock of a process that dies. Raises OSError.
    """
    import filelock

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=POLL_SECONDS, poll_interval=0.05)
        except filelock.Timeout:
            progress(waiting_for, 0, 1)
    try:
        yield
    finally:
        lock.release()
