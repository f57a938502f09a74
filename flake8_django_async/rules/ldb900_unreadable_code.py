"""Code that only this plugin cannot read.

## What it does
Says, once for a file, that some of its code could not be analysed, and why: libcst cannot parse it, it nests too deeply, a function
is too large or its analysis does not come to an end in time. A file that Python itself rejects is flake8's own E999 or E902.

A mistake in the `pyproject.toml` nearest a file is said here too, when flake8 was started above it; the file is then checked without it.

## Why is this bad
Nothing is silently skipped: a wait in that code would go unreported.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Unread
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    return f"cannot be analysed: {event.reason}" if isinstance(event, Unread) else None


RULE = Rule("LDB900", "unreadable-code", __doc__, judge)
