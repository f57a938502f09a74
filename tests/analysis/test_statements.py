"""Each statement: what is held along every way through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import view

NEVER = """
async def never():
    raise Refused
"""

# ------------------------------------------------------------------ names


def test_an_annotation_says_what_an_unknown_value_is(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def assigned(request, make):
    book: Book = make()
    await book.asave()
    await ask("hi")  # LDB101

async def declared(request, make):
    book: Book
    def fill():
        nonlocal book
        book = make()
    fill()
    await book.asave()
    await ask("hi")  # LDB101

async def unknown(request, make):
    book = make()
    await book.asave()
    await ask("hi")
""",
    )


def test_a_value_that_is_known_is_more_than_its_annotation(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    book: object = Book()
    await book.asave()
    await ask("hi")  # LDB101
""",
    )


# ------------------------------------------------------------------ assertions


def test_what_follows_an_assertion_is_reached(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    book = await load()
    assert book.title
    await ask("hi")  # LDB101
""",
    )


def test_a_constant_assertion_goes_one_way(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def fails(request):
    await load()
    assert False, await ask("why?")  # LDB101
    await ask("hi")

async def holds(request):
    await load()
    assert True, await ask("why?")  # nobody asks: the message is for a failure
    await ask("hi")  # LDB101
""",
    )


def test_an_assertion_raises_an_assertion_error(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        book = await load()
        assert book.title
    except ValueError:
        await ask("another error")
    except AssertionError:
        await ask("hi")  # LDB101
""",
    )


@pytest.mark.parametrize("statement", ["assert await never()", "if await never(): pass", "while await never(): pass"])
def test_a_test_that_never_ends_is_the_end(tmp_path: Path, statement: str) -> None:
    view(
        tmp_path,
        f"""{NEVER}
async def view(request):
    await load()
    {statement}
    await ask("hi")
""",
    )


def test_behind_a_guard_that_never_ends_comes_nothing(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{NEVER}
async def view(request):
    await load()
    match request:
        case 1 if await never():
            await ask("hi")
    await ask("hi")  # LDB101
""",
    )


# ------------------------------------------------------------------ branches and loops


def test_constant_tests_close_the_other_way(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    await load()
    if False:
        await ask("never")
    else:
        await ask("hi")  # LDB101

async def other(request):
    await load()
    if not False:
        await release()
    await ask("hi")
""",
    )


def test_a_loop_may_run_no_round(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    await load()
    while request.more():
        await release()
    await ask("hi")  # LDB101
""",
    )


def test_an_endless_loop_ends_by_break_only(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def never_left(request):
    while True:
        await load()
        await release()
    await load()
    await ask("hi")

async def left(request):
    while True:
        await load()
        if request.done():
            break
        await release()
    await ask("hi")  # LDB101

async def left_likewise(request):
    while not False:
        await load()
        if request.done():
            break
        await release()
    await ask("hi")  # LDB101
""",
    )


def test_a_loop_that_is_closed_is_not_entered(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    while False:
        await load()
    await ask("hi")
""",
    )


def test_a_wait_in_a_later_round_stands_on_the_loop(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    while await ask("more?"):  # LDB101
        await load()
""",
    )


def test_the_else_of_a_loop_is_for_loops_that_were_not_left(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    while request.more():
        await load()
        if request.done():
            break
        await release()
    else:
        await ask("hi")

async def other(request):
    while request.more():
        await load()
    else:
        await ask("hi")  # LDB101
""",
    )


def test_a_break_leaves_one_loop(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    while request.more():
        while request.more():
            await load()
            break
        await release()
    await ask("hi")
""",
    )


def test_a_loop_over_all_connections_that_is_left_in_its_first_round(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import connections

@sync_to_async
def close_one():
    for each in connections.all():
        break

async def view(request):
    await load()
    await close_one()
    await ask("hi")  # LDB101
""",
    )


# ------------------------------------------------------------------ match


def test_a_capture_is_the_subject(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def whole(request):
    match Book():
        case book:
            await book.asave()
            await ask("hi")  # LDB101

async def parts(request):
    match Book():
        case {"a": book, "b": other}:
            await book.asave()
            await ask("hi")
""",
    )


def test_a_guard_is_evaluated_whether_it_holds_or_not(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    match request.kind:
        case 1 if await load():
            return
        case 2 if await ask("hi"):  # LDB101
            return
        case _:
            await ask("hi")  # LDB101
""",
    )


def test_one_of_the_cases_is_taken_if_the_last_is_for_all(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def all_of_them(request):
    await load()
    match request.kind:
        case 1:
            await release()
        case _:
            await release()
    await ask("hi")

async def perhaps_none(request):
    await load()
    match request.kind:
        case 1:
            await release()
        case _ if request.flag:
            await release()
    await ask("hi")  # LDB101
""",
    )
