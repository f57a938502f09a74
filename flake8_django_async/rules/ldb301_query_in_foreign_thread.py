"""A connection is opened in a thread that no request cleans up.

## What it does
Reports ORM work under `asyncio.to_thread`, `run_in_executor`, a thread pool, `threading.Thread` or
`sync_to_async(thread_sensitive=False)` that leaves its connection open.

## Why is this bad
Django closes the connections of the request's own thread. The connection of any other thread stays checked out after the
request, and a release through `sync_to_async` does not reach it: it leaks.

## Example
```python
book = await asyncio.to_thread(Book.objects.get, pk=1)       # LDB301
```

## Use instead
```python
book = await sync_to_async(Book.objects.get)(pk=1)
```
or close in the same function: `try: ... finally: connection.close()`.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Leaked
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Leaked):
        return None
    assert event.hold.opened is not None
    return (
        f"'{event.hold.opened.name}' opens a database connection in a thread that no request cleans up, and it leaks; "
        "use sync_to_async, or close it in the same function, see LDB301"
    )


RULE = Rule("LDB301", "query-in-foreign-thread", __doc__, judge)
