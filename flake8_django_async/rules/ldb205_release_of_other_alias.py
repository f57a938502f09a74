"""A release closes another database than the one that is held.

## What it does
Reports a release of one alias at a point where only connections of other aliases are checked out.

## Why is this bad
Each alias has a connection of its own. Closing `other` leaves the connection of `default` where it is.

## Example
```python
book = await Book.objects.aget(pk=1)
await sync_to_async(lambda: connections["other"].close())()      # LDB205
```

## Use instead
```python
await sync_to_async(connections.close_all)()
```
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Released
from flake8_django_async.diagnostic import Rule, Words, opened_by


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Released) or event.problem != "other-alias":
        return None
    alias = min(event.keys).alias
    by = f", opened by {opened_by(event.held[0], event.at.path)}" if event.held else ""
    return f"'{event.name}' releases nothing: the connection held is the one of '{alias}'{by}, see LDB205"


RULE = Rule("LDB205", "release-of-other-alias", __doc__, judge)
