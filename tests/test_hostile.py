"""Hostile trees: whatever lies in a project, flake8 ends in time, calmly, and says of a view what it would say without it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trial import HELD, HELPERS, VIEWS, Ran, as_anybody, flake8, lay_out, meanwhile, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and such names are POSIX's")

HUGE = 10**11
"""Bytes of a file with a hole: nobody's memory has room for it."""
PROJECT = {"manage.py": "", "shop/__init__.py": "", "shop/helpers.py": HELPERS, "shop/views.py": VIEWS}
FLAKE8 = (sys.executable, "-m", "flake8", "--select=LDB,E9", "-j1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "project", PROJECT)


def is_calm(ran: Ran) -> bool:
    """Whether the view is reported, and nothing else."""
    return not ran.err and [line.split(" ")[:2] for line in ran.lines] == [["shop/views.py:6:5:", "LDB101"]]


# ------------------------------------------------------------ what lies beside the code


def loops_of_links(folder: Path) -> None:
    for link, target in {
        "shop/again": ".",
        "up": "..",
        "self": "self",
        "self.py": "self.py",
        "one": "two",
        "two": "one",
        "gone.py": "x",
    }.items():
        (folder / link).symlink_to(target)


def pipes(folder: Path) -> None:
    for name in ("notes.txt", "pyproject.toml", "requirements.txt", "pytest.ini", "pipe.py"):
        os.mkfifo(folder / name)


def endless_links(folder: Path) -> None:
    for name in ("notes.txt", "pyproject.toml", "settings.py"):
        (folder / name).symlink_to("/dev/zero")


def files_larger_than_memory(folder: Path) -> None:
    for name in ("notes.txt", "pyproject.toml", "requirements.txt", "pytest.ini", "settings.py", "shop/models.py"):
        with open(folder / name, "wb") as stream:
            stream.truncate(HUGE)


def folders_named_like_files(folder: Path) -> None:
    for name in ("pyproject.toml", "requirements.txt", "settings.py", "shop/models.py", "shop/deep/__init__.py"):
        (folder / name).mkdir(parents=True)


def names_that_are_no_text(folder: Path) -> None:
    for name in (b"caf\xe9.py", b"new\nline.py", b"-j.py", b" .py", b".py", "\u202e.py".encode(), b"#'\".py"):
        with open(os.path.join(os.fsencode(folder), name), "wb") as stream:
            stream.write(b"import asyncio\n\nasync def ask():\n    await asyncio.sleep(5)\n")


def names_of_libraries(folder: Path) -> None:
    """In a package they are not what an import of the library finds."""
    lay_out(
        folder,
        {
            f"shop/{name}.py": "raise SystemExit\n"
            for name in ("asyncio", "ast", "json", "django", "libcst", "flake8_django_async")
        },
    )


def far_relative_imports(folder: Path) -> None:
    lay_out(folder.parent, {"outside.py": HELPERS, "__init__.py": "", "shop/helpers.py": HELPERS})
    lay_out(
        folder,
        {
            "__init__.py": "",
            "shop/far.py": HELD.replace("import asyncio", "from ...outside import ask\nfrom .... import shop").replace(
                "asyncio.sleep(5)", "ask()"
            ),
        },
    )


TREES: list[Callable[[Path], None]] = [
    loops_of_links, pipes, endless_links, files_larger_than_memory, folders_named_like_files, names_that_are_no_text, names_of_libraries,
    far_relative_imports,
]  # fmt: skip


@pytest.mark.parametrize("put", TREES, ids=lambda put: put.__name__)
def test_what_lies_beside_the_code_changes_nothing(put: Callable[[Path], None], project: Path, tmp_path: Path) -> None:
    try:
        put(project)
    except OSError as error:
        pytest.skip(f"this file system has none: {error}")
    files = ["shop/far.py", "shop/views.py"] if put is far_relative_imports else ["shop/views.py"]
    assert is_calm(run(project, *FLAKE8, f"--django-async-cache-dir={tmp_path / 'cache'}", *files))


def test_what_may_not_be_read(project: Path, tmp_path: Path) -> None:
    command = as_anybody(*FLAKE8, f"--django-async-cache-dir={tmp_path / 'cache'}", "settings.py", "shop")
    lay_out(
        project,
        {
            "pyproject.toml": "[tool.flake8-django-async]\n",
            "requirements.txt": "",
            "closed/x.py": "",
            "settings.py": "",
            "shop/x.py": "",
        },
    )
    closed = [project / name for name in ("pyproject.toml", "requirements.txt", "closed", "settings.py")]
    for path in closed:
        path.chmod(0)
    try:
        ran = run(project, *command)
    finally:
        (project / "closed").chmod(0o700)
    assert ran.lines[0].startswith("settings.py:0:1: E902 PermissionError")  # flake8's own
    assert is_calm(Ran(ran.status, "\n".join(ran.lines[1:]), ran.err))


@pytest.mark.parametrize("target", ["/dev/zero", "pipe", "."])
def test_a_baseline_that_is_no_file(target: str, project: Path) -> None:
    os.mkfifo(project / "pipe")
    (project / "known.json").symlink_to(target)
    ran = flake8(project, "--django-async-baseline=known.json", "shop/views.py")
    assert len(ran.lines) == 2 and "known.json: not a baseline" in ran.lines[1]


# ------------------------------------------------------------ names in messages


@pytest.mark.parametrize("name", [b"new\nline", b"caf\xe9"])
def test_a_mistake_in_a_folder_of_any_name_is_told_in_one_line(name: bytes, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
    try:
        lay_out(folder, {"pyproject.toml": "[tool.flake8-django-async]\nrelase = 1\n", "views.py": HELD})
    except OSError:
        pytest.skip("this file system has no such names")
    ran = flake8(folder, "views.py")
    assert not ran.err and len(ran.lines) == 2 and "unknown key 'relase'" in ran.lines[1]


# ------------------------------------------------------------ what changes meanwhile


def change(folder: Path) -> None:
    """Files come, go, change and become folders."""
    helpers, other, moved = folder / "shop/helpers.py", folder / "shop/other", folder / "shop/moved"
    for text in (HELPERS, "", HELPERS.replace("5", "0"), HELPERS[: len(HELPERS) // 2]):
        helpers.write_text(text)
    helpers.unlink()
    helpers.mkdir()
    lay_out(other, {"__init__.py": "", "deep/__init__.py": HELPERS, "pyproject.toml": "[tool."})
    other.rename(moved)
    shutil.rmtree(moved)
    helpers.rmdir()


def test_files_that_change_during_the_run(project: Path, tmp_path: Path) -> None:
    views = [f"shop/views{number}.py" for number in range(6)]
    lay_out(project, dict.fromkeys(views, VIEWS))
    command = (*FLAKE8, "-j2", f"--django-async-cache-dir={tmp_path / 'cache'}", *views)
    with meanwhile(lambda: change(project)):
        ran = run(project, *command)
    (project / "shop/helpers.py").write_text(HELPERS)
    assert not ran.err and all(" LDB101 " in line for line in ran.lines)
    assert run(project, *command).lines == run(project, *command, "--django-async-no-cache").lines
