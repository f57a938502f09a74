"""A background task queries after the request's own clean-up.

## What it does
Reports a task that nobody awaits, that waits first and then queries without a release.

## Why is this bad
When it queries, the response may be over: Django has closed the request's connections, and nothing closes the one that the task
opens. The pool loses that slot for good.

## Example
```python
async def audit():
    await asyncio.sleep(1)
    await Entry.objects.acreate(...)

async def view(request):
    TASKS.add(asyncio.create_task(audit()))          # LDB302
    return JsonResponse({})
```

## Use instead
Release at the end of the task: `await sync_to_async(close_connections)()` (see LDB101), or hand the work to a task queue.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Outlived
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Outlived):
        return None
    assert event.hold.opened is not None
    return (
        f"this task queries ('{event.hold.opened.name}') after a long wait, when the request may be over, "
        "and its connection leaks; release at the end of the task, see LDB302"
    )


RULE = Rule("LDB302", "query-outlives-request", __doc__, judge)
