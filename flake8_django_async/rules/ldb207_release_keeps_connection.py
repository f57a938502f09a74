"""close_old_connections keeps young connections while CONN_MAX_AGE is above 0.

## What it does
Reports `close_old_connections` where the settings give the held connection's database a `CONN_MAX_AGE` above 0 (or None).

## Why is this bad
It closes connections older than CONN_MAX_AGE. The one of this request is young: it stays checked out.

## Example
```python
DATABASES = {"default": {"ENGINE": ..., "CONN_MAX_AGE": 60}}

await sync_to_async(close_old_connections)()         # LDB207
```

## Use instead
```python
await sync_to_async(connections.close_all)()
```
or `CONN_MAX_AGE = 0`, which Django's pool demands anyway.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Released
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Released) or event.problem != "keeps":
        return None
    return f"'{event.name}' keeps connections younger than CONN_MAX_AGE, this one too; use connections.close_all, see LDB207"


RULE = Rule("LDB207", "release-keeps-connection", __doc__, judge)
