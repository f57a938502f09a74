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
    assert True, await ask("why?")
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


# ------------------------------------------------------------------ ways out of blocks

BLOCKS = {
    "if": "if request.flag:\n{}",
    "match": "match request.kind:\n            case _:\n    {}",
    "try": "try:\n{}\n        except KeyError:\n            pass",
    "try else": "try:\n            pass\n        except KeyError:\n            pass\n        else:\n{}",
    "finally": "try:\n{}\n        finally:\n            request.close()",
    "atomic": "with opened():\n{}",
    "suppress": "with contextlib.suppress(KeyError):\n{}",
    "timeout": "async with asyncio.timeout(5):\n{}",
    "context manager": "async with Logged():\n{}",
    "generator": "async with logged():\n{}",
}
MANAGERS = """
class Logged:
    async def __aenter__(self):
        pass
    async def __aexit__(self, *exc):
        pass

@contextlib.asynccontextmanager
async def logged():
    yield

@contextlib.contextmanager
def opened():
    yield
"""


@pytest.mark.parametrize("way", ["return", "break", "continue"])
@pytest.mark.parametrize("block", BLOCKS.values(), ids=list(BLOCKS))
def test_what_a_block_is_left_with(tmp_path: Path, block: str, way: str) -> None:
    body = block.format(f"            await load(){chr(10)}            {'    ' if 'case' in block else ''}{way}")
    view(
        tmp_path,
        f"""{MANAGERS}
async def work(request):
    while request.more():
        {body}
        await release()

async def view(request):
    await work(request)
    await ask("hi")  # LDB101
""",
    )


@pytest.mark.parametrize("way", ["return", "break", "continue"])
def test_every_way_out_goes_through_finally(tmp_path: Path, way: str) -> None:
    view(
        tmp_path,
        f"""
async def work(request):
    while request.more():
        try:
            await load()
            {way}
        finally:
            await release()

async def view(request):
    await work(request)
    await ask("hi")
""",
    )


@pytest.mark.parametrize("way", ["return", "break", "continue"])
def test_a_block_leaves_earlier_ways_out_as_they_were(tmp_path: Path, way: str) -> None:
    view(
        tmp_path,
        f"""
async def work(request):
    while request.more():
        if request.flag:
            await load()
            {way}
        try:
            request.read()
        except KeyError:
            {way}
        await release()
    else:
        await ask("again"){"  # LDB101" if way == "continue" else ""}

async def view(request):
    await work(request)
    await ask("hi")  # LDB101
""",
    )


# ------------------------------------------------------------------ exceptions


def test_a_handler_gets_what_is_raised_for_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        await load()
        raise ValueError("no")
    except Refused:
        await ask("another error")
    except KeyError:
        await ask("another error")
    except ValueError:
        await ask("hi")  # LDB101
""",
    )


@pytest.mark.parametrize("raised", ["Refused", "Refused()", "Refused('no') from None"])
@pytest.mark.parametrize("handler", ["except Refused:", "except (KeyError, Refused) as error:", "except Exception:", "except:"])
def test_what_is_caught_goes_no_further(tmp_path: Path, handler: str, raised: str) -> None:
    view(
        tmp_path,
        f"""
async def view(request):
    await load()
    try:
        try:
            raise {raised}
        {handler}
            await release()
    except Exception:
        await ask("hi")
""",
    )


def test_what_is_raised_again_is_held(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        try:
            await load()
        except Exception:
            raise
    except ValueError:
        await ask("perhaps")  # LDB101
    except Exception:
        await ask("hi")  # LDB101
""",
    )


def test_an_unknown_error_may_be_for_any_handler(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request, make):
    try:
        await load()
        raise make()
    except Refused:
        await ask("perhaps")  # LDB101
    except ValueError:
        await ask("perhaps")  # LDB101
""",
    )


def test_a_body_that_releases_has_released_where_it_raises(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    await load()
    try:
        await release()
        request.read()
    except Exception:
        await ask("hi")

async def returns(request):
    await load()
    try:
        await release()
        return request.read()
    except Exception:
        await ask("hi")

async def does_not(request):
    await load()
    try:
        request.read()
    except Exception:
        await ask("hi")  # LDB101
""",
    )


def test_a_wait_may_be_cancelled_past_except_exception(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        await load()
    except KeyError:
        await ask("no query raises it")
    except Exception:
        await release()
    except SystemExit:
        await ask("this is no cancellation")
    except asyncio.CancelledError:
        await ask("hi")  # LDB101

async def bare(request):
    try:
        await load()
    except Exception:
        await release()
    except:
        await ask("hi")  # LDB101
""",
    )


def test_one_of_several_types_may_be_the_cancellation(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def tuple_of(request):
    try:
        await load()
    except Exception:
        await release()
    except (SystemExit, asyncio.CancelledError):
        await ask("hi")  # LDB101
""",
    )


def test_raising_is_not_cancelled(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    await load()
    try:
        if request.GET:
            raise ValueError
        await release()
    except ValueError:
        pass
    except BaseException:
        await ask("hi")
""",
    )


def test_finally_is_on_the_way_of_what_is_raised(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def releases(request):
    try:
        try:
            await load()
            raise ValueError
        finally:
            await release()
    except ValueError:
        await ask("hi")

async def does_not(request):
    try:
        try:
            await load()
            raise ValueError
        finally:
            request.close()
    except ValueError:
        await ask("hi")  # LDB101

async def never_ends(request):
    try:
        try:
            await load()
            raise ValueError
        finally:
            raise KeyError
    except ValueError:
        await ask("replaced by the other error")
    except KeyError:
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
