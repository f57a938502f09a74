"""What import statements find."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from flake8_django_async.project.modules import Module, Project
from flake8_django_async.source.outline import outline
from tests.project.conftest import LayOut

SHOP = {
    "manage.py": "",
    "shop/__init__.py": "from .models import Book\nfrom . import views\nfrom .ask import ask\n",
    "shop/models.py": "class Book: ...\nBOOKS = 1\n",
    "shop/views.py": "",
    "shop/ask.py": "async def ask(): ...\n",
    "shop/deep/__init__.py": "",
    "shop/deep/er/__init__.py": "",
    "shop/deep/er/x.py": "",
    "apps/users/__init__.py": "",
    "apps/users/models.py": "class User: ...\n",
    "apps/loose.py": "",
}


def seen(home: Path, importer: str, statement: str) -> tuple[str | None, str | None, str]:
    """Path below the top, member and dotted name of what one statement imports."""
    project = Project.for_file(str(home / importer))
    (imported,) = outline(ast.parse(statement)).imports
    target = project.resolve_import(imported, project.module(str(home / importer)))
    return below(home, target.module), target.member, target.dotted


def below(home: Path, module: Module | None) -> str | None:
    return None if module is None else module.path.removeprefix(f"{home}/")


@pytest.mark.parametrize(
    ("statement", "path", "member", "dotted"),
    [
        ("import shop", "shop/__init__.py", None, "shop"),
        ("import shop.views", "shop/__init__.py", None, "shop"),
        ("import shop.views as v", "shop/views.py", None, "shop.views"),
        ("import apps.users.models", "apps", None, "apps"),
        ("import apps.users as u", "apps/users/__init__.py", None, "apps.users"),
        ("from shop import Book", "shop/__init__.py", "Book", "shop.Book"),
        ("from shop import views", "shop/views.py", None, "shop.views"),
        ("from shop import ask", "shop/__init__.py", "ask", "shop.ask"),
        ("from shop import models", "shop/models.py", None, "shop.models"),
        ("from shop.models import *", "shop/models.py", "*", "shop.models"),
        ("from shop.models import missing", "shop/models.py", "missing", "shop.models.missing"),
        ("from apps import users", "apps/users/__init__.py", None, "apps.users"),
        ("from apps.users.models import User", "apps/users/models.py", "User", "apps.users.models.User"),
        ("from . import er", "shop/deep/er/__init__.py", None, "shop.deep.er"),
        ("from .er.x import y", "shop/deep/er/x.py", "y", "shop.deep.er.x.y"),
        ("from .. import views", "shop/views.py", None, "shop.views"),
        ("from ..models import Book", "shop/models.py", "Book", "shop.models.Book"),
        ("from ..missing import Book", None, None, "shop.missing.Book"),
        ("from .missing import *", None, None, "shop.deep.missing"),
        ("from .... import escaped", None, None, ""),
        ("from ........ import escaped", None, None, ""),
        ("import httpx", None, None, "httpx"),
        ("import httpx._client", None, None, "httpx"),
        ("import google.genai as g", None, None, "google.genai"),
        ("from httpx import AsyncClient", None, None, "httpx.AsyncClient"),
        ("from httpx import *", None, "*", "httpx"),
        ("import shop.missing as m", None, None, "shop.missing"),
        ("import apps", None, None, "apps"),
    ],
)
def test_imports(lay_out: LayOut, statement: str, path: str | None, member: str | None, dotted: str) -> None:
    assert seen(lay_out(SHOP), "shop/deep/__init__.py", statement) == (path, member, dotted)


def test_a_package_imports_its_own_modules(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop/__init__.py": "views = None\n", "shop/views.py": ""})
    assert seen(home, "shop/__init__.py", "from . import views") == ("shop/views.py", None, "shop.views")


def test_a_nested_tree_of_the_same_repository(lay_out: LayOut) -> None:
    home = lay_out({
        ".git/": "", "api/src/manage.py": "", "api/src/core/__init__.py": "", "api/src/core/db.py": "",
        "plugins/jira/__init__.py": "", "plugins/jira/views.py": "",
    })  # fmt: skip
    assert seen(home, "plugins/jira/views.py", "from core.db import load")[0] == "api/src/core/db.py"


def test_src(lay_out: LayOut) -> None:
    home = lay_out({"pyproject.toml": "", "src/space/part/x.py": "", "tests/test_x.py": ""})
    assert seen(home, "tests/test_x.py", "from space.part.x import y") == ("src/space/part/x.py", "y", "space.part.x.y")


def test_the_nearest_root_wins(lay_out: LayOut) -> None:
    home = lay_out({
        ".git/": "", "a/manage.py": "", "a/shop/__init__.py": "", "a/x/y.py": "", "b/manage.py": "", "b/shop/__init__.py": "",
        "b/x/y.py": "",
    })  # fmt: skip
    assert seen(home, "a/x/y.py", "import shop")[0] == "a/shop/__init__.py"
    assert seen(home, "b/x/y.py", "import shop")[0] == "b/shop/__init__.py"


def test_explicit_roots_come_first(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop/__init__.py": "", "odd/place/shop/__init__.py": ""})
    project = Project.for_file(str(home / "manage.py"), ("odd/place",))
    assert below(home, project.find("shop")) == "odd/place/shop/__init__.py"


def test_a_package_wins_over_a_module_and_that_over_a_folder(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": "", "a/__init__.py": "", "a.py": "", "b/x.py": "", "b.py": "", "c.py/x.py": "", "c/x.py": "", "d/": "",
    })  # fmt: skip
    assert seen(home, "manage.py", "import a")[0] == "a/__init__.py"
    assert seen(home, "manage.py", "import b")[0] == "b.py"
    assert seen(home, "manage.py", "import b.x as x")[0] is None
    assert seen(home, "manage.py", "import c.x as x")[0] == "c/x.py"
    assert seen(home, "manage.py", "import d")[0] is None


@pytest.mark.parametrize("name", ["celery", "json"])
def test_a_module_in_a_package_is_not_the_library_of_its_name(lay_out: LayOut, name: str) -> None:
    home = lay_out({
        "requirements.txt": "celery[redis]>=5  # queue\n", "main/manage.py": "", "main/__init__.py": "", f"main/{name}.py": "",
        "main/views.py": "", "manage.py": "",
    })  # fmt: skip
    assert seen(home, "main/views.py", f"import {name}") == (None, None, name)
    assert seen(home, "main/views.py", f"from . import {name}")[0] == f"main/{name}.py"


def test_a_folder_without_init_does_not_hide_a_library(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "redis/backup.py": "", "views.py": ""})
    assert seen(home, "views.py", "import redis") == (None, None, "redis")
    assert seen(home, "views.py", "from redis.asyncio import Redis") == (None, None, "redis.asyncio.Redis")
    assert seen(home, "views.py", "from redis import backup")[0] == "redis/backup.py"


def test_a_linked_package(lay_out: LayOut) -> None:
    home = lay_out({".git/": "", "one/manage.py": "", "one/views.py": "", "two/shared/__init__.py": "", "two/shared/db.py": ""})
    (home / "one/shared").symlink_to(home / "two/shared", target_is_directory=True)
    assert seen(home, "one/views.py", "import shared.db as db")[0] == "two/shared/db.py"


def test_names_of_modules(lay_out: LayOut) -> None:
    home = lay_out({**SHOP, "src/thing/__init__.py": "", "docs/pyproject.toml": "", "docs/x.py": ""})
    project = Project.for_file(str(home / "manage.py"))

    def name(path: str) -> tuple[str, str]:
        module = project.module(str(home / path))
        return module.name, module.package

    assert name("shop/deep/er/x.py") == ("shop.deep.er.x", "shop.deep.er")
    assert name("shop/__init__.py") == ("shop", "shop")
    assert name("apps/users/models.py") == ("apps.users.models", "apps.users")
    assert name("src/thing/__init__.py") == ("thing", "thing")
    assert name("docs/x.py") == ("x", "")


def test_submodules(lay_out: LayOut) -> None:
    home = lay_out(SHOP)
    project = Project.for_file(str(home / "manage.py"))
    apps = project.resolve_import(outline(ast.parse("import apps.users.models")).imports[0], project.module(str(home / "x.py")))
    assert apps.module is not None and apps.module.is_namespace
    users = project.submodule(apps.module, "users")
    assert users is not None and below(home, project.submodule(users, "models")) == "apps/users/models.py"
    assert project.submodule(users, "missing") is None
    models = project.find("apps.users.models")
    assert models is not None and project.submodule(models, "User") is None


def test_a_name_that_a_package_does_not_have(lay_out: LayOut) -> None:
    home = lay_out(SHOP)
    assert seen(home, "shop/views.py", "from shop import missing") == ("shop/__init__.py", "missing", "shop.missing")
