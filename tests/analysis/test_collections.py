"""Coroutines, tasks and rows that are collected one by one."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_what_is_appended_to_a_list(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def coroutines(request):
    answers = []
    async for book in Book.objects.all():
        answers.append(ask(book.title))
    await asyncio.gather(*answers)  # LDB101

async def coroutines_released(request):
    answers = []
    async for book in Book.objects.all():
        answers.append(ask(book.title))
    await release()
    await asyncio.gather(*answers)

async def tasks(request):
    running = set()
    await load()
    running.add(asyncio.create_task(ask("hi")))  # LDB101
    await asyncio.wait(running)

async def rows(request):
    books = list()
    async for book in Book.objects.all():
        books.append(book)
    await release()
    names = await sync_to_async(lambda: [book.author.name for book in books])()
    await ask("hi")  # LDB101
""",
    )


def test_functions_that_are_mapped(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def title(pk):
    return Book.objects.get(pk=pk).title

def named(pks):
    for text in map(title, pks):
        print(text)

async def asked(request):
    await load()
    await asyncio.gather(*map(ask, ["a", "b"]))  # LDB101

async def asked_before(request):
    await asyncio.gather(*map(ask, ["a", "b"]))
    await load()

async def listed(request):
    await sync_to_async(lambda: list(map(title, [1, 2])))()
    await ask("hi")  # LDB101

async def looped(request):
    await sync_to_async(named)([1, 2])
    await ask("hi")  # LDB101

async def not_yet(request):
    texts = map(title, [1, 2])
    await ask("hi")

async def as_text(request):
    await sync_to_async(repr)(Book.objects.all())
    await ask("hi")  # LDB101
""",
    )


def test_a_thread_and_a_transaction_of_ones_own(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools
import threading

from django.db import transaction

class Counting(threading.Thread):
    def run(self):
        Book.objects.count()

class Closing(threading.Thread):
    def run(self):
        Book.objects.count()
        connection.close()

class AsyncAtomic(transaction.Atomic):
    async def __aenter__(self):
        await sync_to_async(super().__enter__)()
        return self
    async def __aexit__(self, *exception):
        await sync_to_async(super().__exit__)(*exception)

async def counted(request):
    thread = Counting()
    thread.start()  # LDB301

async def closed(request):
    thread = Closing()
    thread.start()
    await ask("hi")

async def inside(request):
    async with AsyncAtomic(None, True, False):
        await ask("hi")  # LDB104

async def behind(request):
    async with AsyncAtomic(None, True, False):
        await load()
    await release()
    await ask("hi")

async def bound(request):
    await load()
    await sync_to_async(functools.partial(connection.close))()  # LDB203
""",
    )


def test_forms(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django import forms

class Titled(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title"]

class Related(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title", "author"]

class Chosen(forms.Form):
    author = forms.ModelChoiceField(queryset=Author.objects.all())

class Unique(forms.Form):
    title = forms.CharField()
    def clean_title(self):
        return Book.objects.filter(title=self.cleaned_data["title"]).exists()

async def plain(request):
    if await sync_to_async(Titled(request.POST).is_valid)():
        await ask("hi")

async def related(request):
    if await sync_to_async(Related(request.POST).is_valid)():
        await ask("hi")  # LDB101

async def chosen(request):
    if await sync_to_async(Chosen(request.POST).is_valid)():
        await ask("hi")  # LDB101

async def cleaned(request):
    if await sync_to_async(Unique(request.POST).is_valid)():
        await ask("hi")  # LDB101
""",
    )


def test_what_is_read_behind_an_iterator_without_an_end(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.shortcuts import render

def counter():
    while True:
        yield 1

def ids():
    yield 1

def pair(left, right):
    return left, right

async def mapped(request):
    await load()
    await ask("hi")  # LDB101
    return list(map(pair, counter(), ids()))

async def rendered(request):
    await load()
    await ask("hi")  # LDB101
    return render(request, "a.html", {"a": counter(), "b": ids()})
""",
    )


def test_a_table_with_a_default(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import vendor

TABLE = {"a": vendor.a}

async def free(request):
    await load()
    await TABLE.get("b", release)()
    await ask("hi")
""",
    )


def test_what_is_put_together(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def added(request):
    await load()
    await asyncio.gather(*([ask("a")] + [ask("b")]))  # LDB101

async def added_to_a_list(request, others):
    await load()
    asks = [ask(title) for title in request.GET] + [str(title) for title in others]
    await asyncio.gather(*asks)  # LDB101

async def grown(request):
    await load()
    asks = []
    asks += [ask("a")]
    await asyncio.gather(*asks)  # LDB101

async def sliced(request):
    await load()
    asks = [ask("a"), ask("b")]
    await asyncio.gather(*asks[:1])  # LDB101

async def by_key(request, key):
    await load()
    asks = {key: ask("a"), "b": str(key)}
    await asyncio.gather(*asks.values())  # LDB101

async def numbers(request, count):
    await load()
    count += 1
    request.count += count
    total = count + [1][:0] + ()
    titles = ["a"]
    titles += request.GET
    await total
""",
    )
