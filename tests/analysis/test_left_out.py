"""Arguments that a call leaves out: a parameter is then what its default says, not all that its annotation allows."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view

CLIENTS = """
class Remote:
    async def send(self):
        await ask("x")

class Local:
    async def send(self):
        pass

def counted(function):
    async def inner(*args, **kwargs):
        await load()
        return await function(*args, **kwargs)
    return inner
"""


def test_a_function_that_is_called_without_has_none(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
async def send(client: Remote | None = None):
    await (client or Local()).send()

async def free(request):
    await load()
    await send()

async def held(request):
    await load()
    await send(Remote())  # LDB101

async def some(request, *args):
    await load()
    await send(*args)  # LDB101
""",
    )


def test_a_function_of_whose_caller_nothing_is_known_has_what_is_annotated(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
@counted
async def send(request, client: Remote | None = None):
    await client.send()  # LDB101
""",
    )


def test_an_object_that_is_made_without_has_none(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
class Service:
    def __init__(self, client: Remote | None = None):
        self.client = client or Local()

    async def send(self):
        await self.client.send()

async def free(request):
    await load()
    await Service().send()
    await Service(None).send()

async def held(request):
    await load()
    await Service(Remote()).send()  # LDB101
    await Service(request.client).send()  # LDB101
    await Service(**request.options).send()  # LDB101
""",
    )


def test_an_object_may_be_given_later_what_it_was_made_without(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
class Service:
    def __init__(self, client: Remote | None = None):
        self.client = client

    async def send(self):
        await self.client.send()

async def held(request):
    service = Service()
    service.client = Remote()
    await load()
    await service.send()  # LDB101

async def unknown(request):
    service = Service()
    service.client = request.client
    await load()
    await service.send()  # LDB101
""",
    )


def test_what_a_subclass_hands_on_is_not_what_it_was_given(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
class Service:
    def __init__(self, client: Remote | None = None):
        self.client = client

    async def send(self):
        await self.client.send()

class Connected(Service):
    def __init__(self, client: Remote | None = None):
        super().__init__(client or Remote())

async def held(request):
    await load()
    await Connected().send()  # LDB101
""",
    )


def test_a_field_of_a_dataclass_that_is_left_out_is_none(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
import pydantic
from dataclasses import dataclass

@dataclass
class Service:
    client: Remote | None = None

    async def send(self):
        await (self.client or Local()).send()

class Model(pydantic.BaseModel):
    retries: int
    client: Remote | None = None

    async def send(self):
        await (self.client or Local()).send()

async def free(request):
    await load()
    await Service().send()
    await Model(retries=3).send()

async def held(request):
    await load()
    await Service(Remote()).send()  # LDB101
    await Service(**request.options).send()  # LDB101
    await Model(retries=3, client=Remote()).send()  # LDB101
""",
    )


def test_what_a_method_sets_or_nobody_makes_of_fields_is_not_none(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
from dataclasses import dataclass

@dataclass
class Service:
    client: Remote | None = None

    def __post_init__(self):
        self.client = self.client or Remote()

    async def send(self):
        await self.client.send()

class Plain:
    client: Remote | None = None

    async def send(self):
        await self.client.send()

async def held(request):
    await load()
    await Service().send()  # LDB101
    await Plain().send()  # LDB101
""",
    )


def test_an_object_that_is_given_is_taken_before_a_default(tmp_path: Path) -> None:
    view(
        tmp_path,
        CLIENTS
        + """
class Service:
    def __init__(self, client: Remote | None = None):
        self.client = client or Remote()

    async def send(self):
        await self.client.send()

class Some(Local):
    def __len__(self):
        return 0

async def send(client=None):
    client = client or Remote()
    await client.send()

class Tested:
    def __init__(self, client=None):
        self.client = client if client is not None else Remote()

    async def send(self):
        await self.client.send()

async def send_tested(client=None):
    if not client:
        client = Remote()
    await client.send()

async def free(request):
    await load()
    await Service(Local()).send()
    await Tested(Local()).send()
    await send(Local())
    await send_tested(Local())

async def held(request):
    await load()
    await Service().send()  # LDB101
    await send()  # LDB101
    await Tested().send()  # LDB101
    await send(Some())  # LDB101
    await send_tested()  # LDB101
    await send_tested(Some())  # LDB101
""",
    )
