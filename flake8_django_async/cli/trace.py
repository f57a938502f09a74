"""`flake8-django-async trace PATH:LINE`: the way from the call that opened the connection to the wait."""

from __future__ import annotations

import os
import re

from flake8_django_async.analysis.step import Step
from flake8_django_async.check import check
from flake8_django_async.cli.colour import Colour
from flake8_django_async.cli.source import excerpt, shown_path
from flake8_django_async.configure import Given, configuration_for
from flake8_django_async.diagnostic import Diagnostic
from flake8_django_async.options import Configuration
from flake8_django_async.project.modules import Project

CANNOT_RELEASE = ("LDB103", "LDB104")
"""Rules whose wait has to move: a release where it stands breaks something else."""


def trace(place: str, given: Given, colour: Colour) -> tuple[list[str], int]:
    """Every diagnostic at `path:line`, with its way. Lines and the exit status: 0, 1 when there is none, 2 for a mistake or an
    unreadable file."""
    match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?:?", place)
    if match is None:
        return [f"{place!r} is not PATH:LINE"], 2
    path, line = os.path.abspath(match[1]), int(match[2])
    if not os.path.isfile(path):
        return [f"there is no file {match[1]!r}"], 2
    configuration = configuration_for(path, given)
    diagnostics = check(path, configuration=configuration)
    here = [diagnostic for diagnostic in diagnostics if diagnostic.line == line]
    if not here:
        if problem := Project.for_file(path, configuration.roots).module(path).problem:
            return [f"{shown_path(path)} cannot be read: {problem}"], 2
        others = ", ".join(str(number) for number in sorted({diagnostic.line for diagnostic in diagnostics}))
        return [f"nothing to report at {shown_path(path)}:{line}" + (f"; lines with findings: {others}" if others else "")], 1
    lines: list[str] = []
    for diagnostic in here:
        lines += [*_told(diagnostic, configuration, colour), ""]
    return lines[:-1], 0


def _told(diagnostic: Diagnostic, configuration: Configuration, colour: Colour) -> list[str]:
    where = f"{shown_path(diagnostic.path)}:{diagnostic.line}:{diagnostic.column + 1}"
    lines = [f"{colour.bold}{where}{colour.off}: {colour.red}{colour.bold}{diagnostic.code}{colour.off} {diagnostic.message}"]
    opening, waiting = parts(diagnostic)
    if not opening:
        return [
            *lines,
            *excerpt(Step(diagnostic.path, diagnostic.line, diagnostic.column, ""), colour, colour.red),
            _page_hint(diagnostic),
        ]
    for number, step in enumerate(opening):
        word = "opened by" if len(opening) == 1 else "opened through" if number < len(opening) - 1 else "opened by"
        lines += ["", *_step(step, word, colour, colour.yellow)]
    for number, step in enumerate(waiting):
        word = "held over" if number == len(waiting) - 1 else "held through"
        lines += ["", *_step(step, word, colour, colour.red)]
    return [*lines, "", *_help(diagnostic, opening[0], configuration, colour), _page_hint(diagnostic)]


def parts(diagnostic: Diagnostic) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps that lead to the query, and those that lead to the wait; both empty without a trace."""
    steps = diagnostic.trace
    count = diagnostic.opening
    return steps[:count], steps[count:]


def _step(step: Step, word: str, colour: Colour, caret: str) -> list[str]:
    place = f"{shown_path(step.path)}:{step.line}:{step.column + 1}"
    return [f"{word} {colour.bold}{step.name}{colour.off}  {colour.dim}{place}{colour.off}", *excerpt(step, colour, caret)]


def _help(diagnostic: Diagnostic, opened: Step, configuration: Configuration, colour: Colour) -> list[str]:
    if diagnostic.code in CANNOT_RELEASE:
        return [f"{colour.green}help{colour.off}: {diagnostic.message.rpartition('; ')[2]}"]
    release = configuration.release or "await sync_to_async(close_connections)()"
    where = f"right before line {diagnostic.line}"
    if opened.path == diagnostic.path and opened.line < diagnostic.line:
        where = f"between lines {opened.line} and {diagnostic.line}"
    if diagnostic.code == "LDB105":
        release = configuration.release or "close_connections()"
    return [f"{colour.green}help{colour.off}: release {where}: {colour.cyan}{release}{colour.off}"]


def _page_hint(diagnostic: Diagnostic) -> str:
    return f"more: flake8-django-async explain {diagnostic.code}"
