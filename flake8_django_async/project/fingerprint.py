"""The fingerprint of a project: one text that differs whenever a file that verdicts may depend on does."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from typing import TYPE_CHECKING, TypeAlias

from .cache import Cache, digest
from .files import LARGEST

if TYPE_CHECKING:
    from .modules import Project

Stamp: TypeAlias = "tuple[int, int, int]"
SETTLED = 2_000_000_000
"""Nanoseconds after which a change of a file shows in its times, whatever the clock of its disk."""
SHARE = 300
"""Looking at the disk again may take one part in this of the time."""


class Fingerprint:
    """That of one project, taken again when some time has passed: then `current` may differ."""

    def __init__(self, project: Project, cache: Cache) -> None:
        self._project = project
        self._cache = cache
        self._key = digest(project.top, *(repr(root) for root in project.finder.roots))
        self._known = _stamps(cache.read("files", self._key))
        self._next = 0.0
        self._value = ""
        self.looks = 0
        """How often the disk was looked at."""
        self.stamps = ""
        """Differs also when a file has changed and is as it was again."""

    def current(self) -> str:
        """The fingerprint as it was a moment ago: a second, or 300 times what a look takes."""
        now = time.monotonic()
        return self.taken() if now >= self._next else self._value

    def taken(self) -> str:
        """The fingerprint as it is now."""
        start = time.monotonic()
        project = self._project
        finder = project.finder
        found = hashlib.blake2b(repr(finder.roots).encode("utf-8", "surrogatepass"), digest_size=16)
        stamps = hashlib.blake2b(digest_size=16)
        fresh: dict[str, tuple[Stamp, str]] = {}
        is_new = False
        settled = time.time_ns() - SETTLED
        for folder, content in finder.tree.folders.items():
            found.update(f"{folder}\0".encode("utf-8", "surrogatepass"))
            for name in (*content.modules, *content.notes):
                path = os.path.join(folder, name)
                try:
                    status = os.stat(path)
                except OSError:
                    found.update(f"{path}\0-\0".encode("utf-8", "surrogatepass"))
                    continue
                stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size)
                stamps.update(b"%d %d %d " % stamp)
                known = self._known.get(path)
                if known is None or known[0] != stamp:
                    is_new = True
                    known = (stamp, _content(path, status))
                    if max(stamp[:2]) > settled:  # it may change again without a trace: read it the next time too
                        known = ((0, 0, 0), known[1])
                fresh[path] = known
                found.update(f"{path}\0{known[1]}\0".encode("utf-8", "surrogatepass"))
        found.update(repr(sorted(finder.tree.links.items())).encode("utf-8", "surrogatepass"))
        if is_new:
            self._cache.write("files", self._key, {path: [*stamp, text] for path, (stamp, text) in fresh.items()})
        self._known = fresh
        value = found.hexdigest()
        if self._value and value != self._value:
            project.look_again()
        self._value = value
        self.stamps = stamps.hexdigest()
        self.looks += 1
        end = time.monotonic()
        self._next = end + max(1.0, SHARE * (end - start))
        return value


def _stamps(data: object) -> dict[str, tuple[Stamp, str]]:
    """What was stored of the files, as far as it has the right shape."""
    found: dict[str, tuple[Stamp, str]] = {}
    for path, entry in data.items() if isinstance(data, dict) else ():
        if isinstance(entry, list) and [type(item) for item in entry] == [int, int, int, str]:
            found[path] = ((entry[0], entry[1], entry[2]), entry[3])
    return found


def _content(path: str, status: os.stat_result) -> str:
    """What stands for a file's text: "-" where nobody reads it, neither a large file nor a pipe."""
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
        return "-"
    try:
        with open(path, "rb", buffering=0) as stream:
            return hashlib.blake2b(stream.readall(), digest_size=16).hexdigest()
    except OSError:
        return "-"
