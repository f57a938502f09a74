"""What is told by an annotation, or by another function, where the code at hand does not tell it."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_a_generator_yields_what_its_annotation_says(tmp_path: Path) -> None:
    """Where its body does not tell: a page of a browser that a library without rows has made."""
    view(
        tmp_path,
        """
from collections.abc import AsyncIterator, AsyncGenerator
import httpx
from vendor import make, make_two

@contextlib.asynccontextmanager
async def two() -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    client, number = await make_two()
    yield client, number

@contextlib.asynccontextmanager
async def one() -> AsyncGenerator[httpx.AsyncClient, None]:
    yield await make()

async def several() -> AsyncIterator["httpx.AsyncClient"]:
    for number in range(3):
        yield make()

def returned() -> tuple[httpx.AsyncClient, int]:
    return make_two()

async def by_two(request):
    await load()
    async with two() as (client, number):
        await client.get("/")  # LDB101

async def by_one(request):
    await load()
    async with one() as client:
        await client.get("/")  # LDB101

async def by_several(request):
    await load()
    async for client in several():
        await client.get("/")  # LDB101

async def by_return(request):
    await load()
    client, number = returned()
    await client.get("/")  # LDB101
""",
    )


def test_what_is_made_when_it_is_first_asked_for(tmp_path: Path) -> None:
    """A module's name that is None at first: what functions assign to it, or its annotation, tells."""
    view(
        tmp_path,
        """
from typing import Optional
import httpx

_client = None
_declared: Optional[httpx.AsyncClient] = None
_set_up = None
_never = None

async def made():
    global _client
    if _client is None:
        _client = httpx.AsyncClient()
    return _client

def set_up():
    global _never, _set_up
    _set_up = httpx.AsyncClient()

async def by_function(request):
    await load()
    client = await made()
    await client.get("/")  # LDB101

async def by_annotation(request):
    await load()
    await _declared.get("/")  # LDB101

async def by_other_function(request):
    await load()
    await _set_up.get("/")  # LDB101

async def by_local(request):
    await load()
    client: httpx.AsyncClient | None = None
    if request.user:
        client = request.user.client
    await client.get("/")  # LDB101

async def never(request):
    await load()
    await _never.get("/")
""",
    )


def test_what_is_kept_in_a_dict(tmp_path: Path) -> None:
    """By its annotation, or by what is put into it, also into that of an instance."""
    view(
        tmp_path,
        """
from typing import Any
import httpx

class Agent:
    async def run(self):
        await ask("hi")

class Agents:
    def __init__(self, client: httpx.AsyncClient | None = None):
        self.agents: dict[str, Any] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.client: httpx.AsyncClient | None = None

    def of(self, key):
        if key not in self.agents:
            self.agents[key] = Agent()
        return self.agents[key]

    async def by_key(self, key):
        await load()
        await self.of(key).run()  # LDB101

    async def declared(self, key):
        await load()
        await self.clients[key].get("/")  # LDB101

    async def later(self):
        await load()
        await self.client.get("/")  # LDB101

async def each(request, agents: dict[str, Agent]):
    await load()
    for name, agent in agents.items():
        await agent.run()  # LDB101

async def one(request, agents: dict[str, Agent]):
    await load()
    agent = agents.get(request.GET["agent"])
    await agent.run()  # LDB101

async def unknown(request, agents: dict[str, Any]):
    await load()
    await agents["x"].run()
""",
    )


def test_any_tells_nothing(tmp_path: Path) -> None:
    """What is declared as `Any` is told by what it is given, and by Django's idioms."""
    view(
        tmp_path,
        """
from typing import Any

async def idiom(request, item: Any):
    await item.objects.aget(pk=1)
    await ask("hi")  # LDB101

async def given(request):
    await load()
    call: Any = None
    call = ask("hi")
    await call  # LDB101
""",
    )


def test_what_a_function_returns_tells_more_than_its_annotation(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from typing import Protocol

class Loads(Protocol):
    async def load(self) -> None: ...

class Loader:
    async def load(self):
        await load()

def make() -> Loads:
    return Loader()

async def page(request):
    await make().load()
    await ask("hi")  # LDB101
""",
    )
