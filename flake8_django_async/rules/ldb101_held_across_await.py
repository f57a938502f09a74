"""A long wait is awaited while the request holds a database connection.

## What it does
Reports an `await`, `async for` or `async with` that lasts long (an HTTP call, a model, a sleep, a queue) at a point where a
connection that this request opened may still be checked out of the pool. The message names the call that opened it.

## Why is this bad
Django gives a connection back when the response has ended. Until then nobody else can use it: with a pool of 4, four requests
that query once and then wait 30 seconds for a model stop every other request. In our measurement 80 of 100 concurrent requests
failed this way; with one release line before the wait, none did.

## Example
```python
async def view(request):
    book = await Book.objects.aget(pk=1)
    answer = await ask_llm(book.title)          # LDB101
    return JsonResponse({"answer": answer})
```

## Use instead
```python
def close_connections():
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()

async def view(request):
    book = await Book.objects.aget(pk=1)
    await sync_to_async(close_connections)()
    answer = await ask_llm(book.title)
    return JsonResponse({"answer": answer})
```
The next query takes a connection again. `await sync_to_async(connections.close_all)()` works too, but not inside a transaction:
Django's `TestCase` wraps each test in one, and every test that calls such a view breaks. The helper above leaves those alone.

## Known problems
A condition that is tested twice counts as two: `if x: query` ... `if not x: wait` is reported.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Met
from flake8_django_async.diagnostic import Rule, Words, cure, opened_by


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Met) or event.wait.kind != "await":
        return None
    return (
        f"database connection opened by {opened_by(event.holds[0], event.at.path)} is held across this await of "
        f"'{event.wait.name}'; {cure(words, 'LDB101')}"
    )


RULE = Rule("LDB101", "held-across-await", __doc__, judge)
