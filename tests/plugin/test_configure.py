"""Configuration: one schema, three places, clear precedence, and mistakes told in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flake8_django_async.analysis.requests.hosts import SILENT
from flake8_django_async.configure import ConfigurationError, Given, configuration_for, validate
from flake8_django_async.models.load import Row
from flake8_django_async.models.vocabulary import EFFECTS, LENGTHS, WHENS
from flake8_django_async.options import HOSTS, OPTIONS, ROW_KEYS, Configuration
from flake8_django_async.project.modules import Project
from flake8_django_async.rows import problem
from tests.trial import lay_out


def configured(folder: Path, toml: str, file: str = "shop/views.py") -> Configuration:
    lay_out(folder, {"pyproject.toml": toml, file: ""})
    return configuration_for(str(folder / file))


def test_the_schema_has_every_field_and_the_words_of_the_analysis() -> None:
    assert {option.field for option in OPTIONS} == set(Configuration._fields)
    assert set(HOSTS) == SILENT
    assert set(ROW_KEYS["effect"]) == set(EFFECTS)
    assert set(ROW_KEYS["length"]) == set(LENGTHS)
    assert set(ROW_KEYS["when"]) == set(WHENS)


def test_pyproject_says_everything(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    found = configured(
        tmp_path,
        """
        [tool.flake8-django-async]
        roots = ["backend"]
        hosts = ["fastapi", "task"]
        release = "await release_connections()"
        sync-views = true
        baseline = "known.json"
        rows = [{ path = "vendor.api.fetch", effect = "wait", reason = "a slow partner" }]
        """,
    )
    assert found.roots == (str(tmp_path / "backend"),)
    assert found.hosts == ("fastapi", "task")
    assert found.release == "await release_connections()"
    assert found.sync_views
    assert found.baseline == str(tmp_path / "known.json")
    (row,) = found.rows
    assert (row.path, row.effect, row.length, row.why) == ("vendor.api.fetch", "wait", "long", "a slow partner")


def test_the_nearest_pyproject_with_a_table_counts(tmp_path: Path) -> None:
    lay_out(tmp_path, {"pyproject.toml": '[tool.flake8-django-async]\nrelease = "outer()"', "api/pyproject.toml": "[project]"})
    assert configuration_for(str(tmp_path / "api/views.py")).release == "outer()"
    lay_out(tmp_path, {"api/pyproject.toml": '[tool.flake8-django-async]\nrelease = "inner()"'})
    assert configuration_for(str(tmp_path / "api/views.py")).release == "inner()"


def test_a_pyproject_above_the_repository_does_not_count(tmp_path: Path) -> None:
    lay_out(tmp_path, {"pyproject.toml": '[tool.flake8-django-async]\nrelease = "outer()"', "repository/.git/HEAD": ""})
    assert configuration_for(str(tmp_path / "repository/views.py")) == Configuration()


def test_a_changed_pyproject_is_read_again(tmp_path: Path) -> None:
    assert configured(tmp_path, '[tool.flake8-django-async]\nrelease = "one()"').release == "one()"
    assert configured(tmp_path, '[tool.flake8-django-async]\nrelease = "another()"').release == "another()"


def test_what_flake8_was_given_comes_first_and_isolated_reads_no_file(tmp_path: Path) -> None:
    file = str(tmp_path / "shop/views.py")
    configured(tmp_path, '[tool.flake8-django-async]\nrelease = "file()"\nhosts = ["task"]')
    assert configuration_for(file, Given((("release", "flake8()"),))).release == "flake8()"
    assert configuration_for(file, Given((("release", "flake8()"),))).hosts == ("task",)
    assert configuration_for(file, Given(isolated=True)) == Configuration()


@pytest.mark.parametrize(
    "line, told",
    [
        ('hots = ["task"]', "unknown key 'hots'; it must be one of roots, hosts, release, sync-views, baseline, cache-dir, no-cache, rows (did you mean 'hosts'?)"),
        ('hosts = ["taks"]', "hosts: unknown value 'taks'; it must be one of fastapi, task, command, test, script (did you mean 'task'?)"),
        ('hosts = "task"', "hosts: 'task' is not allowed; it must be a list of texts"),
        ("release = 1", "release: 1 is not allowed; it must be a text"),
        ('release = "a\\nb"', "release: 'a\\nb' has more than one line"),
        ('sync-views = "yes"', "sync-views: 'yes' is not allowed; it must be true or false"),
        ('roots = ["shp"]', "roots: there is no folder 'shp' (did you mean 'shop'?)"),
        ('rows = ["httpx.get"]', "rows[0]: 'httpx.get' is not allowed; it must be a table"),
        ('rows = [{ path = "a.b", effect = "wait" }]', "rows[0]: reason is missing; a row needs path, effect, reason"),
        ('rows = [{ path = "a.b", effect = "wiat", reason = "x" }]', "rows[0].effect: unknown value 'wiat'; it must be one of query, release, wait"),
        ('rows = [{ pth = "a.b", effect = "wait", reason = "x" }]', "rows[0]: unknown key 'pth'"),
        ('rows = [{ path = "fetch()", effect = "wait", reason = "x" }]', "rows[0].path: 'fetch()' is no dotted path"),
        ('rows = [{ path = "a.b", effect = "query", length = "long", reason = "x" }]', "rows[0].length: 'long' says how long a wait lasts"),
    ],
)
def test_a_mistake_is_one_line_with_key_value_and_what_is_allowed(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        configured(tmp_path, f"[tool.flake8-django-async]\n{line}\n")
    message = str(error.value)
    assert message.startswith(f"{tmp_path}{os.sep}pyproject.toml: [tool.flake8-django-async]")
    assert told in message
    assert "\n" not in message


def test_a_table_that_is_none_and_toml_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="must be a table"):
        configured(tmp_path, "[tool]\nflake8-django-async = 1\n")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        configured(tmp_path, "[tool.flake8-django-async\n")


def test_strange_pyprojects_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    assert configuration_for(str(tmp_path / "views.py")) == Configuration()
    lay_out(tmp_path, {"api/pyproject.toml": "not toml at all ["})
    assert configuration_for(str(tmp_path / "api/views.py")) == Configuration()
    (tmp_path / "api/pyproject.toml").write_bytes(b"\xff\xfe")
    assert configuration_for(str(tmp_path / "api/views.py")) == Configuration()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("shop.llm.aks", "shop.llm defines no 'aks' itself (did you mean 'ask'?)"),
        ("shop.llm", "shop.llm is a module; a row is about a function or method"),
        ("shop.llm.Client", "shop.llm.Client is a class; a row is about a function or method"),
        ("shop.llm.Clients.send", "shop.llm defines no class 'Clients' (did you mean 'Client'?)"),
        ("shop.llm.Client.sent", "shop.llm.Client defines no 'sent' itself (did you mean 'send'?)"),
        ("shop.llm.Client.send", None),
        ("shop.broken.anything", None),
        ("vendor.api.fetch", None),
    ],
)
def test_what_a_row_names(tmp_path: Path, path: str, told: str | None) -> None:
    llm = "async def ask(): ...\n\nclass Client:\n    async def send(self): ...\n"
    lay_out(tmp_path, {"manage.py": "", "shop/__init__.py": "", "shop/llm.py": llm, "shop/broken.py": "def f(:\n"})
    assert problem(Row(path, "wait", "long", why="a model"), Project.for_file(str(tmp_path / "manage.py"))) == told


def test_a_root_whose_parent_is_missing_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no folder 'no/where'; it is looked for in"):
        configured(tmp_path, '[tool.flake8-django-async]\nroots = ["no/where"]\n')


def test_rows_are_looked_up_once_for_all_files_that_they_count_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pre-commit hands over every file by its own name."""
    row = 'rows = [{ path = "vendor.api.fetch", effect = "wait", reason = "x" }]'
    configured(tmp_path, f"[tool.flake8-django-async]\n{row}\n")
    lay_out(tmp_path, {"shop/urls.py": "", "manage.py": ""})
    asked: list[str] = []
    monkeypatch.setattr("flake8_django_async.rows.problem", lambda row, project: asked.append(row.path))
    validate([str(tmp_path / "shop/views.py"), str(tmp_path / "shop/urls.py"), str(tmp_path)], Given())
    assert asked == ["vendor.api.fetch"]
