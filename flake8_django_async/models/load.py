"""From the compiled rows to answers: what does this API path do, what type is behind it?

The first line of `compiled.jsonl` (see `models.compile`) is an index, each further line one library. A library is read when
something is asked of one of its modules, and so only if the project imports it. Rows become objects when they are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict

COMPILED = Path(__file__).with_name("compiled.jsonl")

Effect = Literal["query", "release", "wait"]
Length = Literal["long", "short"]
When = Literal["await", "call", "enter", "iterate", "get"]


@dataclass(frozen=True, slots=True)
class Row:
    """What one API path does. The words and their meaning: `models.vocabulary`; the format: `models`."""

    path: str
    effect: Effect | None = None
    length: Length | None = None
    when: When | None = None
    """None on a row with an effect (rows of users): the moment of the call, or of its await if it is awaited."""
    returns: str | None = None
    role: str | None = None
    why: str = ""
    library: str = ""
    """The distribution; of a row of the user the path of the file that it stands in."""


@dataclass(frozen=True, slots=True)
class Type:
    """A class (or a module with instances in it) whose members rows speak of. `members`: attribute to type path."""

    path: str
    bases: tuple[str, ...]
    members: dict[str, str]


class _Call(NamedTuple):
    """The part of a row that all paths of its group share, in the order of the compiled file."""

    effect: Effect | None
    length: Length | None
    when: When | None
    returns: str | None
    role: str | None
    why: str
    library: str


class Models:
    """The rows of all libraries. Paths may be given by any alias, through subclasses and through attributes."""

    def __init__(self, extra: Iterable[Row] = ()) -> None:
        index = _index()
        self._lines = dict(index.lines)
        self._by_name = index.by_name
        self._read: set[str] = set()
        self._calls: dict[str, _Call] = {}
        self._types: dict[str, Type] = {}
        self._aliases: dict[str, str] = {}
        self._canonical: dict[str, str] = {}
        self._namespaces: set[str] = set()
        self._blocking: set[str] = set()
        """Paths of calls that block for long, and of all that they lie below."""
        self._blocks: dict[str, bool] = {}
        self._blocking_names: dict[str, frozenset[str]] = {}
        self._rows: dict[str, Row | None] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        for row in extra:
            # As written and by its canonical name: a user's word counts whichever way the code reaches the object.
            call = _Call(row.effect, row.length, row.when, row.returns, row.role, row.why, row.library)
            for path in (row.path, self.canonical(row.path)):
                self._calls[path] = call
                self._note(path)
                self._note_blocking(path, call)

    def _load(self, module: str) -> None:
        """Read the libraries that have rows of a top-level module."""
        for line in self._lines.pop(module):
            if line not in self._read:
                self._read.add(line)
                self._add(_library(line))

    def _add(self, library: Library) -> None:
        for (paths, owners, names), *rest in library["calls"]:
            call = _Call._make((*rest, library["library"]))
            for path in (*paths, *(f"{owner}.{name}" for owner in owners for name in names)):
                self._calls.setdefault(path, call)  # a user's row stands
                self._note(path)
                self._note_blocking(path, call)
        for path, aliases, bases, members in library["types"]:
            self._types[path] = Type(path, tuple(bases), members)
            self._aliases.update(dict.fromkeys(aliases, path))
            for name in (path, *aliases):
                self._note(name)

    def _note(self, path: str) -> None:
        while (path := path.rpartition(".")[0]) and path not in self._namespaces:
            self._namespaces.add(path)

    def _note_blocking(self, path: str, call: _Call) -> None:
        if call.effect == "wait" and call.length == "long" and call.when != "await":
            while path and path not in self._blocking:
                self._blocking.add(path)
                path = path.rpartition(".")[0]

    def row(self, path: str) -> Row | None:
        """The row at this path; inherited rows and rows of attributes' types are found too."""
        if path not in self._rows:
            found = self._search(path)
            self._rows[path] = None if found is None else Row(found, *self._calls[found])
        return self._rows[path]

    def member(self, type_path: str, name: str) -> Row | None:
        """The row of attribute `name` of instances of a type. `type_path` may be an attribute chain itself."""
        return self.row(f"{type_path}.{name}")

    def attribute(self, type_path: str, name: str) -> str | None:
        """The type path of an attribute of instances: a declared member, or a path that has rows below it."""
        for owner in (self.canonical(type_path), *self.bases(type_path)):
            declared = self._types[owner].members.get(name) if owner in self._types else None
            if declared is not None or f"{owner}.{name}" in self._namespaces:
                return self.canonical(declared or f"{owner}.{name}")
        return None

    def is_namespace(self, path: str) -> bool:
        """Some row or type lies below this path."""
        path = self.canonical(path)
        if path in self._namespaces or path in self._types:
            return True
        owner, _, name = path.rpartition(".")
        return bool(owner) and self.is_namespace(owner) and self.attribute(owner, name) is not None

    def blocks(self, path: str) -> bool:
        """Whether a library's class or function leads to a call that blocks for long: itself, by its instances, by what it returns."""
        path = self.canonical(path)
        known = self._blocks.get(path)
        if known is None:
            self._blocks[path] = False
            found, call = self._types.get(path), self._calls.get(path)
            further = [*found.bases, *found.members.values()] if found is not None else []
            if call is not None and call.returns is not None and "." in call.returns:
                further.append(call.returns)
            known = self._blocks[path] = path in self._blocking or any(map(self.blocks, further))
        return known

    def blocking_names(self, path: str) -> frozenset[str]:
        """The names right inside a library's module that `blocks` is true of."""
        path = self.canonical(path)
        known = self._blocking_names.get(path)
        if known is None:
            start = f"{path}."
            below = (name for name in (*self._calls, *self._types, *self._aliases) if name.startswith(start))
            inside = (name for name in below if "." not in name[len(start) :])
            known = self._blocking_names[path] = frozenset(name[len(start) :] for name in inside if self.blocks(name))
        return known

    def type(self, path: str) -> Type | None:
        """The type at this path, through aliases."""
        return self._types.get(self.canonical(path))

    def canonical(self, path: str) -> str:
        """The path under which rows speak of this object: `httpx._client.AsyncClient.get` is `httpx.AsyncClient.get`."""
        known = self._canonical.get(path)
        if known is None:
            module = path.partition(".")[0]
            if module in self._lines:
                self._load(module)
            known = self._canonical[path] = self._resolved(path)
        return known

    def _resolved(self, path: str) -> str:
        """A path with its longest alias replaced."""
        head, tail = path, ""
        while head:
            if (known := self._aliases.get(head)) is not None:
                return known + tail
            head, _, name = head.rpartition(".")
            tail = f".{name}{tail}"
        return path

    def bases(self, type_path: str) -> tuple[str, ...]:
        """Canonical paths of all bases of a type, nearest first; a shared one stands behind all that inherit it."""
        known = self._bases.get(type_path)
        if known is None:
            seen: dict[str, None] = {}
            for base in self._ancestors(self.canonical(type_path)):
                seen.pop(base, None)
                seen[base] = None
            known = self._bases[type_path] = tuple(seen)
        return known

    def unique_method(self, name: str) -> Row | None:
        """The row that a method name alone tells, because no known library has a method of that name with another effect."""
        rows = [row for path in self._by_name.get(name, ()) if (row := self.row(path)) is not None]
        return rows[0] if len({(row.effect, row.length, row.when) for row in rows}) == 1 else None

    def rows(self) -> Iterator[Row]:
        """Every row, by canonical path: for tests and documentation."""
        self._load_all()
        return (Row(path, *call) for path, call in self._calls.items())

    def types(self) -> Iterator[Type]:
        self._load_all()
        return iter(self._types.values())

    def _load_all(self) -> None:
        for module in [*self._lines]:
            self._load(module)

    def _ancestors(self, path: str) -> Iterator[str]:
        found = self._types.get(path)
        for base in map(self.canonical, found.bases if found else ()):
            yield base
            yield from self._ancestors(base)

    def _search(self, path: str) -> str | None:
        """The path of the row for `path`: there, or where a prefix of it inherits or points to."""
        path = self.canonical(path)
        if path in self._calls:
            return path
        head, tail = path, ""
        while head:
            head, _, name = head.rpartition(".")
            tail = f".{name}{tail}"
            if head not in self._types:
                continue
            first, _, more = tail[1:].partition(".")
            for owner in (head, *self.bases(head)):
                declared = self._types[owner].members.get(first) if owner in self._types else None
                if declared is not None and more and (found := self._search(f"{declared}.{more}")):
                    return found
                if owner + tail in self._calls:
                    return owner + tail
        return None


class Library(TypedDict):
    """A library's line in the compiled file; `calls` and `types` are lists in the order of `_Call` and `_types`."""

    library: str
    calls: list[Any]
    types: list[Any]


class _Index(NamedTuple):
    """What the compiled file holds: lines of libraries by top-level module, and paths by the names that tell them."""

    lines: dict[str, list[str]]
    by_name: dict[str, list[str]]


@cache
def _index() -> _Index:
    first, *lines = COMPILED.read_text("utf-8").splitlines()
    head = json.loads(first)
    found: dict[str, list[str]] = {}
    for line, modules in zip(lines, head["modules"], strict=True):
        for module in modules:
            found.setdefault(module, []).append(line)
    return _Index(found, head["by_name"])


@cache
def _library(line: str) -> Library:
    library: Library = json.loads(line)
    return library
