"""The plugin inside flake8: it never raises, costs nothing where nothing is, reads stdin, and agrees under every way of starting workers."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from flake8_django_async import check
from flake8_django_async.plugin import Plugin
from tests.trial import HELD, flake8, lay_out, run

HEAVY = {"libcst", "tomllib", "tomli", "json", "flake8_django_async.check", "flake8_django_async.rules", "flake8_django_async.models"}


@pytest.mark.parametrize("error", [ValueError("a\nb"), RecursionError("too deep"), MemoryError(), KeyError("x")])
def test_any_exception_becomes_one_line(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(check, "check", fails)
    lines = HELD.splitlines(keepends=True)
    ((line, column, text, _),) = Plugin(ast.parse(HELD), lines, "views.py").run()
    assert (line, column) == (1, 0)
    assert text.startswith(f"LDB900 cannot be analysed: internal error, {type(error).__name__}")
    assert "\n" not in text


def test_other_files_are_checked_when_one_cannot_be(tmp_path: Path) -> None:
    """A site customization breaks the analysis of one file, in a real run with two workers."""
    broken = """
    import flake8_django_async.check as module
    original = module.check
    def check(path, *rest):
        if path.endswith("bad.py"):
            raise RecursionError("deep")
        return original(path, *rest)
    module.check = check
    import runpy
    runpy.run_module("flake8", run_name="__main__")
    """
    lay_out(tmp_path, {"bad.py": HELD, "good.py": HELD, "start": broken})
    ran = run(tmp_path, sys.executable, "start", "--select=LDB", "-j2", "bad.py", "good.py")
    assert [line.split(" ")[:2] for line in ran.lines] == [["bad.py:1:1:", "LDB900"], ["good.py:6:5:", "LDB101"]]


def test_stdin_is_the_file_of_its_display_name(tmp_path: Path) -> None:
    """The buffer stands in for the file; the helper and the configuration come from disk."""
    helper = "import asyncio\n\nasync def ask():\n    await asyncio.sleep(5)\n"
    buffer = HELD.replace("await asyncio.sleep(5)", "await ask()").replace("import asyncio", "from shop.llm import ask")
    pyproject = '[tool.flake8-django-async]\nrelease = "await ours()"\n'
    lay_out(tmp_path, {"manage.py": "", "shop/llm.py": helper, "shop/views.py": "", "pyproject.toml": pyproject})
    for folder in (tmp_path, tmp_path / "shop"):
        name = str((tmp_path / "shop/views.py").relative_to(folder))
        (line,) = flake8(folder, "--stdin-display-name", name, "-", stdin=buffer).lines
        assert line.startswith(f"{name}:7:5: LDB101")
        assert line.endswith("release it first: await ours()")


def test_stdin_without_a_name(tmp_path: Path) -> None:
    (line,) = flake8(tmp_path, "-", stdin=HELD).lines
    assert line.startswith("stdin:7:5: LDB101")


def test_noqa_stands_on_the_first_line_of_the_statement(tmp_path: Path) -> None:
    """flake8 looks at the reported line, and at all lines of a string that begins or ends there."""
    text = HELD.replace("await asyncio.sleep(5)", "await asyncio.sleep(  # noqa: LDB101\n        5,\n    )")
    lay_out(tmp_path, {"views.py": text})
    assert flake8(tmp_path).lines == []
    assert len(flake8(tmp_path, "--disable-noqa").lines) == 1


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_options_reach_workers_however_they_start(method: str, tmp_path: Path) -> None:
    start = f"""
    import multiprocessing
    if __name__ == "__main__":
        multiprocessing.set_start_method("{method}")
        from flake8.main.cli import main
        raise SystemExit(main())
    """
    lay_out(tmp_path, {"start.py": start, "pyproject.toml": '[tool.flake8-django-async]\nrelease = "await ours()"\n'})
    lay_out(tmp_path, {f"shop/views{number}.py": HELD for number in range(4)})
    command = (sys.executable, "start.py", "--select=LDB", "shop")
    one_by_one = run(tmp_path, *command, "-j1")
    assert len(one_by_one.lines) == 4
    assert run(tmp_path, *command, "-j2").out == one_by_one.out
    given = run(tmp_path, *command, "-j2", "--django-async-release=await given()")
    assert given.out == one_by_one.out.replace("ours()", "given()")
    isolated = run(tmp_path, *command, "-j2", "--isolated")
    assert isolated.out == one_by_one.out.replace("first: await ours()", "first, see LDB101")


def test_a_file_that_python_rejects_is_flake8s_own(tmp_path: Path) -> None:
    lay_out(tmp_path, {"broken.py": "async def view(request:\n", "views.py": HELD})
    codes = [line.split(" ")[1] for line in flake8(tmp_path).lines]
    assert codes == ["E999", "LDB101"] or codes == ["E902", "LDB101"]


def test_flake8_loads_nothing_heavy_for_files_that_cannot_matter(tmp_path: Path) -> None:
    script = "import sys; from flake8.main.cli import main; main(['--select=LDB', 'plain.py']); print(sorted(sys.modules))"
    lay_out(tmp_path, {"plain.py": "x = 1\n", "pyproject.toml": "[tool.black]\n"})
    loaded = set(ast.literal_eval(run(tmp_path, sys.executable, "-c", script).out))
    bare = run(tmp_path, sys.executable, "-c", "import sys, flake8.main.cli, flake8.main.debug; print(sorted(sys.modules))")
    others = {"tomllib", "tomli"} if "flake8p" in loaded else set()  # flake8-pyproject reads TOML in every run
    assert not loaded & HEAVY - set(ast.literal_eval(bare.out)) - others
