"""From a file's bytes to the lines that flake8 has for it."""

from __future__ import annotations

import io
import os
import re
import stat
import tokenize

# Their decoders take quadratic time: a file that names one would hang every file that imports it.
_SLOW = frozenset({"idna", "punycode"})
_COOKIE = re.compile(rb"(?:[^\n]*\n)?[^\n]*coding")


def lines_of(data: bytes) -> list[str]:
    """The lines of a source file with their ends, as flake8 splits them.

    The encoding is the file's own (cookie or byte order mark); where that cannot be, Latin-1. Line ends are those of
    universal newlines and become "\\n"; form feeds and Unicode's separators end no line.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        lines = _decoded(data, "latin-1" if encoding in _SLOW else encoding)
    except (SyntaxError, UnicodeError, LookupError):  # LookupError: a codec that is not of text, as "hex"
        lines = _decoded(data, "latin-1")
    if lines:
        lines[0] = lines[0].removeprefix("\ufeff").removeprefix("\xef\xbb\xbf")
    return lines


def _decoded(data: bytes, encoding: str) -> list[str]:
    with io.TextIOWrapper(io.BytesIO(data), encoding) as stream:
        return stream.readlines()


def text_of(path: str) -> bytes | None:
    """The text of a regular file as flake8 hands it over, in UTF-8: without a byte order mark, its line ends "\\n"."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe may have no end, and no beginning
            return None
        with open(path, "rb", buffering=0) as stream:
            text = stream.readall()
    except (OSError, ValueError):
        return None
    if not text.isascii() or _COOKIE.match(text):
        return "".join(lines_of(text)).encode("utf-8", "surrogatepass")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text
