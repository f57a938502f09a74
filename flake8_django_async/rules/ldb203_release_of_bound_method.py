"""A bound method of a connection is handed to sync_to_async: it raises DatabaseError.

## What it does
Reports `sync_to_async(connection.close)` and `sync_to_async(connections["x"].close)`.

## Why is this bad
The attribute is looked up on the event loop's thread, before sync_to_async runs. That makes a connection wrapper that belongs
to this thread, and closing it in the worker thread raises DatabaseError. The request's connection stays checked out.

## Example
```python
await sync_to_async(connection.close)()              # LDB203
```

## Use instead
```python
await sync_to_async(lambda: connection.close())()
await sync_to_async(connections.close_all)()
```
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Released
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Released) or event.problem != "bound-method":
        return None
    return (
        f"'{event.name}' is looked up on the event loop's thread and raises DatabaseError in the worker thread; "
        "wrap it in a lambda, see LDB203"
    )


RULE = Rule("LDB203", "release-of-bound-method", __doc__, judge)
