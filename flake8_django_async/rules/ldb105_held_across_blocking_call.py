"""Sync code of a request queries, then blocks for long.

## What it does
Reports a blocking call that lasts long (`requests.get`, `time.sleep`, a model's sync client) in code that runs in a request's
thread, under `sync_to_async` or in a sync view, while a connection is checked out.

Plain sync views are reported only when the project shows that it serves ASGI or has a pool, or `sync-views` is on.

## Why is this bad
The connection stays out of the pool for as long as the call blocks (see LDB101).

## Example
```python
def work():
    book = Book.objects.get(pk=1)
    return requests.post(URL, json={"title": book.title})    # LDB105

await sync_to_async(work)()
```

## Use instead
```python
def work():
    book = Book.objects.get(pk=1)
    close_connections()                                       # see LDB101
    return requests.post(URL, json={"title": book.title})
```
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Met
from flake8_django_async.diagnostic import Rule, Words, cure, opened_by


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Met) or event.wait.kind != "block":
        return None
    return (
        f"database connection opened by {opened_by(event.holds[0], event.at.path)} is held across this blocking call of "
        f"'{event.wait.name}'; {cure(words, 'LDB105')}"
    )


RULE = Rule("LDB105", "held-across-blocking-call", __doc__, judge)
