"""Each snippet of the README that can run, runs, or is held against the schema of what reads it."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_django_async.cli import _parser
from flake8_django_async.configure import configuration_for
from flake8_django_async.options import OPTIONS, markdown
from tests.integration.conftest import PROJECT, succeed
from tests.trial import HELD, flake8, lay_out

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def snippets(language: str, word: str = "") -> Iterator[str]:
    """The fenced blocks of a language that contain a word."""
    return (text for text in re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL) if word in text)


def test_the_table_of_options_is_the_schema() -> None:
    assert f"<!-- options -->\n{markdown()}<!-- end of options -->" in README


def test_the_configuration_is_valid_and_counts(tmp_path: Path) -> None:
    (text,) = snippets("toml", "[tool.flake8-django-async]")
    lay_out(tmp_path, {"pyproject.toml": text, "flake8-django-async.json": '{"version": 1, "findings": []}', "views.py": HELD})
    assert configuration_for(str(tmp_path / "views.py")).release == "await release_connections()"
    assert flake8(tmp_path).out.endswith("release it first: await release_connections()\n")


def test_flake8s_configuration_has_names_that_flake8_knows(tmp_path: Path) -> None:
    (text,) = snippets("ini", "[flake8]")
    parser = configparser.ConfigParser()
    parser.read_string(text)
    assert set(parser["flake8"]) <= {option.flag[2:] for option in OPTIONS}
    lay_out(tmp_path, {"setup.cfg": text, "views.py": HELD})
    assert flake8(tmp_path).out.endswith("release it first: await release_connections()\n")


def test_each_command_is_one() -> None:
    lines = [line.removeprefix("$ ").partition("#")[0] for text in snippets("console") for line in text.splitlines() if "$ flake8-django-async" in line]
    assert len(lines) >= 5
    for line in lines:
        _parser().parse_known_args(shlex.split(line)[1:])


@pytest.mark.parametrize("text", list(snippets("yaml", "jobs:")))
def test_workflows(text: str, tmp_path: Path) -> None:
    lay_out(tmp_path, {"workflow.yml": text})
    succeed(tmp_path, sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", "workflow.yml")
    for line in re.findall(r"run: (flake8-django-async .*)", text):
        _parser().parse_known_args(shlex.split(line)[1:])


@pytest.mark.parametrize("text", list(snippets("yaml", "repos:")))
def test_pre_commit_configurations(text: str, tmp_path: Path) -> None:
    lay_out(tmp_path, {"config.yaml": text})
    succeed(tmp_path, sys.executable, "-m", "pre_commit", "validate-config", "config.yaml")


def test_the_settings_of_vs_code_are_json() -> None:
    (text,) = snippets("json", "flake8.")
    assert json.loads(text)["flake8.importStrategy"] == "fromEnvironment"
