"""Awaitables that were made elsewhere, or in any number: once they have come to their end, a release counts."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_a_task_that_a_function_returns_is_made_by_its_call(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def spawn(coroutine):
    coroutine.cr_frame

    task = asyncio.create_task(coroutine)
    task.add_done_callback(print)
    return task

def both():
    first = asyncio.create_task(load())

    return first, asyncio.create_task(load())

class Books:
    @property
    def first(self):
        print("made")
        return asyncio.ensure_future(load())

async def awaited(request):
    await spawn(load())
    await release()
    await ask("hi")

async def gathered(request):
    await asyncio.gather(*both())
    await release()
    await ask("hi")

async def read(request):
    books = Books()
    await books.first
    await release()
    await ask("hi")

async def under_way(request):
    task = spawn(load())
    await release()
    await ask("hi")  # LDB101
    await task

async def asked_meanwhile(request):
    request.GET
    answer = spawn(ask("hi"))  # LDB101
    await load()
    await answer
""",
    )


def test_any_number_of_tasks_has_ended_when_all_are_awaited(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def gathered(request):
    tasks = [asyncio.create_task(load()) for _ in request.GET]
    await asyncio.gather(*tasks)
    await release()
    await ask("hi")

async def one_by_one(request):
    tasks = []
    for _ in request.GET:
        tasks.append(asyncio.create_task(load()))
    for task in tasks:
        await task
    await release()
    await ask("hi")

async def by_name(request):
    tasks = {name: asyncio.create_task(load()) for name in request.GET}
    for name, task in tasks.items():
        await task
    await release()
    await ask("hi")

async def while_some_are_left(request):
    tasks = {asyncio.create_task(load()) for _ in request.GET}
    while tasks:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await release()
    await ask("hi")

async def none_is_awaited(request):
    tasks = [asyncio.create_task(load()) for _ in request.GET]
    await release()
    await ask("hi")  # LDB101
    await asyncio.gather(*tasks)
""",
    )


def test_a_task_has_ended_when_a_function_that_got_it_was_awaited(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def with_patience(task):
    return await asyncio.wait_for(task, 10)

async def released(request):
    task = asyncio.create_task(load())
    await with_patience(task)
    await release()
    await ask("hi")

async def held(request):
    task = asyncio.create_task(load())
    await with_patience(task)
    await ask("hi")  # LDB101
""",
    )


def test_any_number_of_coroutines_is_given_to_a_function(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def bounded(limit, *coroutines):
    limited = asyncio.Semaphore(limit)

    async def one(coroutine):
        async with limited:
            return await coroutine

    return await asyncio.gather(*(one(coroutine) for coroutine in coroutines))

async def mapped(request):
    await load()
    await bounded(2, *map(ask, request.GET))  # LDB101

async def released(request):
    await load()
    await release()
    await bounded(2, *(ask(word) for word in request.GET))
""",
    )


def test_a_task_that_was_made_on_one_way_only(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def perhaps(request):
    task = asyncio.create_task(load()) if request.GET else None
    if task is not None:
        await task
    await release()
    await ask("hi")

async def perhaps_read(request):
    task = None
    if request.GET:
        task = asyncio.create_task(load())
    book = await task if task else None
    await release()
    await ask("hi")

async def not_awaited(request):
    task = None
    if request.GET:
        task = asyncio.create_task(load())
    await release()
    await ask("hi")  # LDB101
""",
    )


def test_a_function_puts_tasks_into_a_group_that_it_is_given(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def fan_out(group, keys):
    for key in keys:
        group.create_task(load())

def one(group):
    print("one")
    return group.create_task(load())

async def free(request):
    async with asyncio.TaskGroup() as group:
        await fan_out(group, request.GET)
        first = one(group)
    await release()
    await ask("hi")

async def within(request):
    async with asyncio.TaskGroup() as group:
        await fan_out(group, request.GET)
        await release()
        await ask("hi")  # LDB101

async def beside(request):
    task = asyncio.create_task(load())
    async with asyncio.TaskGroup() as group:
        await fan_out(group, request.GET)
    await release()
    await ask("hi")  # LDB101
    await task
""",
    )


def test_whoever_awaits_what_is_not_known_may_await_any_task(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Jobs:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def join(self):
        await asyncio.gather(*self.tasks)

async def joined(request):
    jobs = Jobs()
    jobs.start(load())
    await jobs.join()
    await release()
    await ask("hi")

async def gathered(request):
    jobs = Jobs()
    jobs.start(load())
    await asyncio.wait(jobs.tasks)
    await release()
    await ask("hi")

async def held(request):
    jobs = Jobs()
    jobs.start(load())
    await jobs.join()
    await ask("hi")  # LDB101

async def under_way(request):
    jobs = Jobs()
    jobs.start(load())
    await release()
    await ask("hi")  # LDB101
""",
    )


def test_tasks_that_a_function_returns_together(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def spawn():
    return asyncio.create_task(load()), asyncio.create_task(load())

def spawn_any(count):
    return [asyncio.create_task(load()) for _ in range(count)]

async def any_awaited(request):
    for task in spawn_any(3):
        await task
    await release()
    await ask("hi")

async def awaited(request):
    first, second = spawn()
    await first
    await second
    await release()
    await ask("hi")

async def held(request):
    first, second = spawn()
    await first
    await second
    await ask("hi")  # LDB101
""",
    )


def test_a_group_whose_block_never_ends(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def spawn(group):
    group.create_task(load())

async def raised(request):
    try:
        async with asyncio.TaskGroup() as group:
            spawn(group)
            await asyncio.sleep(0)
            raise ValueError
    except* ValueError:
        pass
    await ask("hi")  # LDB101
""",
    )


def test_a_gather_within_another_that_keeps_what_is_raised(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def fail():
    await load()
    raise ValueError

async def within(request):
    try:
        await asyncio.gather(asyncio.gather(fail(), fail(), return_exceptions=True), load())
    finally:
        await ask("hi")  # LDB101
""",
    )


def test_what_is_not_known_may_not_have_been_awaited(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import vendor

async def cond(request):
    if request.flag:
        await vendor.work()

async def work():
    await vendor.work()

async def helper():
    asyncio.create_task(work())

async def on_some_ways(request):
    task = asyncio.create_task(load())
    await cond(request)
    await release()
    await ask("hi")  # LDB101

async def by_another_task(request):
    task = asyncio.create_task(load())
    await helper()
    await release()
    await ask("hi")  # LDB101
""",
    )


def test_one_after_the_other_as_they_are_done(tmp_path: Path) -> None:
    """The loop only hands them out: what waits is the `await` in it."""
    view(
        tmp_path,
        """
async def held(request):
    await load()
    for answer in asyncio.as_completed([ask("a"), ask("b")]):
        await answer  # LDB101

async def beside(request):
    for answer in asyncio.as_completed([ask("a"), load()]):
        await answer  # LDB101

async def released(request):
    await load()
    for done in asyncio.as_completed([release()]):
        await done
    await ask("hi")

async def asynchronously(request):
    await load()
    async for answer in asyncio.as_completed([ask("a"), ask("b")]):  # LDB101
        await answer
""",
    )
