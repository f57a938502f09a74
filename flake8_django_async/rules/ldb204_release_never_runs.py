"""A release is made and never run.

## What it does
Reports a release that is not awaited, or that is wrapped and never called.

## Why is this bad
`sync_to_async(close_old_connections)()` makes a coroutine; nothing happens until it is awaited. The connection stays checked out.

## Example
```python
sync_to_async(close_old_connections)()               # LDB204: not awaited
sync_to_async(close_old_connections)                 # LDB204: not called
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
    if not isinstance(event, Released) or event.problem != "never-runs":
        return None
    return f"'{event.name}' never runs here: it is not {event.detail}, see LDB204"


RULE = Rule("LDB204", "release-never-runs", __doc__, judge)
