"""A release runs in a thread that holds nothing.

## What it does
Reports a release under `asyncio.to_thread`, `run_in_executor`, an executor or `sync_to_async(thread_sensitive=False)` while the
request's own thread holds a connection.

## Why is this bad
Connections belong to the thread that opened them. In another thread the release closes that thread's connections, of which
there are none: the request's stays checked out (`connection.close` raises there).

## Example
```python
await asyncio.to_thread(close_old_connections)       # LDB202
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
    if not isinstance(event, Released) or event.problem != "thread":
        return None
    return (
        f"'{event.name}' runs in a different thread from the queries, where it releases nothing; "
        "use await sync_to_async(...)(), see LDB202"
    )


RULE = Rule("LDB202", "release-in-another-thread", __doc__, judge)
