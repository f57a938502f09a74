"""What executing random programs has taught the analysis: each was a missed or false alarm of `tests.differential`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import view

# ------------------------------------------------------------------ places


def test_a_wait_behind_a_with_body_stands_on_the_with_statement(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def logged():
    yield
    await ask("log")

class Logged:
    async def __aenter__(self):
        pass
    async def __aexit__(self, *exc):
        await ask("log")

async def by_generator(request):
    async with logged():  # LDB101
        await load()

async def by_class(request):
    async with Logged():  # LDB101
        await load()
""",
    )


# ------------------------------------------------------------------ exceptions


def test_an_assertion_evaluates_its_message(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    book = await load()
    assert book.title, await ask("why?")  # LDB101
""",
    )


def test_the_body_of_a_context_manager_may_raise_anything(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def guarded():
    try:
        yield
    except Refused:
        await load()
    finally:
        await ask("done")  # LDB101
""",
    )


def test_what_the_body_of_a_context_manager_held_when_it_raised(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def released():
    await release()
    yield

async def may_raise(request):
    try:
        async with released():
            await load_and_release()
    finally:
        await ask("done")  # LDB101

async def always_raises(request):
    try:
        async with released():
            await load()
            raise Refused
    except Refused:
        await ask("sorry")  # LDB101

async def before(request):
    await load()
    try:
        async with released():
            raise Refused
    except Refused:
        await ask("sorry")

async def ends(request):
    async with released():
        await load_and_release()
    await ask("done")
""",
    )


def test_a_suppressed_query_jumps_over_the_release(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    with contextlib.suppress(Book.DoesNotExist):
        await load_and_release()
    await ask("hi")  # LDB101
""",
    )


def test_an_exit_method_that_swallows(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Swallows:
    async def __aenter__(self):
        pass
    async def __aexit__(self, kind, *exc):
        return kind is Refused

class Passes:
    async def __aenter__(self):
        pass
    async def __aexit__(self, *exc):
        return None

async def held(request):
    async with Swallows():
        await load()
        raise Refused
    await ask("hi")  # LDB101

async def never_reached(request):
    async with Passes():
        await load()
        raise Refused
    await ask("hi")
""",
    )


def test_a_time_limit_ends_before_the_release(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def release_limited(request):
    await load()
    try:
        await asyncio.wait_for(release(), 5)
    except asyncio.TimeoutError:
        await ask("slow")  # LDB101

async def query_limited(request):
    try:
        await asyncio.wait_for(load(), 5)
    except TimeoutError:
        await ask("slow")  # LDB101

async def block_limited(request):
    try:
        async with asyncio.timeout(5):
            await load_and_release()
    except TimeoutError:
        await ask("slow")  # LDB101
""",
    )


def test_the_projects_own_exceptions_do_not_come_from_queries(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        await load_and_release()
        if request.GET:
            raise Refused
    except Refused:
        await ask("hi")
""",
    )


def test_handlers_are_known_behind_a_return(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        return await load()
    except ValueError:
        await ask("hi")
""",
    )


# ------------------------------------------------------------------ beside


def test_a_task_may_query_after_a_release(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    task = asyncio.create_task(load())
    await release()
    await ask("hi")  # LDB101
    await task

async def joined(request):
    task = asyncio.create_task(load())
    await task
    await release()
    await ask("hi")
""",
    )


def test_a_task_has_ended_when_a_long_time_has_passed(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    task = asyncio.create_task(load())
    await ask("hi")  # LDB101
    await release()
    await ask("again")
    await task
""",
    )


def test_the_release_of_a_task_may_come_before_the_query(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    task = asyncio.create_task(release())
    await load()
    await task
    await ask("hi")  # LDB101

async def released_before(request):
    await load()
    task = asyncio.create_task(release())
    await task
    await ask("hi")
""",
    )


def test_a_siblings_query_may_come_after_a_release(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def release_and_ask():
    await release()
    await ask("hi")

async def gathered(request):
    await asyncio.gather(release_and_ask(), load())  # LDB101

async def grouped(request):
    async with asyncio.TaskGroup() as group:
        group.create_task(release_and_ask())  # LDB101
        group.create_task(load())

async def its_own_query_comes_later():
    await release()
    await ask("hi")
    await load()

async def gathered_alone(request):
    await asyncio.gather(its_own_query_comes_later(), release())
""",
    )


def test_gathered_work_of_unknown_number(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def ask_then_load():
    await ask("hi")
    await load()

async def one_waits_while_another_holds(request):
    await asyncio.gather(*(ask_then_load() for _ in request.GET))  # LDB101

async def nothing_to_release_in(request):
    await load()
    await asyncio.gather(*(release() for _ in request.GET))
    await ask("hi")  # LDB101
""",
    )


def test_each_foreign_thread_is_another(tmp_path: Path) -> None:
    """A pool's threads are shared by all requests: no later call is sure to meet the thread that queried."""
    view(
        tmp_path,
        """
async def view(request):
    await asyncio.to_thread(titles)  # LDB301
    await asyncio.to_thread(close_old_connections)
    await ask("hi")  # LDB101
""",
    )


# ------------------------------------------------------------------ crashes


@pytest.mark.parametrize(
    "operand", ["stop() and 1", "stop() or 1", "not stop()", "[stop(), 1]", "{'a': stop()}", "stop() if stop() else 1"]
)
def test_operands_that_never_end(tmp_path: Path, operand: str) -> None:
    view(tmp_path, f"def stop():\n    raise Refused\n\nasync def view(request):\n    await load()\n    return {operand}")


def test_what_a_generator_holds_over_its_own_wait_is_not_said_again_of_its_consumer(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def answers():
    await load()
    await ask("hi")  # LDB101
    yield 1  # LDB102

async def consume():
    async for _ in answers():
        pass

async def consume_between():
    await load()
    async for _ in answers():  # LDB101
        pass

async def again():
    for _ in range(2):
        async for _ in answers():  # LDB101
            pass

async def holding(request):
    await load()
    await consume()  # LDB101
    await release()
    await consume_between()
    await release()
    await again()
""",
    )
