"""Rows of one's own: what entering a library's object does, by each kind of block."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.check import check
from flake8_django_async.models.load import Row
from flake8_django_async.options import NOT_CONFIGURED
from tests.analysis.saying import HEAD, claimed, said


def test_a_row_for_either_kind_of_block(tmp_path: Path) -> None:
    """The block and the stack that enters it do the same."""
    views = """
import time
import vendor

async def by_with(request):
    await load()
    with vendor.Client():  # LDB105
        pass

async def by_stack(request):
    await load()
    with contextlib.ExitStack() as stack:
        stack.enter_context(vendor.Client())  # LDB105

async def by_async_with(request):
    await load()
    async with vendor.Client():
        pass

async def by_async_stack(request):
    await load()
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(vendor.Client())
"""
    said(tmp_path, {"views.py": f"{HEAD}{views}"})
    row = Row("vendor.Client.__enter__", "wait", length="long", when="enter", why="connects")
    found = check(str(tmp_path / "views.py"), configuration=NOT_CONFIGURED._replace(rows=(row,)))
    assert {each.line: [each.code] for each in found} == claimed(tmp_path)


def test_what_nothing_is_known_of_but_its_rows_binds_itself(tmp_path: Path) -> None:
    views = """
from vendor import client

async def page(request):
    await load()
    async with client as connected:
        await connected.fetch()  # LDB101
"""
    said(tmp_path, {"views.py": f"{HEAD}{views}"})
    row = Row("vendor.client.fetch", "wait", length="long", when="await", why="a slow partner")
    found = check(str(tmp_path / "views.py"), configuration=NOT_CONFIGURED._replace(rows=(row,)))
    assert {each.line: [each.code] for each in found} == claimed(tmp_path)
