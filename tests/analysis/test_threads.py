"""Threads of one's own, which go on by themselves."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import HEAD, agrees, view

ASGI = 'SECRET_KEY = "x"\nASGI_APPLICATION = "asgi.application"\n'


def test_nobody_waits_for_a_thread_that_was_started(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import threading
import time
from concurrent.futures import ThreadPoolExecutor

def sleep():
    time.sleep(9)

def load_and_sleep():
    titles()
    time.sleep(9)

def ask_in_a_loop():
    asyncio.run(ask("hi"))

class Asking(threading.Thread):
    def run(self):
        asyncio.run(ask("hi"))

async def started(request):
    await load()
    threading.Thread(target=sleep).start()
    threading.Thread(target=ask_in_a_loop).start()
    Asking().start()

async def loading(request):
    await load()
    threading.Thread(target=load_and_sleep).start()  # LDB301

async def joined(request):
    await load()
    thread = threading.Thread(target=sleep)
    thread.start()
    thread.join()  # LDB105

async def submitted(request):
    await load()
    pool = ThreadPoolExecutor()
    future = pool.submit(sleep)
    await release()
    await load()
    return future.result()  # LDB105

async def awaited(request):
    await load()
    await asyncio.to_thread(sleep)  # LDB101
    await asyncio.to_thread(ask_in_a_loop)  # LDB101
""",
    )


def test_a_generator_that_another_thread_consumes_is_awaited(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import requests

def lines(url):
    yield from requests.post(url, stream=True).iter_lines()

async def consumed_there(request):
    await load()
    return await sync_to_async(list)(lines("https://example.com"))  # LDB101

async def consumed_here(request):
    await load()
    return await asyncio.to_thread(print, list(lines("https://example.com")))  # LDB105
""",
    )


def test_a_thread_whose_function_raises(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import threading

def fail():
    raise ValueError

async def started(request):
    threading.Thread(target=fail).start()
    await ask("hi")

async def started_behind(request):
    await load()
    threading.Thread(target=fail).start()
    await ask("hi")  # LDB101
""",
    )


def test_the_end_of_a_pool_waits_for_long_work_that_was_submitted(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        f"""
{HEAD}
import concurrent.futures
import time
from concurrent.futures import ThreadPoolExecutor

def sleep(seconds=9):
    time.sleep(seconds)

def block(request):
    Book.objects.count()
    with ThreadPoolExecutor() as pool:  # LDB105
        pool.submit(time.sleep, 5)

def block_by_name(request):
    Book.objects.count()
    pool = ThreadPoolExecutor(max_workers=4)
    with pool:  # LDB105
        for seconds in request.GET.getlist("seconds"):
            pool.submit(sleep, seconds)

def released_at_the_end(request):
    Book.objects.count()
    with ThreadPoolExecutor() as pool:
        pool.submit(sleep)
        close_old_connections()

def held_at_the_end(request):
    with ThreadPoolExecutor() as pool:  # LDB105
        pool.submit(sleep)
        Book.objects.count()

def left_early(request):
    with ThreadPoolExecutor() as pool:
        if not Book.objects.count():
            return
        close_old_connections()
        pool.submit(sleep)

def shut_down(request):
    Book.objects.count()
    pool = ThreadPoolExecutor()
    pool.submit(sleep)
    pool.shutdown()  # LDB105
    pool.shutdown()

def shut_down_and_waited(request):
    Book.objects.count()
    pool = ThreadPoolExecutor()
    pool.submit(sleep)
    pool.shutdown(wait=True)  # LDB105

def stacked(request):
    Book.objects.count()
    with contextlib.ExitStack() as stack:  # LDB105
        stack.enter_context(ThreadPoolExecutor()).submit(sleep)

async def on_the_loop(request):
    await load()
    with ThreadPoolExecutor() as pool:  # LDB105
        pool.submit(sleep)

def load_and_sleep():
    titles()
    time.sleep(9)

def its_own(request):
    with ThreadPoolExecutor() as pool:
        pool.submit(load_and_sleep)  # LDB301

def spread():
    with ThreadPoolExecutor() as pool:
        pool.submit(sleep)

async def in_a_helper(request):
    await load()
    await sync_to_async(spread)()  # LDB101

def result(request):
    Book.objects.count()
    with ThreadPoolExecutor() as pool:
        return pool.submit(sleep).result()  # LDB105

def results(request):
    Book.objects.count()
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(sleep) for _ in range(9)]
        for future in futures:
            future.result()  # LDB105

def results_before_more(request):
    Book.objects.count()
    with ThreadPoolExecutor() as pool:  # LDB105
        pool.submit(sleep).result()  # LDB105
        pool.submit(sleep)

def hand_over(pool):
    pool.submit(sleep)

def by_a_helper(request):
    Book.objects.count()
    with ThreadPoolExecutor() as pool:  # LDB105
        hand_over(pool)
        titles()

@contextlib.contextmanager
def workers():
    with ThreadPoolExecutor() as pool:
        yield pool

def by_a_manager(request):
    Book.objects.count()
    with workers() as pool:  # LDB105
        pool.submit(sleep)
        titles()
""",
        settings=ASGI,
    )


