"""Threads of one's own, which go on by themselves."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


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
