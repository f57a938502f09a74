"""CONN_MAX_AGE keeps connections open under ASGI, or beside a pool.

## What it does
Reports a `CONN_MAX_AGE` above 0 (or None) in a project that serves ASGI, or of a database that has a connection pool. The finding
is reported on the line of the setting.

## Why is this bad
Under ASGI each request has a thread of its own, and a connection that outlives the request stays behind in a thread that no
other request uses: persistent connections are never reused and pile up until the database refuses more. With Django's own pool
the setting is refused at start-up (ImproperlyConfigured), and `close_old_connections` closes nothing young (LDB207).

## Example
```python
DATABASES = {"default": {"ENGINE": ..., "CONN_MAX_AGE": 60}}      # LDB401
```

## Use instead
```python
DATABASES = {"default": {"ENGINE": ..., "CONN_MAX_AGE": 0, "OPTIONS": {"pool": True}}}
```
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Persistent
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Persistent):
        return None
    beside = "beside a connection pool, which refuses it" if event.has_pool else "under ASGI, where no other request reuses them"
    return f"CONN_MAX_AGE of database '{event.alias}' keeps connections {beside}; set it to 0, see LDB401"


RULE = Rule("LDB401", "persistent-connections-under-asgi", __doc__, judge)
