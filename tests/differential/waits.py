"""In-memory stand-ins for what waits: HTTP clients, sleeps; and for requests and responses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from tests.differential.outcomes import HTTPError, Maybe, RequestException, fail, rounds
from tests.differential.run import Chain
from tests.differential.scheduler import Pause, now, wait_over


async def await_long(error: type[Exception] | None = None, chain: Chain | None = None) -> None:
    """Something slow: all that is queried while it lasts is held across it."""
    run = now()
    waiting = run.start_wait("await", chain)
    try:
        await Pause(wait_over)
        fail(error)
    finally:
        run.end_wait(waiting)


def block_long(error: type[Exception] | None = None) -> None:
    run = now()
    run.blocks += 1
    run.end_wait(run.start_wait("block"))
    fail(error)


class Response(Maybe):
    text = Maybe()

    async def __aenter__(self) -> Response:
        await await_long(HTTPError)
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    async def aiter_lines(self) -> AsyncIterator[str]:
        for _ in range(rounds()):
            await await_long()
            yield "line"


class AsyncClient:
    def __init__(self, **options: object) -> None:
        pass

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    async def get(self, url: str, **kwargs: object) -> Response:
        await await_long(HTTPError)
        return Response()

    post = get

    def stream(self, method: str, url: str) -> Response:
        return Response()


def requests_get(url: str, **kwargs: object) -> Response:
    block_long(RequestException)
    return Response()


async def asyncio_sleep(delay: float) -> None:
    if delay:
        await await_long()
    else:
        await Pause()


def time_sleep(delay: float) -> None:
    if delay:
        block_long()


# ------------------------------------------------------------------ requests and responses


class Request:
    """Its attributes are decisions: `c…` a condition, `i…` something to iterate, `n…` a number, `w…` true at most twice in a row."""

    def __getattr__(self, name: str) -> Any:
        run = now()
        if name[0] == "i":
            return range(rounds())
        if name[0] == "n":
            return run.choose(4)
        if name[0] == "w":
            key = (len(run.chain()), name)
            done = run.rounds.get(key, 0)
            again = done < 2 and run.choose(2) == 1
            run.rounds[key] = done + 1 if again else 0
            return again
        return run.choose(2) == 1


class HttpResponse:
    def __init__(self, content: object = "") -> None:
        self.content = content


class StreamingHttpResponse(HttpResponse):
    """It remembers where the stream was handed over: what is held there is held while the stream is sent."""

    def __init__(self, streaming_content: object) -> None:
        super().__init__(streaming_content)
        self.chain = now().chain()
