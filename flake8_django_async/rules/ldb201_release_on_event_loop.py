"""A release is called straight from async code, where it does nothing.

## What it does
Reports `close_old_connections()`, `connections.close_all()` and `connection.close()` that run on the event loop's thread.

## Why is this bad
Connections belong to the thread that opened them, and the request's queries ran in its worker thread. On the event loop
`close_old_connections()` and `close_all()` silently close nothing; `connection.close()` raises SynchronousOnlyOperation.

## Example
```python
async def view(request):
    book = await Book.objects.aget(pk=1)
    close_old_connections()                          # LDB201
```

## Use instead
```python
    await sync_to_async(close_old_connections)()
```
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Released
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Released) or event.problem != "event-loop":
        return None
    return f"'{event.name}' runs on the event loop, where it releases nothing; use await sync_to_async(...)(), see LDB201"


RULE = Rule("LDB201", "release-on-event-loop", __doc__, judge)
