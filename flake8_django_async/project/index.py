"""Reverse questions about a project: who mentions a word, who inherits from a class, who imports a module.

Answers are candidates, found in the bytes of all files, comments and strings included: whoever asks looks closer.
They come in sorted order and do not depend on what was asked or read before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flake8_django_async.source.text import text_of

from .files import LARGEST, stamp_of_file

_WORDS_PAY = 40  # words after which a table of all words costs less than looking through all files once more
# Bounds, in bytes, so that no file makes a search quadratic.
_LONGEST = 4_000  # a class header, an import statement
_LONGEST_LINE = 400  # one that goes on behind a backslash
_DEEPEST = 200  # indentation

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_WORD_BYTES = frozenset(b"_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + bytes(range(128, 256)))
_CLASS = re.compile(rb"class[ \t]+([\w\x80-\xff]+)[ \t]*(?:\[[^\]\n]{0,500}\][ \t]*)?\(")
_DEFINES = re.compile(rb"(?:^|\n)[ \t]*(?:class|(?:async[ \t]+)?def)[ \t]+\Z")
_IMPORT = re.compile(rb"(?:from|import)[ \t]")
_PARENTHESIS = re.compile(rb"[()]|\b(?:class|def|import)\b")  # these words cannot stand in what is looked at
_COMMENT = re.compile(rb"#[^\n]*")


@dataclass(frozen=True, slots=True, order=True)
class Header:
    """A class or function statement: its file, the line of `class` or `def` (1-based), its name."""

    path: str
    line: int
    name: str


class Index:
    """The bytes of a project's files, read once, when the first question is asked.

    `buffers` stand for what is on disk. What `before` has read and has not changed since is taken over from it.
    """

    def __init__(self, files: Iterable[str], buffers: Mapping[str, bytes] | None = None, before: Index | None = None) -> None:
        self._files = tuple(sorted(files))
        self._buffers = buffers or {}
        self._before = before
        self._stamps: dict[str, tuple[int, int]] = {}
        self._texts: dict[str, bytes] | None = None
        self._mentions: dict[str, tuple[tuple[str, int], ...]] = {}
        self._holders: dict[str, tuple[str, ...]] = {}
        self._importers: dict[str, tuple[str, ...]] = {}
        self._import_words: dict[str, frozenset[bytes]] = {}
        self._headers: dict[bytes, tuple[Header, ...]] | None = None
        self._words: dict[bytes, list[str]] | None = None

    def has(self, path: str, text: bytes) -> bool:
        """Whether this is the text that answers about a file come from, or will come from."""
        texts = self._buffers if self._texts is None else self._texts
        return texts.get(path) == text or path not in self._files

    def is_current(self) -> bool:
        """Whether no file has changed on disk since it was read."""
        return self._texts is None or all(_stamp(path) == stamp for path, stamp in self._stamps.items())

    def files(self) -> tuple[str, ...]:
        """Absolute paths of all Python files of the project, sorted, too large ones included."""
        return self._files

    def mentions(self, word: str) -> tuple[tuple[str, int], ...]:
        """Files and lines (1-based) that contain a whole word; a line once."""
        found = self._mentions.get(word)
        if found is None:
            raw = _raw(word)
            found = tuple((path, line) for path in self.mentioning(word) for line in _lines(self._all[path], raw))
            self._mentions[word] = found
        return found

    def mentioning(self, word: str) -> tuple[str, ...]:
        """Files that contain a whole word."""
        found = self._holders.get(word)
        if found is None:
            found = self._holders[word] = self._search(_raw(word))
        return found

    def subclasses(self, base: str) -> tuple[Header, ...]:
        """Classes whose header names `base` between its parentheses, whichever way (`Base`, `m.Base`, `Base[T]`)."""
        if self._headers is None:
            headers: dict[bytes, set[Header]] = {}
            for path, text in self._all.items():
                for header, inside in _class_headers(path, text):
                    for word in _WORD.findall(inside):
                        headers.setdefault(word, set()).add(header)
            self._headers = {word: tuple(sorted(found)) for word, found in headers.items()}
        return self._headers.get(_raw(base), ())

    def definitions(self, name: str) -> tuple[Header, ...]:
        """Class and function statements of this name, at any depth."""
        raw = _raw(name)
        return tuple(
            Header(path, line, name) for path in self.mentioning(name) for line in _lines(self._all[path], raw, _DEFINES)
        )

    def importers(self, word: str) -> tuple[str, ...]:
        """Files with an import statement that has this word, as a part of a module's name or as a member."""
        found = self._importers.get(word)
        if found is None:
            raw = _raw(word)
            found = tuple(path for path in self.mentioning(word) if raw in self._imported(path))
            self._importers[word] = found
        return found

    def _imported(self, path: str) -> frozenset[bytes]:
        """The words in the import statements of a file."""
        found = self._import_words.get(path)
        if found is None:
            found = frozenset(word for statement in _import_statements(self._all[path]) for word in _WORD.findall(statement))
            self._import_words[path] = found
        return found

    @property
    def _all(self) -> dict[str, bytes]:
        """Text by path, in sorted order, its line ends "\\n"."""
        if self._texts is None:
            self._texts = {path: text for path in self._files if (text := self._text(path)) is not None}
            self._before = None
        return self._texts

    def _text(self, path: str) -> bytes | None:
        stamp = _stamp(path)
        if stamp is None:
            return self._buffers.get(path)
        self._stamps[path] = stamp
        if path in self._buffers:
            return self._buffers[path]
        before = self._before
        if before is not None and before._texts is not None and before._stamps.get(path) == stamp and path not in before._buffers:
            return before._texts.get(path)
        return text_of(path) if stamp[1] <= LARGEST else None

    def _search(self, raw: bytes) -> tuple[str, ...]:
        if self._words is None and len(self._holders) >= _WORDS_PAY:
            words: dict[bytes, list[str]] = {}
            for path, text in self._all.items():
                for word in set(_WORD.findall(text)):
                    words.setdefault(word, []).append(path)
            self._words = words
        if self._words is not None:
            return tuple(self._words.get(raw, ()))
        return tuple(path for path, text in self._all.items() if raw in text and next(_hits(text, raw), None) is not None)


