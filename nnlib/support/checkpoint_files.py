"""What .npz and .pt checkpoints have in common: both are zip archives with a version inside."""

import zipfile

VERSION = 1
LARGEST = 2 * 1024**3  # bytes, all members of the archive together


class CheckpointError(ValueError):
    """The file is not a checkpoint, is damaged, or does not fit. The message says which."""


def check_unpacked_size(archive: zipfile.ZipFile) -> None:
    """Raise CheckpointError if the archive would unpack to more than LARGEST bytes, before anything is unpacked."""
    if sum(member.file_size for member in archive.infolist()) > LARGEST:
        raise CheckpointError(f"The checkpoint unpacks to more than {LARGEST // 1024**3} GiB.")


def check_version(content: dict) -> None:
    """Raise CheckpointError if the checkpoint's content was written by another version of the format."""
    if content["version"] != VERSION:
        raise CheckpointError(f"The checkpoint has version {content['version']!r}: must be {VERSION}.")
