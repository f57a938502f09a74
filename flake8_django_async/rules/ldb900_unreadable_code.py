"""Code that this plugin could not analyse, or not as it is configured.

## What it does
Reports, once per file, that some of its code could not be analysed, and why: libcst cannot parse it, it nests too deeply, a
function is too large or its analysis does not come to an end in time, or this plugin has a bug (an internal error, please report
it). A file that Python itself rejects is flake8's own E999 or E902.

A mistake in the `pyproject.toml` nearest a file, or in its baseline, is reported here too where flake8 could not know of it
before the first file, as in a folder below the one that it was given. The file is then checked without the one that is wrong.

## Why is this bad
Nothing is silently skipped: a wait in that code would go unreported.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Unread
from flake8_django_async.diagnostic import Rule, Words


def judge(event: Event, words: Words) -> str | None:
    return f"cannot be analysed: {event.reason}" if isinstance(event, Unread) else None


RULE = Rule("LDB900", "unreadable-code", __doc__, judge)
