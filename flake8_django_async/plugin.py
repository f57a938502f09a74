"""flake8's door: options in, the gate, diagnostics out. Checking a file never raises."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

from flake8_django_async import __version__

GATE = ("async", "await", "request", "Consumer")
"""A file whose text has none of these cannot matter: it has no async code, no view and no consumer."""


class Plugin:
    """One file's check, as flake8 makes it."""

    name = "flake8-django-async"
    version = __version__

    def __init__(self, tree: ast.Module, lines: list[str], filename: str) -> None:
        self.tree = tree
        self.lines = lines
        self.filename = filename

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        if not any(word in line for line in self.lines for word in GATE):
            return
        from flake8_django_async.check import check

        for diagnostic in check(os.path.abspath(self.filename), self.lines, self.tree):
            yield diagnostic.line, diagnostic.column, diagnostic.text, type(self)
