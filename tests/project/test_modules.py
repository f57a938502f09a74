"""Modules: read once, read again when they have changed, never in the way of others when they cannot be read."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from flake8_django_async.project import modules
from flake8_django_async.project.module import LARGEST, Module
from flake8_django_async.project.modules import Project
from flake8_django_async.source import flow
from tests.project.conftest import LayOut


def project_at(home: Path) -> Project:
    return Project.for_file(str(home / "manage.py"))


def found(project: Project, name: str) -> Module:
    module = project.find(name)
    assert module is not None
    return module


def test_a_file_is_read_at_most_once(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lay_out({"manage.py": "", "shop.py": "x = 1\n"})
    module = found(project_at(home), "shop")
    assert module.lines == ["x = 1\n"]
    monkeypatch.setattr("builtins.open", None)
    again = found(Project.for_file(str(home / "shop.py")), "shop")
    assert again is module and list(again.outline.assignments) == ["x"]


def test_blocks_are_lowered_once(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop.py": "x = 1\ny = (\n  2)\n"})
    module = found(project_at(home), "shop")
    block = module.block((2, 3))
    assert isinstance(block[0], flow.Bind) and block[0].targets == (flow.Name("y"),)
    assert module.block((2, 3)) is block
    assert not module.unread


def test_what_cannot_be_lowered_is_noted(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop.py": "x = 1\ny = (\n  2)\n"})
    module = found(project_at(home), "shop")
    assert module.block((2, 2)) == ()
    assert list(module.unread) == [(2, 2)] and module.unread[2, 2]


def test_a_buffer_stands_for_the_file(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop.py": "x = 1\n"})
    project = project_at(home)
    assert list(found(project, "shop").outline.assignments) == ["x"]
    buffer = project.module(str(home / "shop.py"), ["y = 1\n"], ast.parse("y = 1\n"))
    assert list(buffer.outline.assignments) == ["y"]
    assert found(project, "shop") is buffer
    assert project.index.mentions("y") == ((str(home / "shop.py"), 1),)
    assert project.index.mentions("x") == ()


def test_a_buffer_without_a_file(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop/__init__.py": "", "shop/models.py": ""})
    project = Project.for_file(str(home / "shop/new.py"))
    module = project.module(str(home / "shop/new.py"), ["from . import models\n"])
    assert module.name == "shop.new"
    assert project.resolve_import(module.outline.imports[0], module).module is found(project, "shop.models")


def test_input_without_a_path() -> None:
    project = Project.for_file("-")
    module = project.module("-", ["from . import x\n", "import y\n"])
    assert [project.resolve_import(it, module).module for it in module.outline.imports] == [None, None]


def test_a_changed_file_is_read_again_for_the_next_linted_file(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop.py": "x = 1\n"})
    project = project_at(home)
    before = found(project, "shop")
    assert list(before.outline.assignments) == ["x"]
    generation = project.generation
    (home / "shop.py").write_text("other = 1\n")
    assert found(project, "shop") is before
    after = found(project_at(home), "shop")
    assert list(after.outline.assignments) == ["other"] and project.generation > generation


def test_new_and_removed_files_are_noticed(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lay_out({"manage.py": "", "old.py": ""})
    project = project_at(home)
    assert project.find("new") is None and project.find("old") is not None
    assert project.index.mentions("word") == ()
    monkeypatch.setattr(modules, "_RECHECK", 0.0)
    (home / "old.py").unlink()
    (home / "new.py").write_text("word\n")
    assert project_at(home).find("new") is not None and project.find("old") is None
    assert project.index.mentions("word") == ((str(home / "new.py"), 1),)


def test_a_cache_beside_the_code_changes_nothing(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lay_out({"manage.py": "", "old.py": ""})
    project = project_at(home)
    finder = project.finder
    monkeypatch.setattr(modules, "_RECHECK", 0.0)
    (home / "__pycache__").mkdir()
    (home / "old.pyc").write_text("")
    assert project_at(home).finder is finder and project.generation == 0


def test_a_file_that_is_deleted_during_the_run(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "one.py": "", "two.py": "x = 1\n"})
    project = project_at(home)
    one, two = found(project, "one"), found(project, "two")
    assert two.lines
    (home / "one.py").unlink()
    (home / "two.py").unlink()
    assert one.problem == "No such file or directory" and not one.outline.functions
    assert list(two.outline.assignments) == ["x"]
    assert project_at(home).find("one") is None
    assert project.index.mentions("x") == ()


BAD = {
    "null bytes": b"x = 1\0\n",
    "no syntax": b"def f(:\n",
    "wrong bytes": b"# coding: utf-8\nx = '\xff'\ny = (\n",
    "unknown encoding": b"# coding: klingon\nx = (\n",
    "brackets": b"x = " + b"[" * 10_000 + b"]" * 10_000 + b"\n",
    "operators": b"x = " + b"-" * 100_000 + b"1\n",
    "calls": b"x = a" + b"()" * 100_000 + b"\n",
    "attributes": b"x = a" + b".b" * 100_000 + b"\n",
    "sum": b"x = 1" + b" + 1" * 100_000 + b"\n",
    "large": b"x = 1\n" * (LARGEST // 6 + 1),
    "tabs": b"if x:\n\ty\n        z\n",
    "a mark within": b"x = 1\n\xef\xbb\xbfy = 1\n",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read_is_a_module_with_a_problem(lay_out: LayOut, data: bytes) -> None:
    home = lay_out({"manage.py": ""})
    (home / "bad.py").write_bytes(data)
    module = found(project_at(home), "bad")
    if module.problem is None:  # newer versions of Python read more
        assert list(module.outline.assignments) == ["x"]
    else:
        assert "\n" not in module.problem and not module.outline.assignments


def test_five_megabytes(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": ""})
    (home / "big.py").write_bytes(b"x = 1\n" * 900_000)
    project = project_at(home)
    assert found(project, "big").problem == "too large"
    assert project.index.mentions("x") == ()


def test_files_that_are_none(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "folder.py/x.py": "", "sub.py/__init__.py": ""})
    os.mkfifo(home / "pipe.py")
    project = project_at(home)
    assert project.find("folder") is None and project.find("pipe") is None and project.find("sub") is None
    assert project.module(str(home / "pipe.py")).problem == "not a file"
    assert project.module(str(home / "folder.py")).problem == "not a file"
    assert project.index.mentions("x") == ()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything: tests/test_hostile.py asks as another user")
def test_a_file_that_may_not_be_read(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "secret.py": "x = 1\n", "closed/x.py": ""})
    (home / "secret.py").chmod(0)
    (home / "closed").chmod(0)
    project = project_at(home)
    assert found(project, "secret").problem == "Permission denied"
    assert project.index.mentions("x") == ()
    (home / "closed").chmod(0o700)


def test_odd_names(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "new\nline.py": "word\n", "caf\u00e9.py": "word\n"})
    try:
        with open(os.fsencode(home) + b"/caf\xe9.py", "wb") as stream:
            stream.write(b"word\n")
    except OSError:
        pytest.skip("this file system has no such names")
    project = project_at(home)
    paths = [path for path, _ in project.index.mentions("word")]
    assert len(paths) == 3
    assert [module.lines for path in paths if (module := project.at(path))] == [["word\n"]] * 3
    assert project.find("caf\u00e9") is not None
    assert project.find("a\0b") is None and project.find("") is None and project.find("..") is None
    assert project.module("a\0b.py").problem == "cannot be opened"


def test_imports_in_a_circle(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "a.py": "from b import x\n", "b.py": "from a import x\n"})
    project = project_at(home)
    a, b = found(project, "a"), found(project, "b")
    assert project.resolve_import(a.outline.imports[0], a) == (b, "x", "b.x")
    assert project.resolve_import(b.outline.imports[0], b) == (a, "x", "a.x")
