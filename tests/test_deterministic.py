"""Same input, same output: whatever the order of the files, the seed of the hashes, the number of workers."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from flake8_django_async.analysis.summaries import MAX_VARIANTS
from flake8_django_async.check import check
from flake8_django_async.project.modules import Project
from flake8_django_async.source.text import lines_of
from tests.expectations import FIXTURES
from tests.trial import lay_out, run

CHECK = """
import sys
from flake8_django_async.check import check
from flake8_django_async.diagnostic import place_of

for path in sys.argv[1:]:
    for found in check(path):
        print(found.path, found.line, found.column, found.text, [place_of(step, found.path) for step in found.trace])
"""
"""Checks files one after the other in one process, and prints all that is known of each diagnostic."""


@cache
def files() -> tuple[str, ...]:
    return tuple(sorted(str(path) for path in FIXTURES.rglob("*.py")))


def checked(paths: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The sorted output of one process."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK, *paths],
        cwd=FIXTURES.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return sorted(done.stdout.splitlines())


@cache
def expected() -> tuple[str, ...]:
    return tuple(checked(files(), {"PYTHONHASHSEED": "0"}))


@pytest.mark.parametrize("seed", [1, 2])
def test_no_seed_of_the_hashes_and_no_order_of_files_matters(seed: int) -> None:
    shuffled = random.Random(seed).sample(files(), len(files()))
    assert tuple(checked(shuffled, {"PYTHONHASHSEED": str(seed)})) == expected()


def test_a_file_alone_is_said_the_same_of() -> None:
    """What a process has read before does not matter: each file in a process of its own, a few of them."""
    views = [path for path in files() if "/views/" in Path(path).as_posix() and Path(path).name != "__init__.py"]
    for path in random.Random(4).sample(views, 3):
        alone = checked([path], {"PYTHONHASHSEED": "random"})
        assert alone == [line for line in expected() if line.startswith(f"{path} ")]


@pytest.mark.parametrize("workers", ["-j1", "-j2"])
def test_workers_say_the_same_cold_and_warm(workers: str, tmp_path: Path) -> None:
    ran = [
        run(
            FIXTURES.parent, sys.executable, "-m", "flake8", "--isolated", "--select=LDB", workers, f"--django-async-cache-dir={tmp_path}",
            "fixtures/", env={"PYTHONHASHSEED": seed},
        ).out
        for seed in ("5", "6")
    ]  # fmt: skip
    assert ran[0] and ran[0] == ran[1]
    assert len(ran[0].splitlines()) == len({line.split(" [", 1)[0] for line in expected()})


BASE = """
    import asyncio
    from django.views import View

    class Basé(View):
        async def get(self, request):
            await self.load()
            await asyncio.sleep(5)

        async def load(self):
            pass
"""
OWN = """
from django.contrib.auth.models import User
from shop.base import Basé

class Own(Basé):
    async def load(self):
        await User.objects.aget(pk=1)
"""
STRANGE = {
    "another encoding": ("latin-1", f"# coding: latin-1{OWN}", 1),
    "other letters for all": ("utf-7", f"# coding: utf-7{OWN}", 1),
    "too large to be read for others": ("utf-8", f"# {'x' * 1_000_000}{OWN}", 0),
}


@pytest.mark.parametrize(("encoding", "text", "findings"), STRANGE.values(), ids=STRANGE)
def test_a_strange_file_is_the_same_to_others_before_and_after_its_turn(
    encoding: str, text: str, findings: int, tmp_path: Path
) -> None:
    lay_out(tmp_path, {"manage.py": "", "shop/__init__.py": "", "shop/base.py": BASE})
    (tmp_path / "shop" / "own.py").write_text(text, encoding=encoding)
    paths = [tmp_path / "shop" / name for name in ("base.py", "own.py")]
    for order in (paths, paths[::-1]):
        Project.forget_all()
        assert sum(len(check(str(path), lines_of(path.read_bytes()))) for path in order) == findings


VIEW = """
    import asyncio
    from asgiref.sync import sync_to_async
    from django.contrib.auth.models import User
    from django.views import View
    from shop.base import Loads

    class Own(Loads, View):
        def fetch(self):
            return User.objects.get(pk=1)

        async def get(self, request):
            await sync_to_async(self.load)()
            await asyncio.sleep(5)
"""


def test_the_last_of_many_is_the_same_as_the_first(tmp_path: Path) -> None:
    """More receivers of one method than have summaries of their own: the limit is not used up by other files."""
    paths = [f"shop/views{number}.py" for number in range(MAX_VARIANTS + 2)]
    lay_out(tmp_path, {"manage.py": "", "shop/base.py": "class Loads:\n    def load(self):\n        return self.fetch()\n"})
    lay_out(tmp_path, dict.fromkeys(paths, VIEW))
    assert [len(check(str(tmp_path / path))) for path in paths] == [1] * len(paths)


DECORATED = """
    import asyncio
    from django.contrib.auth.decorators import login_required, permission_required

    @login_required
    @permission_required("a")
    @permission_required("b")
    async def view(request):
        await asyncio.sleep(5)
"""


def test_no_seed_chooses_the_decorator_that_a_trace_tells(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": DECORATED})
    told = {tuple(checked([str(tmp_path / "views.py")], {"PYTHONHASHSEED": str(seed)})) for seed in range(4)}
    assert len(told) == 1 and told != {()}
