"""Each imprecision of the analysis that the long runs have met, in the smallest program that shows it, and its name."""

from __future__ import annotations

import warnings

import pytest

from tests.differential.causes import EXCEPTIONS, IMPRECISIONS, UNREACHED
from tests.differential.compare import compare
from tests.differential.generate import Program

SHOWN = {
    EXCEPTIONS.name: """
async def view_1(request):
    try:
        await Book.objects.acount()
    except Book.DoesNotExist:
        await asyncio.sleep(1)  # FALSE
""",
    IMPRECISIONS[3].name: """
async def view_1(request):
    try:
        pass
    except Exception:
        pass
    except requests.RequestException:
        await Book.objects.acount()
    await asyncio.sleep(1)  # FALSE
""",
    IMPRECISIONS[4].name: """
async def view_1(request):
    await Book.objects.acount()
    with contextlib.suppress(Exception):
        await asyncio.gather(services.release(request), services.ask(request))
    await asyncio.sleep(1)  # FALSE
""",
    IMPRECISIONS[5].name: """
async def view_1(request):
    with contextlib.suppress(Book.DoesNotExist):
        with contextlib.suppress(Book.DoesNotExist):
            await Book.objects.using('other').acount()
        await sync_to_async(connections.close_all)()
    await asyncio.sleep(1)  # FALSE
""",
    IMPRECISIONS[6].name: """
async def view_1(request):
    alias1 = services.load_book if request.c1 else services.ask
    while request.w1:
        await alias1(request)  # FALSE
""",
    IMPRECISIONS[7].name: """
async def view_1(request):
    await Book.objects.acount()
    await asyncio.gather(*[services.release(request) for _ in request.i1], services.release(request))
    await asyncio.sleep(1)  # FALSE
""",
    UNREACHED: """
async def inner_1(request):
    await Book.objects.acount()
    await asyncio.sleep(1)  # FALSE
async def view_1(request):
    return None
""",
}  # fmt: skip


@pytest.mark.parametrize(("name", "views"), SHOWN.items(), ids=list(SHOWN))
def test_a_false_alarm_is_explained(name: str, views: str) -> None:
    warnings.simplefilter("ignore")
    (verdict,) = compare([Program(1, "", views, [("views", "view_1", "view")])], budget=1000)
    assert not verdict.missed
    assert verdict.causes == [name]


def test_a_task_of_a_group_may_have_begun_when_its_body_raises() -> None:
    views = """
async def view_1(request):
    try:
        pass
    except:
        async with asyncio.TaskGroup() as group:
            group.create_task(Book.objects.acount())
            raise Book.DoesNotExist
    finally:
        await asyncio.sleep(1)  # FALSE
"""
    warnings.simplefilter("ignore")
    (verdict,) = compare([Program(1, "", views, [("views", "view_1", "view")])], budget=1000)
    assert verdict.causes == [IMPRECISIONS[4].name]
