"""Recursion: functions that call themselves, or each other, come to an end, and tell what they leave open."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_what_recursion_leads_back_to_is_held(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def a(n):
    if n:
        await b(n)
    await ask("hi")  # LDB101

async def b(n):
    if n:
        await a(n)
        await load()
""",
    )


def test_every_function_of_a_circle_holds_what_one_opens(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def up(n):
    if n:
        await over(n)
        await over(n)
    await load()

async def over(n):
    await down(n)

async def down(n):
    if n:
        await up(n)

async def view_up(request):
    await up(3)
    await ask("hi")  # LDB101

async def view_over(request):
    await over(3)
    await ask("hi")  # LDB101

async def view_down(request):
    await down(3)
    await ask("hi")  # LDB101
""",
    )


def test_recursion_keeps_what_a_nested_function_closed_over(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    async def slow():
        await ask("hi")

    async def walk(then):
        await slow()
        await load()
        await walk(slow)  # LDB101
        await release()

    await walk(None)
""",
    )


def test_a_circle_meets_what_it_opens(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

def up(n):
    if n:
        down(n)
    titles()

def down(n):
    if n:
        up(n)
    time.sleep(5)  # LDB105

@sync_to_async
def view():
    up(3)
""",
    )


def test_recursion_with_other_arguments_takes_them_for_unknown(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def walk(then):
    await then()
    await load()
    await walk(ask)  # LDB101

async def turn(request, then):
    if request.flag:
        await turn(request, ask)
    await load()

async def view(request):
    await turn(request, release)
    await ask("hi")  # LDB101
""",
    )


def test_a_name_that_is_bound_to_what_it_was_is_asked_for_once(tmp_path: Path) -> None:
    names = "".join(f"a{number + 1} = wrap(a{number}, a{number})\n" for number in range(24))
    view(
        tmp_path,
        f"""
from vendor import make

def wrap(*given):
    return given[0]

a0 = make()
a0 = wrap(a0)
{names}
async def page(request):
    await load()
    a24.start()
    await ask("hi")  # LDB101
""",
    )


def test_recursion_passes_on_what_it_was_given(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def climb(level, work):
    if level:
        await climb(level - 1, work)
        await ask("hi")  # LDB101
    else:
        await work()

async def page(request):
    await climb(request.level, load)
""",
    )


def test_what_waits_behind_its_own_recursion_is_waited_for_at_each_level(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

def walk(level):
    if level:
        with contextlib.suppress(Exception):
            titles()
        walk(level - 1)  # LDB105
        with contextlib.suppress(Exception):
            time.sleep(5)  # LDB105
        connection.close()

@sync_to_async
def page():
    titles()
    walk(3)  # LDB105
""",
    )


def test_what_recursion_wraps_ever_again_is_still_called(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools

async def answer(*numbers):
    await ask("hi")

def pick(level):
    if level:
        return functools.partial(pick(level - 1), level)
    return answer

async def page(request):
    await load()
    await pick(request.level)()  # LDB101
""",
    )


def test_each_level_of_a_recursion_may_give_way(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from vendor import lock

block = sync_to_async(time.sleep)

async def walk(level):
    if level:
        await walk(level - 1)
        async with lock:
            pass

async def page(request):
    await load()
    task = asyncio.create_task(block(1))  # LDB101
    await walk(request.level)
    await release()
    await task
""",
    )


def test_a_circle_that_comes_back_to_the_arguments_it_began_with(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def ping(level, first, second, third):
    if level:
        await pong(level - 1, second, third, first)
    await first("hi")  # LDB101

async def pong(level, first, second, third):
    await ping(level, first, second, third)

async def count(text):
    return await Book.objects.acount()

async def nothing(text):
    pass

async def page(request):
    await ping(request.level, count, ask, nothing)
""",
    )