def test_pools_that_nobody_waits_for_and_short_work(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        f"""
{HEAD}
import time
from concurrent.futures import ThreadPoolExecutor

background = ThreadPoolExecutor()

def never(request):
    Book.objects.count()
    pool = ThreadPoolExecutor()
    pool.submit(time.sleep, 5)

def not_here(request):
    Book.objects.count()
    pool = ThreadPoolExecutor()
    pool.submit(time.sleep, 5)
    pool.shutdown(wait=False)

def not_here_by_position(request):
    Book.objects.count()
    pool = ThreadPoolExecutor()
    pool.submit(time.sleep, 5)
    pool.shutdown(False)

def short(request):
    Book.objects.count()
    with ThreadPoolExecutor() as pool:
        pool.submit(time.sleep, 0.01)
        pool.submit(print, "quick")
        pool.submit(lambda: 1)

def nothing(request):
    Book.objects.count()
    with ThreadPoolExecutor():
        pass

def another(request):
    Book.objects.count()
    background.submit(time.sleep, 5)
    with ThreadPoolExecutor() as pool:
        background.submit(time.sleep, 5)
        pool.submit(print)
""",
        settings=ASGI,
    )


def test_what_a_thread_is_given_by_keyword(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import threading

def run(then):
    then()

def read(pk=None):
    Book.objects.get(pk=pk)

async def thread(request):
    threading.Thread(target=run, kwargs={"then": titles}).start()  # LDB301

async def timer(request):
    threading.Timer(1, run, kwargs={"then": titles, request.path: 1}).start()  # LDB301

async def quiet(request):
    threading.Thread(target=run, kwargs={"then": print}).start()
""",
    )


def test_a_release_by_sync_code_ends_what_tasks_of_its_thread_have_opened(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

def close_and_wait():
    connection.close()
    time.sleep(5)

def in_thread():
    titles()
    connection.close()

async def try_and_release():
    with contextlib.suppress(Exception):
        await load()
    await release()

async def waited(request):
    task = asyncio.create_task(try_and_release())
    await sync_to_async(time.sleep)(5)  # LDB101
    await task

async def closed_by_sync_code(request):
    task = asyncio.create_task(load())
    await sync_to_async(close_and_wait)()
    await task
    await release()

async def closed_while_it_waits_for_the_thread(request):
    task = asyncio.create_task(try_and_release())
    await sync_to_async(close_and_wait)()
    await task

async def closed_in_another_thread(request):
    task = asyncio.create_task(load())
    await asyncio.to_thread(in_thread)
    await ask("hi")  # LDB101
    await task
    await release()
""",
    )


def test_a_release_in_another_thread_is_complained_of_where_that_is_begun(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def close():
    close_old_connections()

def close_by_helper():
    close()

async def view(request):
    await load()
    await asyncio.to_thread(close_by_helper)  # LDB202
    await ask("hi")  # LDB101
""",
    )


def test_what_is_not_open_in_a_thread_no_task_has_open_there(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

def wait_if_closed():
    if connection.connection is None:
        time.sleep(5)

async def view(request):
    task = asyncio.create_task(load())
    await sync_to_async(wait_if_closed)()
    await task
    await release()
""",
    )
