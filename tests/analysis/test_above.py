"""What a decorator has open where its function begins, be it opened some calls above that."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import HEAD, agrees, view


def test_what_is_open_some_calls_above_is_held_unless_it_was_released_below(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools

async def close_and_answer(function, request):
    await release()
    return await function(request)

async def pass_on(function, request):
    return await close_and_answer(function, request)

async def answer(function, request):
    return await function(request)

async def answer_all(function, request):
    return await answer(function, request)

def closing(function):
    @functools.wraps(function)
    async def wrapper(request):
        await load()
        return await pass_on(function, request)
    return wrapper

def loading(function):
    @functools.wraps(function)
    async def wrapper(request):
        await load()
        return await answer_all(function, request)
    return wrapper

@closing
async def free(request):
    await ask("hi")

@loading
async def held(request):
    await ask("hi")  # LDB101
""",
    )


def test_a_transaction_some_calls_above_is_open_unless_it_was_ended_below(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        f"""{HEAD}
import functools
import time
from django.db import transaction

def answer(function, request):
    return function(request)

def answer_twice_removed(function, request):
    return answer(function, request)

def transactional(function):
    @functools.wraps(function)
    def wrapper(request):
        with transaction.atomic():
            return answer_twice_removed(function, request)
    return wrapper

def committed(function):
    @functools.wraps(function)
    def wrapper(request):
        with transaction.atomic():
            titles()
        return answer_twice_removed(function, request)
    return wrapper

def end_and_answer(function, request):
    transaction.set_autocommit(True)
    return function(request)

def end_below(function, request):
    return end_and_answer(function, request)

def by_hand(function):
    @functools.wraps(function)
    def wrapper(request):
        transaction.set_autocommit(False)
        return end_below(function, request)
    return wrapper

@transactional
def save(request):
    time.sleep(5)  # LDB104

@committed
def read(request):
    time.sleep(5)  # LDB105

@by_hand
def ended(request):
    time.sleep(5)  # LDB105
""",
        settings='ASGI_APPLICATION = "asgi.application"\n',
    )
