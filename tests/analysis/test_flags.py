"""Parameters that a function tests: what a call is known to give decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import view


def test_a_function_that_is_given_is_called_where_it_is_tested(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def loaded(done=None):
    await load()
    if done is not None:
        await done()

async def loaded_early(done=None):
    await load()
    if not done:
        return
    await done()

async def given(request):
    await loaded(release)
    await ask("hi")

async def given_by_name(request):
    await loaded_early(done=sync_to_async(close_old_connections))
    await ask("hi")

async def not_given(request):
    await loaded()
    await ask("hi")  # LDB101
""",
    )


@pytest.mark.parametrize(
    "rebinding",
    [
        "(releases := True)",
        "import releases",
        "class releases: pass",
        "match using:\n        case releases: pass",
        "*releases, using.name = [True, 1]",
        "try: pass\n    except ValueError as releases: pass",
        "def releases(): pass",
        "def again():\n        nonlocal releases\n        releases = True",
    ],
)
def test_a_flag_that_is_bound_again_is_none(tmp_path: Path, rebinding: str) -> None:
    view(
        tmp_path,
        f"""
async def work(using, releases=False):
    await load()
    {rebinding}
    if releases:
        await release()

async def told(request):
    await work(request, releases=True)
    await ask("hi")  # LDB101
""",
    )


def test_a_parameter_that_is_none_takes_its_default(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def ended(then=None):
    then = then or release
    await load()
    await then()

async def chosen(then=None):
    await load()
    await (then if then is not None else release)()

async def free(request):
    await ended()
    await ask("hi")

async def free_too(request):
    await chosen(None)
    await ask("hi")
""",
    )


def test_what_is_not_given_is_none(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def book(pk=None):
    if pk is not None:
        return await Book.objects.aget(pk=pk)

async def title(pk=None):
    return "" if not pk else (await Book.objects.aget(pk=pk)).title

async def without(request):
    await book()
    await title(None)
    await ask("hi")

async def given(request):
    await book(request.GET["pk"])
    await ask("hi")  # LDB101

async def perhaps(request):
    pk = None
    if request.GET:
        pk = request.GET["pk"]
    await title(pk)
    await ask("hi")  # LDB101

async def open_(request, *args):
    await book(*args)
    await ask("hi")  # LDB101
""",
    )


def test_what_a_request_may_give_is_not_known(tmp_path: Path) -> None:
    """A default is what a call leaves out, not what a view is called with."""
    view(
        tmp_path,
        """
async def book(pk):
    if pk:
        return await Book.objects.aget(pk=pk)

async def show(request, pk=None):
    await book(pk)
    await ask("hi")  # LDB101
""",
    )


def test_what_was_assigned_on_one_way_only_may_be_missing(tmp_path: Path) -> None:
    """Then the default behind `or` is taken."""
    view(
        tmp_path,
        """
class Fake:
    async def run(self):
        pass

class Real:
    async def run(self):
        await ask("hi")

class Page:
    def __init__(self, flag):
        self.service = None
        if flag:
            self.service = Fake()

    async def show(self, request):
        await load()
        await (self.service or Real()).run()  # LDB101

async def show(request):
    await load()
    service = None
    if request.GET:
        service = Fake()
    await (service or Real()).run()  # LDB101
""",
    )