def _raw(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        return stamp_of_file(path)
    except (OSError, ValueError):
        return None


def _hits(text: bytes, word: bytes) -> Iterator[int]:
    """Where a whole word stands."""
    at = text.find(word) if word else -1
    while at >= 0:
        end = at + len(word)
        if (at == 0 or text[at - 1] not in _WORD_BYTES) and (end == len(text) or text[end] not in _WORD_BYTES):
            yield at
        at = text.find(word, end)


def _lines(text: bytes, word: bytes, before: re.Pattern[bytes] | None = None) -> Iterator[int]:
    """The lines that hold a word, each once; only where what stands before it matches."""
    line, start = 1, 0
    seen = 0
    for at in _hits(text, word):
        if before is not None and not before.search(text[max(0, at - _DEEPEST) : at]):
            continue
        line += text.count(b"\n", start, at)
        start = at
        if line != seen:
            yield line
            seen = line


def _begins_line(text: bytes, at: int) -> bool:
    before = text[max(0, at - _DEEPEST) : at].rstrip(b" \t\f")
    return before.endswith(b"\n") if before else at <= _DEEPEST


def _class_headers(path: str, text: bytes) -> Iterator[tuple[Header, bytes]]:
    """The class statements of a file, each with what stands between its parentheses."""
    line, start = 1, 0
    end = 0
    while (at := text.find(b"class", end)) >= 0:  # faster than the pattern's own search
        match = _CLASS.match(text, at)
        end = at + len(b"class") if match is None else match.end()
        if match is None or not _begins_line(text, at):
            continue
        line += text.count(b"\n", start, at)
        start = at
        name = match[1].decode("utf-8", "replace")
        yield Header(path, line, name), _parenthesised(text, match.end())


def _parenthesised(text: bytes, at: int) -> bytes:
    """From behind an opening parenthesis to the one that closes it, without comments."""
    end = text.find(b")", at, at + _LONGEST)
    if end >= 0 and text.find(b"(", at, end) < 0 and text.find(b"#", at, end) < 0:  # nearly always
        return text[at:end]
    part = text[at : at + _LONGEST]
    if b"#" in part:
        part = _COMMENT.sub(b"", part)
    depth = 1
    for match in _PARENTHESIS.finditer(part):
        depth = depth + 1 if match[0] == b"(" else depth - 1 if match[0] == b")" else 0
        if not depth:
            return part[: match.start()]
    return part


def _import_statements(text: bytes) -> Iterator[bytes]:
    for match in _IMPORT.finditer(text):
        at = match.start()
        if not _begins_line(text, at):
            continue
        end = text.find(b"\n", at)
        head = text[at:] if end < 0 else text[at:end]
        opening = head.find(b"(")
        if opening >= 0:
            yield head[:opening] + b" " + _parenthesised(text, at + opening + 1)
        elif head.endswith(b"\\"):
            yield text[at : at + _LONGEST_LINE].partition(b"\n\n")[0]
        else:
            yield head.partition(b"#")[0]
