"""`flake8-django-async models [DOTTED]`: what is known of libraries, and what the analysis thinks of a name."""

from __future__ import annotations

import os
from collections import Counter

from flake8_django_async.cli.colour import Colour
from flake8_django_async.cli.source import shown_path
from flake8_django_async.configure import Given, configuration_for
from flake8_django_async.models.load import Models, Row
from flake8_django_async.suggest import did_you_mean

MOST = 400


def models(dotted: str | None, given: Given, colour: Colour) -> tuple[list[str], int]:
    """All libraries; or what is known at a dotted name or below it. Lines and the exit status (1: nothing is known)."""
    known = Models(configuration_for(os.getcwd(), given).rows)
    if dotted is None:
        return _libraries(known, colour), 0
    row = known.row(dotted)
    below = sorted((other for other in known.rows() if _is_below(other, dotted, known)), key=lambda other: other.path)
    lines = [*(_told(dotted, row, known, colour) if row is not None else []), *(_line(other, colour) for other in below[:MOST])]
    if len(below) > MOST:
        lines.append(f"... and {len(below) - MOST} more")
    if lines:
        return lines, 0
    if known.is_namespace(dotted):
        return [f"{dotted} is a known type; its calls have no effect of their own"], 0
    hint = did_you_mean(dotted, [other.path for other in known.rows()], most=3)
    return [f"nothing is known of {dotted}{hint}: it is taken to neither query, release nor wait"], 1


def _libraries(known: Models, colour: Colour) -> list[str]:
    counts: dict[str, Counter[str]] = {}
    for row in known.rows():
        counts.setdefault(_library(row), Counter())[_effect(row)] += 1
    lines = [f"{colour.bold}{'library':28} {'queries':>8} {'releases':>8} {'waits':>8} {'short':>8}{colour.off}"]
    for library, count in sorted(counts.items()):
        lines.append(f"{library:28} {count['query']:8} {count['release']:8} {count['long wait']:8} {count['short wait']:8}")
    return lines


def _is_below(row: Row, dotted: str, known: Models) -> bool:
    if row.effect is None:
        return False
    return _library(row) == dotted or row.path.startswith((f"{dotted}.", f"{known.canonical(dotted)}."))


def _told(dotted: str, row: Row, known: Models, colour: Colour) -> list[str]:
    lines = [f"{colour.bold}{row.path}{colour.off}"]
    if row.path != known.canonical(dotted):
        lines.append(f"  reached as {dotted}")
    lines.append(f"  effect   {_effect(row) or 'none of its own'}")
    facts = (("when", row.when), ("returns", row.returns), ("role", row.role), ("why", row.why), ("library", _library(row)))
    return [*lines, *(f"  {name:8} {value}" for name, value in facts if value)]


def _line(row: Row, colour: Colour) -> str:
    return f"{_effect(row):11} {colour.bold}{row.path}{colour.off}  {colour.dim}{row.why}{colour.off}"


def _library(row: Row) -> str:
    """The distribution, or the configuration that a row of the user stands in."""
    return shown_path(row.library) if os.path.isabs(row.library) else row.library


def _effect(row: Row) -> str:
    if row.effect == "wait":
        return f"{row.length or 'long'} wait"
    return row.effect or ""
