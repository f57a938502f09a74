"""A release inside an open transaction closes it and rolls its work back.

## What it does
Reports a release that runs while a transaction of the same thread and alias is open.

## Why is this bad
Closing the connection ends the transaction: what it wrote is rolled back, mostly in silence, and the next query raises "Cannot
open a new connection in an atomic block". `close_old_connections` closes it too, for autocommit is off inside a transaction.

## Example
```python
with transaction.atomic():
    Book.objects.filter(pk=1).update(price=2)
    close_old_connections()                          # LDB206
```

## Use instead
Release after the block, or with a helper that leaves connections in a transaction alone (see LDB101).
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Released
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Released) or event.problem != "transaction":
        return None
    return f"'{event.name}' runs inside an open transaction: it closes the connection and rolls the work back, see LDB206"


RULE = Rule("LDB206", "release-inside-transaction", __doc__, judge)
