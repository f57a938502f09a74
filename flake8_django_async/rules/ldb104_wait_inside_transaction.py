"""A long wait while a transaction is open.

## What it does
Reports a long wait, awaited or blocking, inside `transaction.atomic()` or between opening and ending a transaction by hand.

## Why is this bad
The connection is held, and so are the transaction's locks. A release here would close the connection and roll the work back.

## Example
```python
def charge(order):
    with transaction.atomic():
        order.lock()
        stripe.Charge.create(...)               # LDB104

await sync_to_async(charge)(order)
```

## Use instead
End the transaction, release, wait, and write the result in a transaction of its own.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Met
from flake8_django_async.analysis.state import Scope
from flake8_django_async.diagnostic import Rule, Words, opened_by


def holder(event: Met) -> Scope:
    return event.transactions[0]


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Met) or not event.transactions or event.wait.kind not in ("await", "block"):
        return None
    return (
        f"'{event.wait.name}' is waited for inside the transaction opened by "
        f"{opened_by(holder(event), event.at.path)}; end the transaction before the wait, see LDB104"
    )


RULE = Rule("LDB104", "wait-inside-transaction", __doc__, judge, holder)
