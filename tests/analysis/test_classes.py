"""Attributes of classes, instances, managers and modules, however they came to be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import agrees, view


def test_methods_that_decorators_have_changed_keep_their_instance(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required

class Service:
    def __init__(self, work):
        self.work = work

    @login_required
    async def guarded(self, request):
        await self.work()

    @contextlib.asynccontextmanager
    async def open(self):
        await self.work()
        yield self

    @async_to_sync
    async def run(self):
        await self.work()

    @staticmethod
    async def alone():
        await load()

    @sync_to_async
    def blocked(self):
        self.run()
        time.sleep(5)  # LDB105

async def by_guard(request):
    await Service(ask).guarded(request)  # LDB101

async def by_manager(request):
    async with Service(load).open():
        await ask("hi")  # LDB101

async def by_thread(request):
    await Service(load).blocked()

async def by_static(request):
    await Service(load).alone()
    await ask("hi")  # LDB101
""",
    )


def test_an_attribute_by_other_names(tmp_path: Path) -> None:
    """A method under another name, what was stored a moment ago, `super()` of a manager, a class in a class."""
    view(
        tmp_path,
        """
from django.db import models

class Service:
    async def _load(self):
        await load()

    load = _load

    class Inner:
        async def ask(self):
            await load()
            await ask("hi")  # LDB101

    def choose(self, kind):
        match kind:
            case "slow":
                self.chosen = ask

    class Last:
        async def ask(self):
            await load()
            await ask("hi")  # LDB101

    async def chosen_work(self):
        await load()
        await self.chosen("hi")  # LDB101

    async def stored(self):
        self.work = ask
        this = self
        await load()
        await this.work("hi")  # LDB101

class Shelf(models.Manager):
    def get_queryset(self):
        return super().get_queryset().using("replica")

    async def newest(self):
        return await super().afirst()

class Novel(models.Model):
    objects = Shelf()

async def by_itself(request):
    await Service().stored()

async def by_alias(request):
    await Service().load()
    await ask("hi")  # LDB101

async def by_manager(request):
    await Novel.objects.newest()
    await ask("hi")  # LDB101

async def by_queryset(request):
    await Novel.objects.get_queryset().afirst()
    await ask("hi")  # LDB101
""",
    )


def test_managers_of_querysets(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import models

class Books(models.QuerySet):
    async def cheap(self):
        return await self.filter(price=1).afirst()

class Shelf(models.Manager.from_queryset(Books)):
    pass

Made = models.Manager.from_queryset(Books)

class Complete(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("author")

class Novel(models.Model):
    shelf = Shelf()
    made = Made()
    books = Books.as_manager()
    complete = Complete()
    author = models.ForeignKey(to=Author, on_delete=models.CASCADE)

async def by_base(request):
    await Novel.shelf.cheap()
    await ask("hi")  # LDB101

async def by_call(request):
    await Novel.made.cheap()
    await ask("hi")  # LDB101

async def by_method(request):
    await Novel.books.cheap()
    await ask("hi")  # LDB101

async def constructed(request):
    await Books(Novel).cheap()
    await ask("hi")  # LDB101

async def with_its_author(request):
    novel = await Novel.complete.aget(pk=1)
    await release()
    await ask(await sync_to_async(lambda: novel.author.name)())

async def without(request):
    novel = await Novel.shelf.aget(pk=1)
    await release()
    await ask(await sync_to_async(lambda: novel.author.name)())  # LDB101
""",
    )


@pytest.mark.parametrize(
    ("base", "code"), [("vendor.models.Document", "  # LDB101"), ("mongoengine.Document", ""), ("tortoise.models.Model", "")]
)
def test_a_class_of_a_library_that_is_not_known_may_be_a_model(tmp_path: Path, base: str, code: str) -> None:
    view(
        tmp_path,
        f"""
import {base.partition(".")[0]}

class Page({base}):
    pass

async def page(request):
    await Page.objects.aget(pk=1)
    await ask("hi"){code}
""",
    )


def test_neighbours_and_tags_of_a_row(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import models
from taggit.managers import TaggableManager

class Chapter(models.Model):
    written = models.DateField()
    tags = TaggableManager()

async def next_one(request, chapter: Chapter):
    await sync_to_async(chapter.get_next_by_written)()
    await ask("hi")  # LDB101

async def tagged(request, chapter: Chapter):
    await chapter.tags.acount()
    await ask("hi")  # LDB101
""",
    )


def test_one_of_very_many_subclasses(tmp_path: Path) -> None:
    """The first are enough: no receiver is taken for all of hundreds."""
    children = "".join(f"class Child{n:02}(Base):\n    async def work(self):\n        await load()\n\n" for n in range(20))
    view(
        tmp_path,
        f"class Base:\n    async def work(self): ...\n\n{children}async def any(request, it: Base):\n    await it.work()\n    await ask('hi')  # LDB101",
    )


def test_classes_that_are_made_of_themselves(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Child(Author, Child.Extra):
    one = Other.two
    async def work(self):
        await load()

class Other:
    two = Child.one

class Odd:
    @Odd.work
    async def work(self):
        await load()

def wrap(function):
    return function

@wrap
@itself
def itself(function):
    return function

async def any(request, author: Author):
    await author.work()
    await ask(Child.one)  # LDB101

async def odd(request):
    await Odd().work()
    await ask("hi")  # LDB101

async def wrapped(request):
    await itself(load)()
    await ask("hi")  # LDB101
""",
    )


def test_modules_of_packages(tmp_path: Path) -> None:
    """By the package, by a star, by a name that a module does not have."""
    agrees(
        tmp_path,
        """
        import library.llm
        import library.models
        from library import llm as model
        from library.models import *
        from library.models import list

        async def by_package(request):
            await library.models.Book.objects.acount()
            await library.llm.ask("hi")  # LDB101

        async def by_star(request):
            await Book.objects.acount()
            await model.ask("hi")  # LDB101

        async def unknown(request):
            await list(Book.objects.all())
            await model.ask("hi")
        """,
    )


def test_two_classes_of_one_name_and_one_in_a_function(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from django.db import models
        from library.llm import ask
        from library.models import Author

        class Shelf(models.Model):
            book = models.ForeignKey("library.Book", models.CASCADE)

        def make():
            class Local(Author):
                async def work(self):
                    await self.asave()

        async def of_the_label(request, shelf: Shelf):
            await shelf.book.asave()
            await ask("hi")  # LDB101

        async def not_of_a_local_class(request, author: Author):
            await author.work()
            await ask("hi")
        """,
        other__models="class Book:\n    pass\n",
    )


def test_methods_that_are_called_by_their_class(tmp_path: Path) -> None:
    """What they are called on is not looked for: nothing is said, and nothing breaks."""
    view(
        tmp_path,
        """
import threading
from django.db import models
from rest_framework import serializers

class Text(serializers.Serializer):
    text = serializers.CharField()

class Books(models.QuerySet):
    pass

class Worker(threading.Thread):
    pass

async def by_class(request):
    text = Text(data=request.POST)
    await sync_to_async(Text.is_valid)(text)
    await sync_to_async(Text.save)(text)
    Worker.start(Worker())
    Books.none(Book.objects.all())
    manager = models.Manager.from_queryset(request.books)()
    await ask("hi")
""",
    )


def test_a_method_that_is_one_of_two(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def first(self):
    await load()

async def second(self):
    await load_and_release()

class Service:
    held = first if connection else first
    run = first if connection.vendor else second

async def view(request):
    await Service().run()
    await ask("hi")  # LDB101
""",
    )
