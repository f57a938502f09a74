"""From the compiled rows to answers: what does this API path do, what type is behind it?

`load` reads only the libraries that a project imports out of `compiled.jsonl` (see `models.compile`): its first line is an index,
each further line one library. Rows become objects when they are asked for.
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
    """The rows of some libraries. Paths may be given by any alias, through subclasses and through attributes."""

    def __init__(self, libraries: Iterable[Library], extra: Iterable[Row] = (), by_name: dict[str, list[str]] | None = None) -> None:
        self._calls: dict[str, _Call] = {}
        self._types: dict[str, Type] = {}
        self._aliases: dict[str, str] = {}
        self._rows: dict[str, Row | None] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._by_name = by_name or {}
        for library in libraries:
            for (paths, owners, names), *rest in library["calls"]:
                call = _Call._make((*rest, library["library"]))
                self._calls.update(dict.fromkeys(paths, call))
                self._calls.update((f"{owner}.{name}", call) for owner in owners for name in names)
            for path, aliases, bases, members in library["types"]:
                self._types[path] = Type(path, tuple(bases), members)
                self._aliases.update(dict.fromkeys(aliases, path))
        for row in extra:
            # As written and by its canonical name: a user's word counts whichever way the code reaches the object.
            call = _Call(row.effect, row.length, row.when, row.returns, row.role, row.why, row.library)
            self._calls[row.path] = self._calls[self.canonical(row.path)] = call
        self._namespaces: set[str] = set()
        for path in (*self._calls, *self._types, *self._aliases):
            while (path := path.rpartition(".")[0]) and path not in self._namespaces:
                self._namespaces.add(path)

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

    def type(self, path: str) -> Type | None:
        """The type at this path, through aliases."""
        return self._types.get(self.canonical(path))

    def canonical(self, path: str) -> str:
        """The path under which rows speak of this object: `httpx._client.AsyncClient.get` is `httpx.AsyncClient.get`."""
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
            for base in self._ancestors(self.canonical(type_path), ()):
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
        return (Row(path, *call) for path, call in self._calls.items())

    def types(self) -> Iterator[Type]:
        return iter(self._types.values())

    def _ancestors(self, path: str, below: tuple[str, ...]) -> Iterator[str]:
        found = self._types.get(path)
        for base in map(self.canonical, found.bases if found else ()):
            if base not in below:
                yield base
                yield from self._ancestors(base, (*below, path))

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


@cache
def load(modules: Iterable[str] = (), extra: Iterable[Row] = ()) -> Models:
    """The models of Django, asgiref and the standard library, and of whatever else these imported modules belong to.

    `modules` are dotted or top-level names, `extra` rows of the user; both must be hashable (frozenset, tuple).
    """
    index = _index()
    wanted = {name for name, entry in index.libraries.items() if entry.always or any(_loads(entry, m) for m in modules)}
    todo = list(wanted)
    while todo:
        needed = set(index.libraries[todo.pop()].requires) - wanted
        wanted |= needed
        todo += needed
    return Models((_library(name) for name in index.libraries if name in wanted), extra, index.by_name)


def load_all(extra: Iterable[Row] = ()) -> Models:
    """The models of all libraries."""
    index = _index()
    return Models(map(_library, index.libraries), extra, index.by_name)


class _Entry(NamedTuple):
    """A library's line in the index."""

    line: str
    modules: list[str]
    always: bool
    requires: list[str]


class _Index(NamedTuple):
    libraries: dict[str, _Entry]
    by_name: dict[str, list[str]]


class Library(TypedDict):
    """A library's line in the compiled file; `calls` and `types` are lists in the order of `_Call` and `_types`."""

    library: str
    calls: list[Any]
    types: list[Any]


@cache
def _index() -> _Index:
    first, *lines = COMPILED.read_text("utf-8").splitlines()
    head = json.loads(first)
    entries = {name: _Entry(line, *rest) for line, (name, *rest) in zip(lines, head["libraries"], strict=True)}
    return _Index(entries, head["by_name"])


@cache
def _library(name: str) -> Library:
    library: Library = json.loads(_index().libraries[name].line)
    return library


def _loads(entry: _Entry, module: str) -> bool:
    """Whether importing `module` loads a library: `google.genai` and, since more may follow, `google` load google-genai."""
    return any(f"{module}.".startswith(f"{known}.") or f"{known}.".startswith(f"{module}.") for known in entry.modules)
