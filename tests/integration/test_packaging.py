"""sdist and wheel: what is in them, and that `pip install` and `flake8` is all it takes."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.integration.conftest import PROJECT, Distributions, Environment, succeed
from tests.trial import HELD, lay_out, run

pytestmark = pytest.mark.network


def test_twine_is_content(distributions: Distributions) -> None:
    succeed(PROJECT, sys.executable, "-m", "twine", "check", "--strict", str(distributions.sdist), str(distributions.wheel))


def test_the_wheel_has_the_models_and_the_types_and_nothing_else(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        names = set(wheel.namelist())
    package = PROJECT / "flake8_django_async"
    expected = {path.relative_to(PROJECT).as_posix() for path in package.rglob("*") if path.suffix in (".py", ".toml", ".jsonl", ".typed")}
    assert "flake8_django_async/py.typed" in expected
    assert {name for name in names if not name.partition("/")[0].endswith(".dist-info")} == expected
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_sdist_has_what_pre_commit_and_packagers_need(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml", "tests/trial.py", "fixtures/manage.py"} <= names


def test_a_clean_environment_finds_something(environment: Environment, tmp_path: Path) -> None:
    lay_out(tmp_path, {"manage.py": "", "views.py": HELD})
    ran = run(tmp_path, environment.script("flake8"), "--select=LDB")
    assert (ran.status, ran.err) == (1, "")
    assert ran.lines[0].startswith("./views.py:6:5: LDB101")
    ran = run(tmp_path, environment.script("flake8-django-async"), "check")
    assert (ran.status, ran.err) == (1, "")
    assert "flake8-django-async: " in run(tmp_path, environment.script("flake8"), "--version").out


def test_it_brings_no_more_than_it_says(environment: Environment) -> None:
    needed = {"flake8", "flake8-django-async", "libcst", "mccabe", "pip", "pycodestyle", "pyflakes"}
    assert environment.packages - {"setuptools", "wheel", "pyyaml", "pyyaml-ft", "tomli", "typing-extensions"} == needed


def test_it_lints_the_fixtures(environment: Environment) -> None:
    ran = run(PROJECT, environment.script("flake8"), "--isolated", "--select=LDB", "fixtures/")
    assert ran.status == 1
    assert ran.err == ""
    assert len(ran.lines) > 100
    assert not any("LDB900" in line for line in ran.lines)


def test_flake8_pyproject_gives_options_too(tools: Environment, tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD, "pyproject.toml": '[tool.flake8]\ndjango-async-release = "await ours()"\nselect = ["LDB"]\n'})
    assert run(tmp_path, tools.script("flake8")).out.endswith("release it first: await ours()\n")


def test_ruff_keeps_our_noqa_comments(tmp_path: Path) -> None:
    """`lint.external`: without it ruff takes `# noqa: LDB101` for a mistake (RUF102), and removes it with --fix."""
    lay_out(tmp_path, {"views.py": "x = 1  # noqa: LDB101\n"})
    ruff = (sys.executable, "-m", "ruff", "check", "--isolated", "--select=RUF102", "--quiet", "views.py")
    assert run(tmp_path, *ruff).status == 1
    assert run(tmp_path, *ruff, "--config", 'lint.external = ["LDB"]').status == 0
