"""The files that GitHub and pre-commit read are what their schemas ask for."""

from __future__ import annotations

import re
import shlex
import sys

from tests.ecosystem.__main__ import parser
from tests.integration.conftest import PROJECT, succeed


def test_github_workflows() -> None:
    files = sorted(str(path) for path in (PROJECT / ".github/workflows").glob("*.yml"))
    succeed(PROJECT, sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files)


def test_every_python_that_is_declared_is_tested() -> None:
    declared = [line.rpartition(" ")[2].strip('",') for line in (PROJECT / "pyproject.toml").read_text().splitlines() if ":: Python :: 3." in line]
    assert f"python: {declared}".replace("'", '"') in (PROJECT / ".github/workflows/tests.yml").read_text()


def test_the_ecosystem_job_calls_the_command_as_it_is() -> None:
    text = (PROJECT / ".github/workflows/ecosystem.yml").read_text()
    (arguments,) = re.findall(r"- run: python -m tests\.ecosystem (.*) >> ", text)
    assert parser().parse_args(shlex.split(arguments)).base == "HEAD^"


def test_the_pre_commit_manifest() -> None:
    succeed(PROJECT, sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml")
