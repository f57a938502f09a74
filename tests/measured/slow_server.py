"""A small HTTP server that answers like a language model, and only after the watch has looked.

It is slow by looks, not by the clock: however busy the machine is, no wait ends unseen.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

TOKENS = ("once", "upon", "a", "time")
Look = Callable[[], Awaitable[None]]


async def serve(look: Look) -> tuple[asyncio.Server, str]:
    """The running server and its base URL; `look` returns once the pool has been read."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path, body = await _request(reader)
            await look()
            await (_streamed if body.get("stream") or path == "/stream" else _whole)(path, writer, look)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, as clients do
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    return server, f"http://{host}:{port}"


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, Any]]:
    head = await reader.readuntil(b"\r\n\r\n")
    start, *fields = head.decode("latin1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    text = await reader.readexactly(int(headers.get("content-length", 0)))
    body = json.loads(text) if text.startswith(b"{") else {}
    return start.split(" ")[1], body


async def _whole(path: str, writer: asyncio.StreamWriter, look: Look) -> None:
    text = json.dumps(_answer(path))
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    # Header and body are two waits, as they are with a real model behind a proxy.
    writer.write(head.encode())
    await writer.drain()
    await look()
    writer.write(text.encode())
    await writer.drain()


async def _streamed(path: str, writer: asyncio.StreamWriter, look: Look) -> None:
    kind = "text/plain" if path == "/stream" else "text/event-stream"
    writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    await writer.drain()
    async for chunk in _chunks(path):
        await look()
        writer.write(f"{len(chunk):x}\r\n{chunk}\r\n".encode())
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _chunks(path: str) -> AsyncIterator[str]:
    if path == "/stream":
        for token in TOKENS:
            yield f"{token}\n"
    elif path == "/v1/chat/completions":
        for token in TOKENS:
            choice = {"index": 0, "delta": {"content": token}, "finish_reason": None}
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "small", "choices": [choice]}
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"
    else:
        yield _event("message_start", message={**_answer("/v1/messages"), "content": []})
        yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for token in TOKENS:
            yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": token})
        yield _event("content_block_stop", index=0)
        yield _event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 4})
        yield _event("message_stop")


def _event(kind: str, **fields: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"


def _answer(path: str) -> dict[str, Any]:
    if path == "/v1/chat/completions":
        message = {"role": "assistant", "content": " ".join(TOKENS)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {"id": "1", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice]}
    if path == "/v1/messages":
        content = [{"type": "text", "text": " ".join(TOKENS)}]
        usage = {"input_tokens": 1, "output_tokens": 4}
        return {"id": "1", "type": "message", "role": "assistant", "model": "small", "content": content, "usage": usage,
                "stop_reason": "end_turn", "stop_sequence": None}  # fmt: skip
    return {"text": " ".join(TOKENS)}
