"""One Python file: its lines, outline and flow, each read when it is first asked for.

Nothing is imported or run. A file that cannot be read or parsed is a module with a `problem` and an empty outline.
"""

from __future__ import annotations

import ast
import os
import stat
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from flake8_django_async.project.flows import Flows, key_of
from flake8_django_async.source.text import lines_of

from .files import LARGEST, stamp_of

if TYPE_CHECKING:
    from flake8_django_async.source import flow
    from flake8_django_async.source.outline import Lines, Outline


class Module:
    """One Python file, read when it is first asked for. A namespace package is a module without lines.

    `path` is absolute, and that of a package is its `__init__.py` (of a namespace package its folder). `name` is
    dotted. `lines` have their ends and are those of flake8, 1-based in all spans.
    """

    flows: ClassVar[Flows | None] = None
    """Flows of earlier runs, which spare reading the same text again."""

    def __init__(self, path: str, name: str, *, is_namespace: bool = False) -> None:
        self.path = path
        self.name = name
        self.is_namespace = is_namespace
        self.is_package = is_namespace or os.path.basename(path) == "__init__.py"
        self.stamp = stamp_of(path)
        self.unread: dict[Lines, str] = {}
        """Spans that could not be lowered, and why."""
        self._problem: str | None = None
        self._lines: list[str] | None = [] if is_namespace else None
        self._tree: ast.Module | None = None
        self._outline: Outline | None = None
        self._blocks: dict[Lines, flow.Block] = {}

    @property
    def package(self) -> str:
        """The dotted name that relative imports start from; "" for a module outside packages."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def folder(self) -> str:
        """The folder of the module's file; of a namespace package the folder itself."""
        return self.path if self.is_namespace else os.path.dirname(self.path)

    @property
    def lines(self) -> list[str]:
        """With their ends; none where the file cannot be read (`problem`)."""
        if self._lines is None:
            self._lines, self._problem = _read(self.path)
        return self._lines

    @property
    def outline(self) -> Outline:
        """Names and spans; empty where the module has a problem."""
        if self._outline is None:
            self._outline = self._find_outline() or self._read_outline()
            self._tree = None
        return self._outline

    def _find_outline(self) -> Outline | None:
        """That of an earlier run; what flake8 has parsed for this one is read as fast."""
        if self.flows is None or self._tree is not None or not self.lines or self._problem is not None:
            return None
        return self.flows.find_outline(self.path, "".join(self.lines))

    def _read_outline(self) -> Outline:
        from flake8_django_async.source.outline import Outline, outline  # its classes take longer to make than to use

        lines, tree = self.lines, self._tree
        is_own = tree is None
        if tree is None and self._problem is None:
            tree, self._problem = _parse(lines)
        if tree is None:
            return Outline()
        found = outline(tree, lines)
        if is_own and self.flows is not None:
            self.flows.keep_outline(self.path, "".join(lines), found)
        return found

    @property
    def problem(self) -> str | None:
        """Why the module cannot be read, in a few words; None for one that can."""
        _ = self.outline
        return self._problem

    def block(self, span: Lines) -> flow.Block:
        """The flow of whole statements, first and last line 1-based; empty where they cannot be read (`unread`)."""
        block = self._blocks.get(span)
        if block is not None:
            return block
        key = key_of(self.lines, span) if self.flows is not None else ""
        if self.flows is not None:
            block = self.flows.find(self.path, key)
        if block is None:
            from flake8_django_async.source import lower  # brings libcst: only for what is read

            try:
                block = lower.block(self.lines, *span)
                if self.flows is not None:
                    self.flows.keep(self.path, key, block)
            except (lower.LoweringError, RecursionError, MemoryError) as error:
                self.unread[span] = str(error) or "nested too deeply"
                block = ()
        self._blocks[span] = block
        return block

    def take(self, lines: Sequence[str] | None, tree: ast.Module | None) -> None:
        """Use what flake8 has read already, where this module has not."""
        if lines is not None and self._lines is None:
            self._lines = list(lines)
        if self._outline is None:
            self._tree = tree

    def holds(self, lines: Sequence[str]) -> bool:
        """Whether the module's text is this."""
        return self.lines == list(lines)

    @property
    def is_read(self) -> bool:
        return self._lines is not None


def _read(path: str) -> tuple[list[str], str | None]:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return [], "not a file"
        if status.st_size > LARGEST:
            return [], "too large"
        with open(path, "rb") as stream:
            return lines_of(stream.read()), None
    except (OSError, ValueError) as error:
        return [], getattr(error, "strerror", None) or "cannot be opened"


def _parse(lines: list[str]) -> tuple[ast.Module | None, str | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are their author's business
            return ast.parse("".join(lines)), None
    except SyntaxError as error:
        return None, f"{error.msg} (line {error.lineno})" if error.lineno else str(error.msg)
    except ValueError as error:  # null bytes, until Python 3.12
        return None, str(error)
    except (RecursionError, MemoryError):
        return None, "nested too deeply"
