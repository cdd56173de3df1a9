"""What .npz and .pt checkpoints have in common: both are zip archives, not compressed, with a version inside."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlib.support.npz import DamagedFile, damage_reported

VERSION = 1


class CheckpointError(DamagedFile):
    """The file is not a checkpoint, is damaged, or does not fit. The message says which."""


@contextmanager
def checkpoint_errors() -> Iterator[None]:
    """In this block, whatever a missing, unreadable, damaged or foreign file causes is raised as a CheckpointError."""
    try:
        with damage_reported():
            yield
    except CheckpointError:
        raise
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint at {error.filename}.") from None
    except OSError as error:
        raise CheckpointError(f"The checkpoint cannot be read ({error.strerror or error}).") from None
    except DamagedFile as error:
        raise CheckpointError(f"The checkpoint is damaged or not one of ours ({error}).") from None


def check_version(content: dict) -> None:
    """Raise CheckpointError if the checkpoint's content was written by another version of the format."""
    if content["version"] != VERSION:
        raise CheckpointError(f"The checkpoint has version {content['version']!r}: must be {VERSION}.")
