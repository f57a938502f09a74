"""The baseline: what is known stays silent when its lines move; what is new is reported."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from flake8_django_async.plugin import Plugin
from tests.trial import HELD, command, flake8, lay_out

PYPROJECT = '[tool.flake8-django-async]\nbaseline = "known.json"\n'


def frozen(folder: Path) -> None:
    lay_out(folder, {"shop/views.py": HELD, "pyproject.toml": PYPROJECT})
    ran = command(folder, "check", "--write-baseline", "known.json", ".")
    assert (ran.status, ran.err) == (0, "1 findings written to known.json\n")


def test_known_findings_are_silent_wherever_flake8_starts(tmp_path: Path) -> None:
    frozen(tmp_path)
    assert flake8(tmp_path).lines == []
    assert flake8(tmp_path / "shop").lines == []
    assert flake8(tmp_path, "--stdin-display-name=shop/views.py", "-", stdin=HELD).lines == []
    assert command(tmp_path, "check").status == 0


def test_lines_may_move(tmp_path: Path) -> None:
    frozen(tmp_path)
    lay_out(tmp_path, {"shop/views.py": "# above\n\n" + HELD})
    assert flake8(tmp_path).lines == []


def test_a_new_finding_is_reported_also_when_it_reads_alike(tmp_path: Path) -> None:
    frozen(tmp_path)
    lay_out(tmp_path, {"shop/views.py": HELD + HELD.replace("def view", "def other")})
    assert [line.split(":")[1] for line in flake8(tmp_path).lines] == ["14"]
    lay_out(tmp_path, {"shop/views.py": HELD.replace("    return", "    await asyncio.sleep(5)\n    return")})
    assert len(flake8(tmp_path).lines) == 1


def test_it_reads_well(tmp_path: Path) -> None:
    frozen(tmp_path)
    assert json.loads((tmp_path / "known.json").read_text())["findings"] == [
        {"path": "shop/views.py", "code": "LDB101", "within": "view", "source": "await asyncio.sleep(5)"}
    ]


def test_given_to_flake8(tmp_path: Path) -> None:
    frozen(tmp_path)
    (tmp_path / "pyproject.toml").unlink()
    assert len(flake8(tmp_path).lines) == 1
    assert flake8(tmp_path, "--django-async-baseline=known.json").lines == []
    assert flake8(tmp_path / "shop", "--django-async-baseline=../known.json").lines == []
    lay_out(tmp_path, {"setup.cfg": "[flake8]\ndjango-async-baseline = known.json\n"})
    assert flake8(tmp_path / "shop").lines == []


def test_one_that_is_missing_or_none(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD, "pyproject.toml": PYPROJECT})
    ran = flake8(tmp_path)
    assert ran.status == 1
    assert "known.json: No such file or directory; 'flake8-django-async check --write-baseline FILE' makes one" in ran.lines[1]
    for text in ("", "[]", '{"findings": 3}', '{"findings": [{}]}'):
        (tmp_path / "known.json").write_text(text)
        assert "known.json: not a baseline" in flake8(tmp_path).lines[1]


def test_a_project_without_findings(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": "x = 1\n"})
    assert command(tmp_path, "check", "--write-baseline", "known.json").status == 0
    assert flake8(tmp_path, "--django-async-baseline=known.json").lines == []


def test_beside_a_configuration_that_lies_elsewhere(tmp_path: Path) -> None:
    """A name without a slash is meant from the folder of the file that `--config` names."""
    frozen(tmp_path)
    lay_out(tmp_path, {"pyproject.toml": "", "conf/flake8.cfg": "[flake8]\ndjango-async-baseline = old.json\n"})
    (tmp_path / "known.json").rename(tmp_path / "conf" / "old.json")
    assert len(flake8(tmp_path, "--isolated").lines) == 1
    lay_out(tmp_path, {"conf/shop/views.py": HELD})
    assert flake8(tmp_path, "--config=conf/flake8.cfg", "conf").lines == []


def test_one_that_is_broken_while_flake8_runs_is_told(tmp_path: Path) -> None:
    """It was sound when the options were read."""
    frozen(tmp_path)
    (tmp_path / "known.json").write_text("{")
    lines = HELD.lstrip().splitlines(keepends=True)
    texts = [text for _, _, text, _ in Plugin(ast.parse("".join(lines)), lines, str(tmp_path / "shop/views.py")).run()]
    assert [text[:6] for text in texts] == ["LDB900", "LDB101"] and "known.json" in texts[0]
