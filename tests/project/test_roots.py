"""From a path to its project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_django_async.project import roots
from flake8_django_async.project.modules import Project
from flake8_django_async.project.roots import layout_of, real_path
from tests.project.conftest import LayOut


def top(path: Path) -> str:
    return layout_of(os.fspath(path.parent)).top


def test_the_nearest_history_is_the_top(lay_out: LayOut) -> None:
    home = lay_out({".git/": "", "sub/.git/": "", "sub/pyproject.toml": "", "sub/a/b/x.py": "", "c/manage.py": ""})
    assert top(home / "sub/a/b/x.py") == str(home / "sub")
    assert top(home / "c/views.py") == str(home)


def test_a_history_file_counts(lay_out: LayOut) -> None:
    home = lay_out({"work/.git": "gitdir: elsewhere", "work/shop/x.py": ""})
    assert top(home / "work/shop/x.py") == str(home / "work")


def test_the_outermost_marker_is_the_top_where_there_is_no_history(lay_out: LayOut) -> None:
    home = lay_out({"p/pyproject.toml": "", "p/api/src/manage.py": "", "p/api/src/shop/x.py": ""})
    assert top(home / "p/api/src/shop/x.py") == str(home / "p")


def test_projects_side_by_side_are_projects_of_their_own(lay_out: LayOut) -> None:
    home = lay_out({"one/manage.py": "", "one/views.py": "", "two/manage.py": "", "two/views.py": ""})
    assert top(home / "one/views.py") == str(home / "one")
    assert Project.for_file(str(home / "one/views.py")) is not Project.for_file(str(home / "two/views.py"))


def test_a_wide_gap_ends_the_search_for_markers(lay_out: LayOut) -> None:
    home = lay_out({"setup.py": "", "a/b/c/d/e/manage.py": "", "a/b/c/d/e/x.py": ""})
    assert top(home / "a/b/c/d/e/x.py") == str(home / "a/b/c/d/e")


def test_without_markers_the_top_is_around_the_outermost_package(lay_out: LayOut) -> None:
    home = lay_out({"lib/shop/__init__.py": "", "lib/shop/sub/__init__.py": "", "lib/shop/sub/x.py": ""})
    assert top(home / "lib/shop/sub/x.py") == str(home / "lib")


def test_without_markers_only_packages_are_walked(lay_out: LayOut) -> None:
    home = lay_out({"x.py": "", "shop/__init__.py": "", "shop/y.py": "", "other/z.py": ""})
    assert [path.removeprefix(str(home)) for path in Project.for_file(str(home / "x.py")).index.files()] == [
        "/shop/__init__.py",
        "/shop/y.py",
        "/x.py",
    ]


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    roots._shared.cache_clear()
    yield tmp_path.resolve()
    roots._shared.cache_clear()


@pytest.mark.parametrize("marker", [".git/", "pyproject.toml", "x.py"])
def test_the_home_directory_is_no_project(own_home: Path, lay_out: LayOut, marker: str) -> None:
    lay_out({marker: "", "script.py": "", "shop/__init__.py": "", "shop/x.py": "", "code/y.py": "", "other/__init__.py": ""})
    assert top(own_home / "code/y.py") == str(own_home / "code")
    assert [Path(path).name for path in Project.for_file(str(own_home / "script.py")).index.files()] == sorted(
        {"script.py", marker} if marker == "x.py" else {"script.py"}
    )
    files = Project.for_file(str(own_home / "shop/x.py")).index.files()
    assert str(own_home / "shop/x.py") in files
    assert str(own_home / "other/__init__.py") not in files


def test_the_root_of_the_file_system_is_no_project() -> None:
    layout = layout_of(os.path.realpath(os.sep))
    assert not layout.deep


def test_what_is_left_out_is_no_part_of_the_project_around_it(lay_out: LayOut) -> None:
    home = lay_out({
        ".git/": "", "shop/x.py": "", "node_modules/a/x.py": "", ".tox/x.py": "", "env/pyvenv.cfg": "", "env/lib/x.py": "",
        "build/lib/x.py": "", "lib/site-packages/shop/__init__.py": "", "shop/__pycache__/x.py": "", "dist/__init__.py": "",
    })  # fmt: skip
    project = Project.for_file(str(home / "shop/x.py"))
    assert [path.removeprefix(str(home)) for path in project.index.files()] == ["/dist/__init__.py", "/shop/x.py"]
    assert top(home / "lib/site-packages/shop/__init__.py") == str(home / "lib/site-packages")
    assert top(home / "build/lib/x.py") == str(home / "build/lib")


def test_a_loop_of_links_ends(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "shop/__init__.py": "", "shop/x.py": ""})
    (home / "shop/again").symlink_to(home / "shop", target_is_directory=True)
    (home / "up").symlink_to("..", target_is_directory=True)
    (home / "self").symlink_to("self")
    (home / "self.py").symlink_to("self.py")
    project = Project.for_file(str(home / "shop/again/again/x.py"))
    assert [path.removeprefix(str(home)) for path in project.index.files()] == ["/manage.py", "/shop/__init__.py", "/shop/x.py"]


def test_the_working_directory_does_not_matter(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lay_out({"one/manage.py": "", "one/shop/x.py": "", "two/manage.py": ""})
    monkeypatch.chdir(home / "two")
    assert Project.for_file(str(home / "one/shop/x.py")).top == str(home / "one")
    assert Project.for_file("-").index.files() == ()


def test_a_place_that_is_none_and_one_far_below(lay_out: LayOut) -> None:
    """A null character is in no path; so far up nobody looks."""
    assert real_path("a\0b/c.py") == "a\0b/c.py"
    deep = os.path.join(os.path.realpath(os.sep), "missing", *"d" * 70)
    assert layout_of(deep).top == deep


def test_roots_may_lie_elsewhere_or_nowhere(lay_out: LayOut) -> None:
    home = lay_out({"one/manage.py": "", "one/shop.py": "", "two/helpers.py": ""})
    project = Project.for_file(str(home / "one/shop.py"), (str(home / "two"), str(home / "missing")))
    assert project.find("shop") is not None and project.find("helpers") is not None
