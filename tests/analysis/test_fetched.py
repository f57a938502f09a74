"""What rows bring with them, and what a queryset that was read answers by itself."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_rows_that_came_with_their_relations(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db.models import Prefetch

async def author(pk):
    found = await Author.objects.prefetch_related("books").aget(pk=pk)
    await release()
    return found

async def prefetched(request):
    writer = await author(1)
    titles = [book.title async for book in writer.books.all()]
    if await writer.books.aexists():
        await ask("hi")

async def filtered(request):
    writer = await author(1)
    titles = [book.title async for book in writer.books.filter(title="A")]
    await ask("hi")  # LDB101

async def by_object(request):
    writer = await Author.objects.prefetch_related(Prefetch("books", Book.objects.all())).aget(pk=1)
    await release()
    titles = [book.title async for book in writer.books.all()]
    await ask("hi")

async def of_another_relation(request):
    writer = await Author.objects.prefetch_related("prizes").aget(pk=1)
    await release()
    titles = [book.title async for book in writer.books.all()]
    await ask("hi")  # LDB101

async def joined(request):
    book = await Book.objects.filter(pk=1).select_related("author").aget()
    await release()
    name = await sync_to_async(lambda: book.author.name)()
    await ask(name)

async def by_name(request):
    book = await Book.objects.aget(pk=1)
    await release()
    writer = await sync_to_async(getattr)(book, "author")
    await ask(writer.name)  # LDB101

async def of_a_loop(request):
    async for book in Book.objects.all():
        pass
    await release()
    name = await sync_to_async(lambda: book.author.name)()
    await ask(name)  # LDB101
""",
    )


def test_columns_that_were_left_out(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def title(book):
    return book.title

async def deferred(request):
    book = await Book.objects.defer("title").aget(pk=1)
    await release()
    await ask(await sync_to_async(title)(book))  # LDB101

async def not_among_those(request):
    book = await Book.objects.only("author").aget(pk=1)
    await release()
    await ask(await sync_to_async(title)(book))  # LDB101

async def among_those(request):
    book = await Book.objects.only("title").aget(pk=1)
    await release()
    await ask(await sync_to_async(title)(book))

async def taken_back(request):
    book = await Book.objects.defer("title").defer(None).aget(pk=1)
    await release()
    await ask(await sync_to_async(title)(book))

async def of_a_relation(request):
    book = await Book.objects.only("author__name", "title").select_related("author").aget(pk=1)
    await release()
    await ask(await sync_to_async(lambda: book.author)())
""",
    )


def test_a_queryset_that_was_read(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def read(request):
    books = Book.objects.order_by("title")
    async for book in books:
        pass
    await release()
    count, first = await books.acount(), await books.afirst()
    async for book in books:
        await ask(book.title)

async def filtered(request):
    books = Book.objects.all()
    async for book in books:
        pass
    await release()
    async for book in books.filter(title="A"):
        pass
    await ask("hi")  # LDB101

async def looked_up(request):
    books = Book.objects.all()
    async for book in books:
        pass
    await release()
    book = await books.aget(pk=1)
    await ask("hi")  # LDB101

async def by_cursor(request):
    books = Book.objects.all()
    async for book in books:
        pass
    await release()
    async for book in books.aiterator():
        pass
    await ask("hi")  # LDB101
""",
    )


def test_what_a_star_reads_and_binds(tmp_path: Path) -> None:
    """`*rows` in a call or a display reads them all; `*rest` of an unpacking is what is left of them."""
    view(
        tmp_path,
        """
@sync_to_async
def displayed():
    return [*Book.objects.all()]

@sync_to_async
def handed_on():
    return max(*Book.objects.all(), 1)

async def by_display(request):
    await displayed()
    await ask("hi")  # LDB101

async def by_call(request):
    await handed_on()
    await ask("hi")  # LDB101

async def rest_of_them(request):
    first, *rest = [Book(), Book(), Book()]
    for book in rest:
        await book.asave()
    await ask("hi")  # LDB101
""",
    )
