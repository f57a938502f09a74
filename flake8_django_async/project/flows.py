"""Flows that are kept between runs: by module, each under the hash of its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .cache import Cache, digest

if TYPE_CHECKING:
    from flake8_django_async.source import flow
    from flake8_django_async.source.outline import Lines

MOST = 2000
"""Flows kept of one module; above, only those that this process has used."""


class Flows:
    """Those of all modules that a process reads; written when it has read them."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._stored: dict[str, dict[str, object]] = {}
        self._used: dict[str, set[str]] = {}
        self._fresh: set[str] = set()

    def find(self, path: str, key: str) -> flow.Block | None:
        from flake8_django_async.source import codec

        if path not in self._stored:
            data = self._cache.read("flows", digest(path, codec.SCHEMA))
            self._stored[path] = data if isinstance(data, dict) else {}
            self._used[path] = set()
        self._used[path].add(key)
        try:
            return codec.decode_block(self._stored[path][key])  # type: ignore[arg-type]  # it says so itself if it is none
        except (KeyError, ValueError):
            return None

    def keep(self, path: str, key: str, block: flow.Block) -> None:
        from flake8_django_async.source import codec

        try:
            self._stored[path][key] = codec.encode(block)
        except ValueError:  # nested too deep
            return
        self._fresh.add(path)

    def flush(self) -> None:
        """Write what is new."""
        if not self._fresh:
            return
        from flake8_django_async.source import codec

        for path in sorted(self._fresh):
            stored, used = self._stored[path], self._used[path]
            if len(stored) > MOST:
                stored = {key: data for key, data in stored.items() if key in used}
            self._cache.write("flows", digest(path, codec.SCHEMA), stored)
        self._fresh.clear()


def key_of(lines: Sequence[str], span: Lines) -> str:
    """The key of a slice: its text, and whether a byte order mark may begin it."""
    first, last = span
    return digest("first" if first == 1 else "", "".join(lines[first - 1 : last]))
