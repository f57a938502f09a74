"""Places in files as people read them: a line of source with carets under the call."""

from __future__ import annotations

import ast
import linecache
import os

from flake8_django_async.analysis.step import Step
from flake8_django_async.cli.colour import Colour


def shown_path(path: str) -> str:
    """A path as short as it can be told from the working directory."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # pragma: no cover  # another drive of Windows
        return path
    return path if relative.startswith(os.path.join("..", "..")) else relative


def excerpt(step: Step, colour: Colour, caret: str) -> list[str]:
    """The line of a step, and carets below what is called there."""
    line = linecache.getline(step.path, step.line).rstrip("\r\n")
    if not line:
        return []
    width = max(1, end_column(step, line) - step.column)
    number = str(step.line)
    indent = "".join(character if character == "\t" else " " for character in line[: step.column])
    return [
        f"  {colour.dim}{number:>5} |{colour.off} {line}",
        f"  {colour.dim}{'':>5} |{colour.off} {indent}{caret}{'^' * width}{colour.off}",
    ]


def end_column(step: Step, line: str) -> int:
    """Where what starts at a step ends on its line: the call or statement there, as far as it can be parsed."""
    ends = [column for column in _ends(step, line) if column > step.column]
    return min(max(ends, default=len(line)), len(line))


def _ends(step: Step, line: str) -> list[int]:
    start = len(line[: step.column].encode())
    found: list[int] = []
    for node in ast.walk(ast.parse("".join(linecache.getlines(step.path)))):
        if (
            getattr(node, "lineno", 0) == step.line
            and getattr(node, "col_offset", -1) == start
            and isinstance(node, (ast.expr, ast.stmt))
        ):
            last, end = node.end_lineno, node.end_col_offset
            found.append(len(line) if last != step.line or end is None else len(line.encode()[:end].decode(errors="replace")))
    return found
