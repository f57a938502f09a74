"""The reports of `flake8-django-async check`: text, JSON, and GitHub's annotations. SARIF has a module of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flake8_django_async.analysis.step import Step
from flake8_django_async.cli.colour import Colour
from flake8_django_async.cli.drive import Finding
from flake8_django_async.cli.source import shown_path


def text(findings: Sequence[Finding], colour: Colour) -> str:
    """flake8's own lines."""
    lines = [
        f"{colour.bold}{found.shown}{colour.off}{colour.cyan}:{colour.off}{found.line}{colour.cyan}:{colour.off}{found.column}"
        f"{colour.cyan}:{colour.off} {colour.bold}{colour.red}{found.code}{colour.off} {found.message}\n"
        for found in findings
    ]
    return "".join(lines)


def as_json(findings: Sequence[Finding]) -> str:
    """A list of findings, each with its trace; lines and columns are 1-based."""
    rows = [
        {
            "path": found.shown,
            "line": found.line,
            "column": found.column,
            "code": found.code,
            "message": found.message,
            "within": found.known.within,
            "trace": [_step(step) for step in found.trace],
        }
        for found in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _step(step: Step) -> dict[str, object]:
    return {"path": shown_path(step.path), "line": step.line, "column": step.column + 1, "name": step.name}


def github(findings: Sequence[Finding]) -> str:
    """Workflow commands, which GitHub shows as annotations of the changed lines."""
    return "".join(
        f"::error file={_property(found.shown)},line={found.line},col={found.column},title={_property(found.code)}"
        f"::{_data(f'{found.code} {found.message}')}\n"
        for found in findings
    )


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
