"""SARIF 2.1.0: findings with their rules' pages, their traces as code flows, and fingerprints that survive when lines move."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from flake8_django_async import __version__
from flake8_django_async.analysis.step import Step
from flake8_django_async.cli.drive import Finding
from flake8_django_async.diagnostic import Rule
from flake8_django_async.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "SRCROOT"
"""The working directory, from which paths are told: GitHub takes them from the repository's top."""
WARNINGS = ("LDB9", "E9")


def sarif(findings: Sequence[Finding]) -> str:
    """The report of one run."""
    codes = sorted({*RULES, *(found.code for found in findings)})
    run = {
        "tool": {"driver": {"name": "flake8-django-async", "version": __version__, "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"uri": Path.cwd().as_uri() + "/"}},
        "results": [_result(found, codes) for found in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, object]:
    rule = RULES.get(code)
    if rule is None:
        return {"id": code, "shortDescription": {"text": "Python cannot read this file"}}
    page = inspect.cleandoc(rule.page)
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": _what_it_does(rule, page)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _level(code)},
        "properties": {"tags": ["django", "async", "performance"]},
    }


def _what_it_does(rule: Rule, page: str) -> str:
    _, _, rest = page.partition("## What it does\n")
    return " ".join(rest.partition("\n## ")[0].split()) or rule.summary


def _level(code: str) -> str:
    return "warning" if code.startswith(WARNINGS) else "error"


def _result(found: Finding, codes: Sequence[str]) -> dict[str, object]:
    start = {"startLine": found.line, "startColumn": found.column}
    snippet = {"snippet": {"text": found.source}} if found.source else {}
    result: dict[str, object] = {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": _level(found.code),
        "message": {"text": found.message},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(found.path), "region": {**start, **snippet}}}],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint(found)},
    }
    if found.trace:
        flow = {"locations": [_flow_location(step) for step in found.trace]}
        result["codeFlows"] = [{"threadFlows": [flow]}]
    return result


def fingerprint(found: Finding) -> str:
    """Of file, code, function, the text of the line, and the how-manieth of these it is: no line number. As GitHub writes it."""
    return hashlib.sha256("\0".join(found.known).encode("utf-8", "surrogatepass")).hexdigest()[:16] + f":{found.nth}"


def _flow_location(step: Step) -> dict[str, object]:
    physical = {"artifactLocation": _artifact(step.path), "region": {"startLine": step.line, "startColumn": step.column + 1}}
    return {"location": {"physicalLocation": physical, "message": {"text": step.name}}}


def _artifact(path: str) -> dict[str, str]:
    try:
        relative = os.path.relpath(path)
    except ValueError:  # pragma: no cover  # another drive of Windows
        return {"uri": Path(path).as_uri()}
    if relative.startswith(os.pardir):
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(os.fsencode(relative.replace(os.sep, "/"))), "uriBaseId": BASE}
