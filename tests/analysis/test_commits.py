"""What `on_commit` calls at once, for no transaction is open that a `with` has opened."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_what_is_called_at_once_may_release_and_fail(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import transaction

def close_and_fail():
    connection.close()
    raise Refused

@sync_to_async
def failing():
    titles()
    try:
        transaction.on_commit(close_and_fail)
    except Refused:
        pass

async def free(request):
    await failing()
    await ask("hi")
""",
    )


def test_what_is_called_at_once_may_open_a_transaction(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

def begin():
    transaction.set_autocommit(False)

def begin_and_fail():
    transaction.set_autocommit(False)
    raise Refused

@sync_to_async
def opened():
    transaction.on_commit(begin)
    time.sleep(5)  # LDB104

@sync_to_async
def opened_and_failed():
    try:
        transaction.on_commit(begin_and_fail)
    except Refused:
        time.sleep(5)  # LDB104
""",
    )


def test_the_transaction_of_a_stack_stays_open(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

@sync_to_async
def stacked():
    with contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        transaction.on_commit(print)
        time.sleep(5)  # LDB104
    time.sleep(5)  # LDB105
""",
    )
