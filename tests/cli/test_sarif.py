"""SARIF 2.1.0: valid, with help, code flows and fingerprints that survive when lines move."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flake8_django_async.rules import RULES
from tests.expectations import FIXTURES
from tests.trial import HELD, command, lay_out


def sarif(folder: Path, *arguments: str) -> Any:
    return json.loads(command(folder, "check", "--format=sarif", *arguments).out)["runs"][0]


def test_it_validates() -> None:
    """Against pydantic's classes made of the official schema, which allow nothing else."""
    model = pytest.importorskip("pydantic_sarif.model")
    text = command(FIXTURES.parent, "check", "--isolated", "--format=sarif", "fixtures/").out
    log = model.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate_json(text)
    assert len(log.runs[0].results) > 100


def test_each_result_names_its_rule_and_each_rule_has_its_page(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD, "broken.py": "def f(:\n"})
    run = sarif(tmp_path)
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} > set(RULES)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    page = next(rule for rule in rules if rule["id"] == "LDB101")
    assert page["help"]["markdown"].startswith("A long wait is awaited")
    assert page["name"] == "HeldAcrossAwait"


def test_the_trace_is_a_code_flow_over_files(tmp_path: Path) -> None:
    helper = "import asyncio\n\nasync def ask():\n    await asyncio.sleep(5)\n"
    view = HELD.replace("await asyncio.sleep(5)", "await ask()").replace("import asyncio", "from shop.llm import ask")
    lay_out(tmp_path, {"manage.py": "", "shop/llm.py": helper, "shop/a view.py": view})
    (result,) = sarif(tmp_path)["results"]
    places = [step["location"] for step in result["codeFlows"][0]["threadFlows"][0]["locations"]]
    assert [(place["physicalLocation"]["artifactLocation"]["uri"], place["physicalLocation"]["region"]["startLine"]) for place in places] == [
        ("shop/a%20view.py", 5), ("shop/a%20view.py", 6), ("shop/llm.py", 4),
    ]  # fmt: skip
    assert [place["message"]["text"] for place in places] == ["User.objects.aget", "ask", "asyncio.sleep"]


def test_fingerprints_survive_when_lines_move(tmp_path: Path) -> None:
    def prints() -> list[str]:
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in sarif(tmp_path)["results"]]

    twice = HELD.replace("    return", "    await User.objects.aget(pk=2)\n    await asyncio.sleep(5)\n    return")
    lay_out(tmp_path, {"views.py": twice})
    before = prints()
    assert len(set(before)) == 2
    lay_out(tmp_path, {"views.py": "# a comment\n\n\n" + twice})
    assert prints() == before
    lay_out(tmp_path, {"views.py": twice.replace("view(", "other(")})
    assert not set(prints()) & set(before)


def test_a_file_outside_the_working_directory_has_its_whole_address(tmp_path: Path) -> None:
    lay_out(tmp_path, {"here/x.py": "", "there/views.py": HELD})
    (result,) = sarif(tmp_path / "here", "../there/views.py")["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": (tmp_path / "there/views.py").as_uri()}
