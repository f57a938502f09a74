"""What has to agree and is written down in more than one place: codes, pages, README, changelog, fixtures, options, layers, types."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from inspect import cleandoc
from pathlib import Path

import pytest

from flake8_django_async.diagnostic import Rule
from flake8_django_async.options import OPTIONS
from flake8_django_async.rules import RULES
from tests import readme
from tests.expectations import applies, modules
from tests.readme import PROJECT
from tests.trial import command, run

PACKAGE = PROJECT / "flake8_django_async"
SOURCES = sorted(path for folder in (PACKAGE, PROJECT / "fixtures", PROJECT / "tests") for path in folder.rglob("*.py"))
CODES = list(RULES)
JUDGING = [rule for rule in RULES.values() if rule.code < "LDB9"]
"""The rules about the user's code; the others are about what could not be read."""

rules = pytest.mark.parametrize("rule", RULES.values(), ids=CODES)
judging = pytest.mark.parametrize("rule", JUDGING, ids=[rule.code for rule in JUDGING])


# ------------------------------------------------------------------ codes


def test_the_readme_has_the_rules_and_options_of_the_code() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.current(text), "run python -m tests.readme"
    assert all((PROJECT / readme.path(code)).is_file() for code in RULES)


def test_the_changelog_has_every_rule() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"\b(LDB\d{3}) ([a-z-]+)", text)) == {rule.code: rule.name for rule in RULES.values()}


def test_the_changelog_has_the_version_of_the_package() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{version('flake8-django-async')}]" in text


def test_explain_lists_every_rule(tmp_path: Path) -> None:
    lines = command(tmp_path, "explain").lines
    assert [tuple(line.split()[:2]) for line in lines] == [(rule.code, rule.name) for rule in RULES.values()]


def test_help_has_every_option_and_no_other(tmp_path: Path) -> None:
    text = run(tmp_path, sys.executable, "-m", "flake8", "--help").out
    assert set(re.findall(r"--django-async-[\w-]+", text)) - {"--django-async-"} == {option.flag for option in OPTIONS if option.in_flake8}


def test_nobody_speaks_of_a_rule_that_is_not_there() -> None:
    texts = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.toml"), *PROJECT.glob("*.md"), *(PROJECT / "fixtures").rglob("*.py")]
    assert {code for path in texts for code in re.findall(r"\bLDB\d{3}\b", path.read_text(encoding="utf-8"))} <= set(RULES)


# ------------------------------------------------------------------ pages


SECTIONS = ["What it does", "Why is this bad", "Example", "Use instead", "Known problems"]


@rules
def test_a_rule_lies_in_the_file_of_its_name(rule: Rule) -> None:
    assert rule.judge.__module__ == readme.path(rule.code).removesuffix(".py").replace("/", ".")


@rules
def test_a_page_has_its_sections_in_order(rule: Rule) -> None:
    found = re.findall(r"^## (.+)$", rule.page, re.MULTILINE)
    assert found == [section for section in SECTIONS if section in found]
    assert found[:2] == SECTIONS[:2]
    assert ("Example" in found) == ("Use instead" in found) == (rule in JUDGING)


@rules
def test_a_page_begins_with_one_sentence(rule: Rule) -> None:
    first, second, *_ = cleandoc(rule.page).splitlines()
    assert first.endswith(".") and second == ""
    assert first[0].isupper() or first.partition(" ")[0].isidentifier()


@judging
def test_the_example_of_a_page_says_where_it_is_reported(rule: Rule) -> None:
    example = rule.page.partition("## Example")[2].partition("## Use instead")[0]
    assert re.findall(r"```python\n(.*?)```", example, re.DOTALL), "no Python"
    assert set(re.findall(r"# (LDB\d{3})", example)) == {rule.code}


@rules
def test_examples_of_pages_are_python(rule: Rule) -> None:
    for block in re.findall(r"```python\n(.*?)```", rule.page, re.DOTALL):
        lines = cleandoc("\n" + block)
        ast.parse(f"async def _():\n{''.join(f'    {line}' + chr(10) for line in lines.splitlines())}")


# ------------------------------------------------------------------ fixtures


@judging
def test_a_rule_has_fixtures_that_are_reported(rule: Rule) -> None:
    assert [claim for module in modules() for claim in module.claims if claim.code == rule.code and applies(claim.condition)]


