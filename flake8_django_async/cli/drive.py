"""flake8 as a library: its file discovery, configuration, workers and noqa, with our plugin as the only checker."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8 import utils
from flake8.formatting.base import BaseFormatter
from flake8.main.application import Application
from flake8.options.parse_args import parse_args
from flake8.plugins.finder import Checkers, Plugins

from flake8_django_async.analysis.step import Step
from flake8_django_async.baseline import Known, identity
from flake8_django_async.check import check
from flake8_django_async.cli.source import shown_path
from flake8_django_async.configure import NOT_GIVEN, configuration_for
from flake8_django_async.diagnostic import Diagnostic
from flake8_django_async.plugin import Plugin
from flake8_django_async.source.text import lines_of

if TYPE_CHECKING:
    from flake8.violation import Violation


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as flake8 reports it: `shown` is the path as flake8 shows it; line and column are 1-based.

    `known` tells it apart when lines have moved, `nth` counts those that are alike in that. Codes of flake8 itself have no trace.
    """

    shown: str
    path: str
    line: int
    column: int
    code: str
    message: str
    source: str
    known: Known
    nth: int
    trace: tuple[Step, ...] = ()


class Failure(Exception):
    """flake8 could not run at all: the reason, in one line."""


class _Collector(BaseFormatter):
    """Keeps what flake8 would print."""

    def after_init(self) -> None:
        self.violations: list[Violation] = []

    def start(self) -> None:
        """Nothing is written here: the report is made at the end."""

    def handle(self, error: Violation) -> None:
        self.violations.append(error)


class _OnlyUs(Application):
    """flake8's application without the other checkers. Workers that are not forked load them, and we do not listen."""

    collector: _Collector

    def initialize(self, argv: Sequence[str]) -> None:
        plugins, self.options = parse_args(argv)
        ours = [loaded for loaded in plugins.checkers.tree if loaded.obj is Plugin]
        if not ours:
            raise Failure("flake8 does not find the plugin: it must be installed where flake8 is")
        self.plugins = Plugins(Checkers(tree=ours, logical_line=[], physical_line=[]), plugins.reporters, [])
        chosen = [*(self.options.select or ()), *(self.options.extend_select or ())]
        # E9: a file that Python cannot parse must not pass as clean.
        self.options.select = [*([code for code in chosen if code.startswith("LDB")] or ["LDB"]), "E9"]
        self.options.extend_select = None
        self.formatter = self.collector = _Collector(self.options)
        self.make_guide()
        self.make_file_checker_manager(argv)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of flake8 ended with. `output` is flake8's --output-file, `color` its --color."""

    findings: tuple[Finding, ...]
    status: int
    output: str | None
    color: str


def drive(argv: Sequence[str], baseline: str | None = None, *, traces: bool = False) -> Outcome:
    """Run flake8 with these arguments. Raises Failure and flake8's ExecutionError.

    `baseline` is the file that findings are to be known again from; the working directory stands for one that is not there.
    `traces` costs a second look at files with findings.
    """
    application = _OnlyUs()
    was, sys.argv = sys.argv, ["flake8", *argv]  # where the plugin, in workers too, looks for what flake8 keeps to itself
    try:
        application.initialize(argv)
        application.run_checks()
        application.report()
    finally:
        sys.argv = was
    options = application.options
    assert options is not None
    folder = os.path.dirname(os.path.abspath(baseline)) if baseline else os.getcwd()
    findings = _findings(application.collector.violations, folder, traces)
    return Outcome(tuple(findings), application.exit_code(), options.output_file, options.color)


def _findings(violations: Sequence[Violation], folder: str, traces: bool) -> list[Finding]:
    files: dict[str, list[Violation]] = {}
    for violation in violations:
        files.setdefault(violation.filename, []).append(violation)
    found: list[Finding] = []
    for shown, group in files.items():
        found += _of_file(shown, group, folder, traces and _have_traces(group))
    return found


def _of_file(shown: str, violations: Sequence[Violation], folder: str, traces: bool) -> list[Finding]:
    path = os.path.abspath(shown)
    lines = _lines(shown)
    tree = _parsed(lines)
    traced = {(known.line, known.column + 1, known.code): known for known in _diagnostics(path, lines)} if traces else {}
    seen: dict[Known, int] = {}
    found: list[Finding] = []
    for violation in violations:
        line, column = violation.line_number, violation.column_number
        known = identity(path, line, violation.code, lines, tree, folder)
        seen[known] = seen.get(known, 0) + 1
        diagnostic = traced.get((line, column, violation.code))
        source = lines[line - 1].rstrip("\r\n") if 0 < line <= len(lines) else ""
        trace = diagnostic.trace if diagnostic is not None else ()
        text = violation.text
        found.append(Finding(_tidy(shown), path, line, column, violation.code, text, source, known, seen[known], trace))
    return found


def _have_traces(violations: Sequence[Violation]) -> bool:
    return any(violation.code.startswith("LDB") and violation.code < "LDB9" for violation in violations)


def _diagnostics(path: str, lines: list[str]) -> list[Diagnostic]:
    """The diagnostics once more, with their traces: flake8 hands on texts only."""
    try:
        return check(path, lines, configuration=configuration_for(path, Plugin.given or NOT_GIVEN))
    except Exception:  # noqa: BLE001 - the plugin has said LDB900 about it
        return []


def _lines(shown: str) -> list[str]:
    if not os.path.exists(shown):
        return list(utils.stdin_get_lines())
    try:
        with open(shown, "rb") as stream:
            return lines_of(stream.read())
    except OSError:
        return []


def _parsed(lines: list[str]) -> ast.Module:
    try:
        return ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _tidy(shown: str) -> str:
    return shown_path(shown) if os.path.isabs(shown) else os.path.normpath(shown)
