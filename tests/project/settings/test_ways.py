"""Settings by other ways: statements that end a module, names that are unpacked, functions and includes of others."""

from __future__ import annotations

import pytest

from flake8_django_async.project import module
from flake8_django_async.project.modules import Project
from flake8_django_async.project.settings import Settings
from tests.project.conftest import LayOut

DATABASE = "DATABASES = {'default': {'CONN_MAX_AGE': 1}}\n"
AGE = "DATABASES['default']['CONN_MAX_AGE'] = "


def settings_of(lay_out: LayOut, text: str, **others: str) -> Settings:
    files = {f"{name}.py": other for name, other in others.items()}
    path = str(lay_out({"manage.py": "", "settings.py": text, **files}) / "views.py")
    return Settings.of(Project.for_file(path), path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("try:\n    if True:\n        raise E\n    x = 1\nexcept E:\n    " + AGE + "2", 2),
        ("try:\n    with a:\n        raise E\nexcept E:\n    " + AGE + "2", 2),
        ("try:\n    x()\nexcept E:\n    raise", 1),
        ("with a as b, c:\n    " + AGE + "2", 2),
        ("if env('X'):\n    " + AGE + "2\nelse:\n    raise E", 2),
        ("class Plain(Base):\n    pass", 1),
        ("class Dev(values.Configuration):\n    pass", None),
        ("for x in (1, 2):\n    " + AGE + "x\n    raise E", 1),
        ("for x in unknown:\n    " + AGE + "2\n    raise E", 1),
        ("for os.path in (1, 2):\n    " + AGE + "2", 2),
        ("ages = [5]\nages[0] = 6\n" + AGE + "ages[0]", None),
        ("nothing['x'] = 6", 1),
        (AGE + "((1,) + (2,))[1]", 2),
        (AGE + "+5", None),
        (AGE + "-5", -5),
        (AGE + "[1, 2][0:1]", None),
        (AGE + "{a: 2 for a in unknown}['x']", None),
        (AGE + "[a for a in (1, 2) if a == 2][0]", 2),
        (AGE + "[a for a in (1, 2) if a == unknown][0]", None),
        ("change(*DATABASES)", None),
        ("change(**DATABASES)", None),
        ("DATABASES['default'].pop(unknown)", None),
        ("pair = (DATABASES, 1)\nif env('X'):\n    x = 1\npair[0]['default']['CONN_MAX_AGE'] = 2", 2),
        ("include('other.py')", 1),
        ("from split_settings.tools import include\ninclude(unknown)", None),
    ],
)  # fmt: skip
def test_what_a_statement_leaves(lay_out: LayOut, text: str, expected: int | None) -> None:
    assert settings_of(lay_out, DATABASE + text + "\n").conn_max_age() == expected


def test_what_an_import_brings(lay_out: LayOut) -> None:
    """A star nothing private; one name that is not set there nothing known."""
    base = "_HIDDEN = 1\nDEBUG = True\nDATABASES = {'default': {'CONN_MAX_AGE': 1}}\nglobals().update(x)\n"
    settings = settings_of(
        lay_out,
        "from base import MISSING, OTHER\nfrom more import *\nAGE = _HIDDEN\nOTHER = MISSING\n",
        base=base,
        more="_HIDDEN = 1\nimport os\nDEBUG = True\n",
    )
    assert settings.get("DEBUG") is True
    assert settings.line("OTHER") == (settings.modules[0], 4)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("def load(settings):\n    return settings['X']\n", 1),
        ("def load(settings):\n    settings.update(X=1)\n", None),
        ("if True:\n    def load(settings):\n        return settings['X']\n", None),
        ("from elsewhere import load\n", None),
    ],
)
def test_what_a_function_does_with_all_names(lay_out: LayOut, function: str, expected: int | None) -> None:
    text = f"import os\nfrom plugins import other, load\n{DATABASE}APPS = load(locals())\n"
    assert settings_of(lay_out, text, plugins=function).conn_max_age() == expected


def test_what_a_function_of_a_library_does_with_all_names_is_not_known(lay_out: LayOut) -> None:
    assert settings_of(lay_out, f"from library import load\n{DATABASE}APPS = load(locals())\n").conn_max_age() is None


def test_settings_that_are_too_large_may_say_anything(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1_000)
    base = DATABASE + "#" * 2_000
    assert settings_of(lay_out, "from base import *\nDEBUG = True\n", base=base).conn_max_age() is None
