"""Flows and outlines kept between runs: by module, each flow under the hash of its text, and the outline of the last text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .cache import Cache, digest

if TYPE_CHECKING:
    from flake8_django_async.source import flow
    from flake8_django_async.source.codec import Data
    from flake8_django_async.source.outline import Lines, Outline

OUTLINE = "outline"
MOST = 2000
"""Flows kept of one module; above, only those that this process has used."""


class Flows:
    """Those of all modules that a process reads; written when it has read them.

    Each is kept as a text, for lists of lists would be many objects, of which a run needs few.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._stored: dict[str, dict[str, object]] = {}
        self._used: dict[str, set[str]] = {}
        self._fresh: set[str] = set()

    def find(self, path: str, key: str) -> flow.Block | None:
        """The flow that is stored under a key (see `key_of`); None where there is none, or what is there is none."""
        from flake8_django_async.source import codec

        try:
            text = self._of(path)[key]
            self._used[path].add(key)
            return codec.decode_block(_loaded(text))
        except (KeyError, ValueError, RecursionError):
            return None

    def find_outline(self, path: str, text: str) -> Outline | None:
        """The outline of a module, if it was made of this text."""
        from flake8_django_async.source import codec

        found, made_of = self._of(path).get(OUTLINE), digest(text)
        if not isinstance(found, str) or not found.startswith(made_of):
            return None
        try:
            return codec.decode_outline(_loaded(found.removeprefix(made_of)))
        except (ValueError, RecursionError):
            return None

    def keep_outline(self, path: str, text: str, outline: Outline) -> None:
        """Store the outline that was made of a module's text; nothing where it is nested too deep."""
        from flake8_django_async.source import codec

        try:
            self._of(path)[OUTLINE] = digest(text) + _dumped(codec.encode(outline))
        except (ValueError, RecursionError):  # nested too deep
            return
        self._used[path].add(OUTLINE)
        self._fresh.add(path)

    def _of(self, path: str) -> dict[str, object]:
        """What is stored of a module, read once."""
        if path not in self._stored:
            from flake8_django_async.source import codec

            data = self._cache.read("flows", digest(path, codec.SCHEMA))
            self._stored[path] = data if isinstance(data, dict) else {}
            self._used[path] = {OUTLINE}
        return self._stored[path]

    def keep(self, path: str, key: str, block: flow.Block) -> None:
        """Store a flow under a key; nothing where it is nested too deep."""
        from flake8_django_async.source import codec

        try:
            self._of(path)[key] = _dumped(codec.encode(block))
            self._used[path].add(key)
        except (ValueError, RecursionError):  # nested too deep
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


def _dumped(data: Data) -> str:
    return json.dumps(data, separators=(",", ":"))


def _loaded(text: object) -> Data:
    """Raises ValueError for what is no text, or not of JSON, and RecursionError for what is nested too deep."""
    if not isinstance(text, str):
        raise ValueError("not what was stored")
    found: Data = json.loads(text)
    return found


def key_of(lines: Sequence[str], span: Lines) -> str:
    """The key of a slice: its text, and whether a byte order mark may begin it."""
    first, last = span
    return digest("first" if first == 1 else "", "".join(lines[first - 1 : last]))
