"""The baseline: findings that a project has and knows of, so that only new ones are reported.

A finding is known again by its file, code, function and the text of its line, not by the line's number: lines may move. As many
are left out as the baseline has.
"""

from __future__ import annotations

import ast
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from flake8_django_async.configure import ConfigurationError
from flake8_django_async.diagnostic import Diagnostic
from flake8_django_async.project.files import stamp_of_file

_read: dict[str, tuple[tuple[int, int], Counter[Known]]] = {}


class Known(NamedTuple):
    """A finding without its line number. `path` is relative to the baseline's folder, with "/"."""

    path: str
    code: str
    within: str
    source: str


def not_in_baseline(diagnostics: Sequence[Diagnostic], lines: Sequence[str], tree: ast.Module, file: str) -> list[Diagnostic]:
    """The diagnostics of one file that its baseline does not have. Raises ConfigurationError."""
    unused = read(file).copy()
    left: list[Diagnostic] = []
    for diagnostic in diagnostics:
        known = identity(diagnostic.path, diagnostic.line, diagnostic.code, lines, tree, os.path.dirname(file))
        if unused[known] > 0 and diagnostic.code != "LDB900":
            unused[known] -= 1
        else:
            left.append(diagnostic)
    return left


def identity(path: str, line: int, code: str, lines: Sequence[str], tree: ast.Module, folder: str) -> Known:
    """What is known of a finding again when its line has moved."""
    try:
        path = os.path.relpath(os.path.realpath(path), os.path.realpath(folder))
    except ValueError:  # pragma: no cover  # another drive of Windows
        pass
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    return Known(path.replace(os.sep, "/"), code, ".".join(names_around(tree, line)), " ".join(source.split()))


def names_around(tree: ast.AST, line: int) -> Iterator[str]:
    """The classes and functions around a line, outermost first."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.stmt) and not isinstance(node, (ast.ExceptHandler, ast.match_case)):
            continue
        last = getattr(node, "end_lineno", None)
        if last is not None and not getattr(node, "lineno", 0) <= line <= last:
            continue
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name
        yield from names_around(node, line)


def read(file: str) -> Counter[Known]:
    """The findings in a baseline, and how many of each. Raises ConfigurationError."""
    try:
        stamp = stamp_of_file(file)
        if file not in _read or _read[file][0] != stamp:
            with open(file, encoding="utf-8") as stream:
                rows = json.load(stream)["findings"]
            _read[file] = (stamp, Counter(Known(row["path"], row["code"], row["within"], row["source"]) for row in rows))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(
            f"baseline {file}: {reason}; 'flake8-django-async check --write-baseline FILE' makes one"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ConfigurationError(
            f"baseline {file}: not a baseline; 'flake8-django-async check --write-baseline FILE' makes one"
        ) from None
    return _read[file][1]


def write(file: str, findings: Iterable[Known]) -> None:
    """Write a baseline, one finding a line, so that its changes read well."""
    rows = ",\n".join(f"  {json.dumps(known._asdict(), ensure_ascii=False)}" for known in sorted(findings))
    with open(file, "w", encoding="utf-8", errors="backslashreplace") as stream:  # what is no Unicode, as JSON escapes it
        stream.write(f'{{"version": 1, "findings": [\n{rows}\n]}}\n' if rows else '{"version": 1, "findings": []}\n')
