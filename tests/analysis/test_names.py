"""What a name, or an entry of a table, denotes."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view


def test_a_star_import_hides_no_builtin(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from django.http import *
from library.llm import ask
from library.models import Book

async def view(request):
    await sync_to_async(list)(Book.objects.all())
    await ask("hi")  # LDB101

class Shelf:
    @property
    def books(self):
        return Book.objects.all()

async def shelf(request):
    await Shelf().books.afirst()
    await ask("hi")  # LDB101
""",
    )


def test_any_entry_of_a_table_may_be_called(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from library.llm import ask
from library.models import Book

async def short(book):
    return book.title

async def long(book):
    return await ask(book.title)

ANSWERS = {"short": short, "long": long}

async def view(request, kind):
    book = await Book.objects.aget(pk=1)
    return await ANSWERS[kind](book)  # LDB101

async def short_view(request):
    book = await Book.objects.aget(pk=1)
    return await ANSWERS["short"](book)

async def view_with_default(request, kind):
    book = await Book.objects.aget(pk=1)
    answer = ANSWERS.get(kind, short)
    return await answer(book)  # LDB101

async def view_of_all(request):
    book = await Book.objects.aget(pk=1)
    return [await answer(book) for answer in ANSWERS.values()]  # LDB101
""",
    )


def test_an_abstract_class_is_made_as_one_of_its_subclasses(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
import requests
from abc import ABC, abstractmethod
from importlib import import_module
from library.models import Book

class Embedder(ABC):
    def embed(self, text):
        return self.vector(text)

    @abstractmethod
    def vector(self, text): ...

class Remote(Embedder):
    def vector(self, text):
        return requests.post("https://example.org", json=text).json()

class Local(Embedder):
    def vector(self, text):
        return [len(text)]

class LocalAndRemote(Local):
    def vector(self, text):
        return requests.post("https://example.org", json=text).json()

def default() -> type[Embedder]:
    return import_module("settings").EMBEDDER

async def by_default(request):
    await Book.objects.acount()
    return await asyncio.to_thread(default()().embed, "emma")  # LDB101

async def locally(request):
    await Book.objects.acount()
    return await asyncio.to_thread(Local().embed, "emma")
""",
    )


def test_what_is_imported_where_it_is_needed_is_known_there(tmp_path: Path) -> None:
    """Imports stand inside methods and functions where modules import each other."""
    agrees(
        tmp_path,
        """
from library.models import Book

_client = None

def start():
    global _client
    from client import Client
    _client = Client()

class Router:
    def __init__(self, client=None):
        from client import make_client

        self.client = client or make_client()

    async def route(self):
        return await self.client.ask()

class Orchestrator:
    def __init__(self):
        from client import Client

        made = Client()
        self.router = Router(made)

async def view(request):
    await Book.objects.acount()
    await Router().route()  # LDB101

async def deeper(request):
    await Book.objects.acount()
    await Orchestrator().router.route()  # LDB101

async def started(request):
    await Book.objects.acount()
    await _client.ask()  # LDB101
""",
        client="""
from library.llm import ask

class Client:
    async def ask(self):
        await ask("hi")

def make_client():
    return Client()
""",
    )


def test_a_name_for_one_of_several_callables_of_which_one_is_unknown(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def chosen(request, action):
    await load()
    end = release if request.flag else action
    await end()
    await ask("hi")  # LDB101

async def by_branch(request, action):
    await load()
    if request.flag:
        end = release
    else:
        end = action
    await end()
    await ask("hi")  # LDB101

async def called(request, action):
    await load()
    end = release() if request.flag else action()
    await end
    await ask("hi")  # LDB101

async def both_known(request):
    await load()
    end = release if request.flag else sync_to_async(close_old_connections)
    await end()
    await ask("hi")

async def begins(request, action):
    start = load if request.flag else action
    await start()
    await ask("hi")  # LDB101
""",
    )


def test_names_that_a_module_unpacks_or_declares(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import httpx

(first, second), third = (load, ask), Book
_client = None

def declare():
    global _client
    _client: httpx.AsyncClient

def make():
    global _client
    _client = httpx.AsyncClient()

async def nested(request):
    await load()
    await second("hi")  # LDB101

async def outer(request):
    await third.objects.acount()
    await ask("hi")  # LDB101

async def declared(request):
    await load()
    await _client.get("/")  # LDB101
""",
    )


def test_annotations_that_tell_nothing(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def opened() -> object:
    yield make()

async def view(request, nothing: tuple[()], one: Book):
    await nothing.asave()
    async with opened() as thing:
        await thing.asave()
    await ask("hi")
    await one.asave()
    await ask("hi")  # LDB101
""",
    )


def test_a_lazy_object_is_what_its_function_makes(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.utils.functional import SimpleLazyObject

class Client:
    async def send(self):
        await ask("hi")

client = SimpleLazyObject(lambda: Client())
unknown = SimpleLazyObject()

async def held(request, pk):
    await load()
    await client.send()  # LDB101

async def free(request, pk):
    request.book = SimpleLazyObject(titles)
    await client.send()
    await unknown.send()
""",
    )


def test_a_context_variable_is_what_it_is_declared_to_be(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from contextvars import ContextVar

class Client:
    async def send(self):
        await ask("hi")

declared: ContextVar[Client] = ContextVar("declared")
given = ContextVar("given", default=Client())
unknown = ContextVar("unknown")
text: ContextVar[str] = ContextVar("text")

async def held(request, pk):
    await load()
    await declared.get().send()  # LDB101
    await given.get().send()  # LDB101

async def free(request, pk):
    await load()
    await unknown.get().send()
    await text.get().send()
""",
    )


def test_what_a_class_gives_to_its_only_instance_where_it_makes_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Client:
    async def send(self):
        await ask("hi")

class Service:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.client = Client()
        return cls._instance

class Other:
    def __new__(cls):
        made = super().__new__(cls)
        made.client = Client()
        return made

async def held(request, pk):
    await load()
    await Service().client.send()  # LDB101
    await Other().client.send()  # LDB101
""",
    )


def test_the_names_of_a_comprehension_are_its_own(tmp_path: Path) -> None:
    """But for those that a walrus binds."""
    view(
        tmp_path,
        """
async def hidden(request):
    await load()
    names = [ask for ask in request.GET]
    await ask("hi")  # LDB101

async def bound(request):
    await load()
    then = None
    [then := ask for _ in range(3)]
    await then("hi")  # LDB101
""",
    )


def test_a_default_takes_what_the_function_around_has(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import httpx

async def view(request):
    client, then = httpx.AsyncClient(), load_and_release
    get = lambda client=client: client.get("/")
    async def inner(then=then):
        await then()
    await load()
    await get()  # LDB101
    await inner()
    await ask("hi")

async def given(request):
    then = load_and_release
    async def inner(then=then):
        await then()
    await inner(load)
    await ask("hi")  # LDB101
""",
    )
