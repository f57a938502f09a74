"""Files on disk: which are read, when one has changed, where a repository ends."""

from __future__ import annotations

import os
import stat

LARGEST = 1_000_000
"""Bytes of the largest file that is read for another one's sake. The file that is linted may be larger."""
REPOSITORY_MARKERS = (".git", ".hg")
"""What lies in the top folder of a repository."""


def stamp_of(path: str) -> tuple[int, int] | None:
    """Time of change and size, (0, 0) for a folder; None when there is nothing there."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (0, 0) if stat.S_ISDIR(status.st_mode) else (status.st_mtime_ns, status.st_size)


def stamp_of_file(path: str) -> tuple[int, int]:
    """Time of change and size of a regular file. Raises OSError, and ValueError for a folder or a pipe, which may never end."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"{path} is not a file")
    return status.st_mtime_ns, status.st_size


def read_text(path: str) -> str:
    """The text of a file that is not Python's, in UTF-8; "" where it cannot be read or is too large."""
    try:
        if stamp_of_file(path)[1] > LARGEST:
            return ""
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except (OSError, ValueError):
        return ""