@judging
def test_a_rule_has_look_alikes_that_are_not(rule: Rule) -> None:
    """Among the views of the rule's own folder, or of the project that its settings need."""
    own = Path(readme.path(rule.code)).stem
    elsewhere = {"LDB207": "persistent/", "LDB401": "persistent/"}.get(rule.code, f"views/{own}/")
    views = [view for module in modules() if module.path.startswith(elsewhere) for view in module.views]
    reported = [claim for module in modules() for claim in module.claims if claim.code == rule.code]
    free = [view for view in views if not any(claim.path == view.path and view.first <= claim.first <= view.last for claim in reported)]
    assert free, f"no view below fixtures/{elsewhere} goes without {rule.code}"


# ------------------------------------------------------------------ layout


LAYERS = {
    "source": set(),
    "project": {"source"},
    "models": set(),
    "options": {"models"},
    "analysis": {"source", "project", "models", "options"},
    "diagnostic": {"analysis"},
    "rules": {"analysis", "diagnostic"},
    "room": set(),
    "stored": {"source", "project", "options", "analysis", "diagnostic"},
    "check": {"project", "options", "analysis", "diagnostic", "rules", "room", "stored"},
    "suggest": set(),
    "rows": {"project", "models", "suggest"},
    "configure": {"project", "models", "options", "rows", "baseline", "suggest"},
    "baseline": {"configure", "diagnostic", "project"},
    "plugin": {"options", "configure", "baseline", "check"},
    "cli": {"source", "project", "models", "options", "analysis", "diagnostic", "rules", "check", "configure", "baseline", "plugin", "suggest"},
    "__main__": {"cli"},
}  # fmt: skip
"""What each part of the package may import of the others. Who adds a line here turns the architecture round, or explains why not."""

OUTSIDE = {
    "flake8": {"plugin", "cli", "options", "configure"},
    "libcst": {"source"},
    "mypy": set(),
    "django": set(),
    "asgiref": set(),
}  # fmt: skip
"""Libraries that only these parts may import. `options` and `configure` name flake8's types."""


def imported(path: Path) -> Iterator[tuple[str, ...]]:
    """The dotted names that a file imports, at its top or within functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = path.relative_to(PROJECT).parts[: -node.level] if node.level else ()
            yield from ((*base, *(node.module or "").split("."), alias.name) for alias in node.names)


PARTS = sorted({path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")} - {"__init__"})


@pytest.mark.parametrize("part", PARTS)
def test_imports_point_one_way(part: str) -> None:
    wrong = []
    for path in [PACKAGE / f"{part}.py", *(PACKAGE / part).rglob("*.py")]:
        if not path.exists():
            continue
        for name in imported(path):
            if name[0] == PACKAGE.name and name[1] not in {part, "__version__", *LAYERS[part]}:
                wrong.append(f"{path.relative_to(PROJECT)} imports {'.'.join(name)}")
            if part not in OUTSIDE.get(name[0], {part}):
                wrong.append(f"{path.relative_to(PROJECT)} imports {name[0]}")
    assert not wrong, "\n" + "\n".join(wrong)


IMPORT_EACH_FIRST = """
import importlib, sys
for name in sys.argv[1:]:
    for loaded in [loaded for loaded in sys.modules if loaded.startswith("flake8_django_async")]:
        del sys.modules[loaded]
    importlib.import_module(name)
"""


def test_no_module_needs_another_to_be_imported_before() -> None:
    """Modules of the interpreter know each other; none may read a name of another while it is being imported."""
    paths = sorted((PACKAGE / "analysis").rglob("*.py"))
    names = [".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    done = subprocess.run([sys.executable, "-c", IMPORT_EACH_FIRST, *names], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


LONG: dict[str, str] = {}
"""Files over 400 lines, and why they have one subject nevertheless."""


def test_no_file_is_long_without_a_reason() -> None:
    long = {path.relative_to(PROJECT).as_posix() for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 400}
    assert long == set(LONG)


# ------------------------------------------------------------------ the gate


def test_the_gate_runs_the_command_of_the_readme() -> None:
    assert readme.command("test") in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.skipif(int(version("django-stubs").partition(".")[0]) < 6, reason="the fixtures use names of Django 6, whose stubs want Python 3.11")
def test_types() -> None:
    """mypy --strict over package and fixtures, as pyproject.toml configures it."""
    done = subprocess.run([sys.executable, "-m", "mypy"], check=False, cwd=PROJECT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_style() -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--output-format=concise", "."], check=False, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
