"""Requests to the fixtures' own ASGI application, and clients that read, dawdle or go away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from asgiref.testing import ApplicationCommunicator

from tests.expectations import Drive
from tests.measured.watch import Line, Watch

Message = MutableMapping[str, Any]
# asgiref has no types for it.
_communicator: Any = ApplicationCommunicator
Application = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


@dataclass(slots=True)
class Response:
    """What the server saw of the answer; `streams` are the lines that made each streaming response."""

    status: int = 0
    body: bytes = b""
    error: BaseException | None = None
    streams: list[frozenset[Line]] = field(default_factory=list)


async def websocket(application: Application, url: str, headers: list[tuple[bytes, bytes]], response: Response) -> None:
    """Connects, says hello, waits for one answer, leaves."""
    client: Any = _communicator(
        application, {"type": "websocket", "path": url, "query_string": b"", "headers": headers, "subprotocols": []}
    )
    await client.send_input({"type": "websocket.connect"})
    accepted = await client.receive_output(timeout=10)
    assert accepted["type"] == "websocket.accept", f"{url} does not accept: {accepted}"
    await client.send_input({"type": "websocket.receive", "text": "hello"})
    response.body = (await client.receive_output(timeout=10))["text"].encode()
    response.status = 200
    await client.send_input({"type": "websocket.disconnect", "code": 1000})
    await client.wait(timeout=10)


async def http(
    application: Application, url: str, drive: Drive, headers: list[tuple[bytes, bytes]], watch: Watch, response: Response
) -> None:
    """One HTTP request; fills `response`. A streamed body is read slowly: each chunk is a wait of its own."""
    gone = asyncio.Event()
    asked = False
    scope: Message = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": drive.method, "path": url,
        "raw_path": url.encode(), "query_string": drive.query.removeprefix("?").encode(), "root_path": "", "scheme": "http",
        "headers": [(b"host", b"testserver"), *headers], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            for lines in response.streams:
                watch.at(lines)
        elif message.get("body"):
            response.body += message["body"]
            if response.streams:
                watch.client_is_slow = True
                await watch.looked()
                watch.client_is_slow = False
                if drive.client == "unreachable":
                    raise OSError("the client is unreachable")

    task = asyncio.ensure_future(application(scope, receive, send))
    if drive.client in ("disconnects", "cancelled"):
        looks = len(watch.looks)
        while len(watch.looks) == looks and not task.done():
            await watch.looked(1)
        gone.set() if drive.client == "disconnects" else task.cancel()
    try:
        await task
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever ends the request is a result
        response.error = error
