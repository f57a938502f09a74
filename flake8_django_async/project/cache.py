"""The cache: plain data on disk by kind and key, one file each: a checksum, then JSON.

Files are replaced whole, so that any number of processes may read and write at once. A file that is damaged, foreign or not to be
written is as good as none: it costs time, never a verdict.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

from flake8_django_async import __version__

LIMIT = 100_000_000
"""Bytes that the folder may hold; above, the oldest files go until four fifths are left."""
TRIMMED_EVERY = 3600.0
"""Seconds between two looks at the size of the folder, whoever takes them."""
TRIMMED_AFTER = LIMIT // 10
"""Bytes written by one process after which it looks again."""
CHECKSUM = 32
"""Bytes of the checksum that a file begins with."""

_serial = count()
_RELEASE = r".+-[0-9a-f]{12}"
"""Only what lies in folders named so is thrown out: the folder of the cache may be one that holds other things as well."""


def default_folder() -> str | None:
    """Where the platform keeps caches; None where it does not say. (platformdirs is no dependency of flake8.)"""
    if os.name == "nt":  # pragma: no cover  # paths of Windows are made on Windows
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or ""
        if not os.path.isabs(base):  # the specification: a relative one is to be ignored
            base = os.path.expanduser("~/.cache")
    return os.path.join(base, "flake8-django-async") if os.path.isabs(base) else None


def digest(*parts: str) -> str:
    """A key made of texts."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        found.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()


def release() -> str:
    """What may change the data beside its key: this package, an edited one too, and the version of Python."""
    folder = os.path.dirname(os.path.dirname(__file__))
    stamps = []
    for path, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith((".py", ".jsonl")):
                status = os.stat(os.path.join(path, name))
                stamps.append(f"{name} {status.st_mtime_ns} {status.st_size}")
    return f"{__version__}-{digest(sys.version, *sorted(stamps))[:12]}"


def sealed(key: str, body: bytes) -> bytes:
    """What a file holds: its body behind the checksum of key and body. A changed bit may be JSON still, and another verdict."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass") + b"\0" + body, digest_size=16).hexdigest().encode() + body


class Cache:
    """One folder. Data is what JSON can say; whoever reads it checks its shape."""

    def __init__(self, folder: str, limit: int = LIMIT) -> None:
        self.folder = folder
        self._limit = limit
        self._release: str | None = None
        self._written = -1
        self._is_writable = True

    def read(self, kind: str, key: str) -> object:
        """What was written last for a key; None where there is nothing of use."""
        try:
            with open(self._path(kind, key), "rb") as stream:
                stored = stream.read()
            found: object = json.loads(stored[CHECKSUM:]) if stored == sealed(key, stored[CHECKSUM:]) else None
            return found
        except (OSError, ValueError, RecursionError, MemoryError):
            return None

    def write(self, kind: str, key: str, data: object) -> None:
        """Keep data for a key, if the disk lets us."""
        if not self._is_writable:
            return
        temporary = ""
        try:
            text = sealed(key, json.dumps(data, separators=(",", ":")).encode())
            path = self._path(kind, key)
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            temporary = f"{path}.{os.getpid()}-{next(_serial)}.tmp"
            with open(temporary, "xb") as stream:
                stream.write(text)
            os.replace(temporary, path)
            self._note(len(text))
        except OSError:
            self._is_writable = False  # a full disk, a folder of others: not tried for each file again
            if temporary:
                _remove(temporary)
        except (ValueError, TypeError, RecursionError, MemoryError):
            return  # nested too deep to be stored

    def _path(self, kind: str, key: str) -> str:
        if self._release is None:
            self._release = release()
        return os.path.join(self.folder, self._release, kind, f"{key}.json")

    def _note(self, size: int) -> None:
        """Look at the size of the folder when it may have grown too large."""
        if self._written < 0 or self._written > TRIMMED_AFTER:
            is_first, self._written = self._written < 0, 0
            marker = os.path.join(self.folder, "trimmed")
            if not is_first or _age(marker) > TRIMMED_EVERY:
                with open(marker, "ab"):
                    os.utime(marker)
                self.trim()
        self._written += size

    def trim(self) -> None:
        """Throw out the oldest files where there is too much."""
        files = sorted(_files(self.folder))
        size = sum(bytes_ for _, bytes_, _ in files)
        if size <= self._limit:
            return
        for _, bytes_, path in files:
            if size > self._limit * 4 // 5:
                _remove(path)
                size -= bytes_


def _age(path: str) -> float:
    """Seconds since a file was written."""
    try:
        return abs(time.time() - os.stat(path).st_mtime)
    except OSError:
        return float("inf")


def _files(folder: str, depth: int = 0) -> Iterator[tuple[float, int, str]]:
    """Time of change, size and path of our own files: folder/release/kind/file."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                if depth == 1 or (depth == 0 and re.fullmatch(_RELEASE, entry.name)):
                    yield from _files(entry.path, depth + 1)
            elif depth == 2 and entry.name.endswith((".json", ".tmp")):
                status = entry.stat(follow_symlinks=False)
                yield status.st_mtime, status.st_size, entry.path
        except OSError:  # pragma: no cover  # another process has thrown it out
            continue


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
