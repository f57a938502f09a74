"""A stream is sent while the request holds a database connection.

## What it does
Reports a streaming response that is made, or an async generator that yields to a client, while a connection that this request
opened may be checked out.

## Why is this bad
The connection stays out of the pool until the last chunk has been read, and a client reads as slowly as it likes. When the
generator raises, the send fails or the server cancels the request, Django never sends `request_finished`: **the pool loses
that slot for good**. Four streams that fail empty a pool of four, until the process is restarted.

## Example
```python
async def view(request):
    book = await Book.objects.aget(pk=1)
    return StreamingHttpResponse(tokens(book))      # LDB102
```

## Use instead
```python
async def view(request):
    book = await Book.objects.aget(pk=1)
    await sync_to_async(close_connections)()        # see LDB101
    return StreamingHttpResponse(tokens(book))
```
In a generator release after each query, before the next `yield`.

## Known problems
A generator whose consumer is not known is reported only if it waits for long itself.
"""

from __future__ import annotations

from flake8_django_async.analysis.events import Event, Met
from flake8_django_async.diagnostic import Rule, Words, cure, opened_by


def judge(event: Event, words: Words) -> str | None:
    if not isinstance(event, Met) or event.wait.kind not in ("stream", "yield"):
        return None
    doing = "when this stream starts" if event.wait.kind == "stream" else "over this yield to the client"
    return (
        f"database connection opened by {opened_by(event.holds[0], event.at.path)} is held {doing}, "
        f"and its pool slot is lost if the stream fails; {cure(words, 'LDB102')}"
    )


RULE = Rule("LDB102", "held-while-streaming", __doc__, judge)
