"""A long wait inside a loop over a server-side cursor.

## What it does
Reports a long wait in the body of `async for row in queryset.aiterator()`, and a call that blocks for long in the body of
`for row in queryset.iterator()`.

## Why is this bad
The cursor needs its connection until the loop is over, so the connection is held across every wait of the body. It cannot be
released there: the loop would go on reading from a connection that another request may have by then.

## Example
```python
async for book in Book.objects.aiterator():
    await ask_llm(book.title)                   # LDB103
```

## Use instead
```python
books = [book async for book in Book.objects.all()]
await sync_to_async(close_connections)()        # see LDB101
for book in books:
    await ask_llm(book.title)
```
For more rows than fit into memory, fetch them in slices by primary key.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Met
from flake8_django_async.analysis.state import Scope
from flake8_django_async.diagnostic import Rule, Words, opened_by


def holder(event: Met) -> Scope:
    return event.cursors[0]


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Met) or not event.cursors:
        return None
    return (
        f"'{event.wait.name}' is waited for inside the server-side cursor opened by "
        f"{opened_by(holder(event), event.at.path)}, whose connection cannot be released here; fetch the rows first, see LDB103"
    )


RULE = Rule("LDB103", "wait-inside-server-side-cursor", __doc__, judge, holder)
