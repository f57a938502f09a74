"""The vocabulary of generated programs: queries, waits, releases, exceptions, as people write them."""

from __future__ import annotations

QUERIES = {
    "async": (
        "await Book.objects.aget(pk=1)", "await Book.objects.aget(pk=1)", "await Book.objects.acount()", "await Book.objects.afirst()",
        "await Book.objects.using('other').acount()", "await Book.objects.filter(pk=1).aexists()", "await services.load_book(request)",
        "[book async for book in Book.objects.all()]", "await Book().asave()", "await sync_to_async(Book.objects.get)(pk=1)",
        "await sync_to_async(list)(Book.objects.all())", "await sync_to_async(lambda: Book.objects.count())()",
        "await sync_to_async(services.titles)()", "await asyncio.wait_for(Book.objects.aget(pk=1), 5)",
    ),
    "sync": (
        "Book.objects.get(pk=1)", "Book.objects.count()", "list(Book.objects.all())", "[book.title for book in Book.objects.all()]",
        "Book.objects.using('other').count()", "Book().save()", "services.titles()", "Book.objects.first()",
    ),
}  # fmt: skip
WAITS = {
    "async": (
        "await asyncio.sleep(1)", "await asyncio.sleep(1)", "await services.ask(request)", "await services.ask(request)",
        "await httpx.AsyncClient().get('http://x')", "await asyncio.wait_for(services.ask(request), 5)", "await asyncio.shield(asyncio.sleep(1))",
        "await sync_to_async(time.sleep)(1)", "await asyncio.to_thread(services.ask_blocking)", "await services.ask_twice(request)",
    ),
    "sync": ("time.sleep(1)", "time.sleep(1)", "requests.get('http://x')", "services.ask_blocking()"),
}  # fmt: skip
RELEASES = {
    "async": (
        "await sync_to_async(connections.close_all)()", "await sync_to_async(close_old_connections)()", "await aclose_old_connections()",
        "await services.release(request)", "await sync_to_async(lambda: connection.close())()", "await sync_to_async(services.close_idle)()",
        "await asyncio.shield(sync_to_async(close_old_connections)())", "await asyncio.wait_for(sync_to_async(connections.close_all)(), 5)",
        "await asyncio.create_task(services.release(request))", "await asyncio.gather(services.release(request))",
        "await sync_to_async(functools.partial(connections.close_all))()",
    ),
    "sync": ("connection.close()", "connections.close_all()", "close_old_connections()", "services.close_idle()", "connections['default'].close()"),
}  # fmt: skip
NO_RELEASES = {
    "async": (
        "close_old_connections()", "sync_to_async(connections.close_all)", "await asyncio.to_thread(close_old_connections)",
        "await sync_to_async(close_old_connections, thread_sensitive=False)()", "await sync_to_async(connection.close)()",
        "await sync_to_async(lambda: connections['other'].close())()",
    ),
    "sync": ("connections['other'].close()", "connection.close"),
}  # fmt: skip
NOTHING = {
    "async": (
        "await asyncio.sleep(0)",
        "qs = Book.objects.filter(pk=1)",
        "await Book.objects.none().acount()",
        "services.noop()",
    ),
    "sync": ("qs = Book.objects.filter(pk=1)", "services.noop()", "time.sleep(0)"),
}
RAISED = ("ValueError", "Oops", "Oops('no')", "Http404", "KeyError('x')", "Book.DoesNotExist", "RuntimeError from None")
HANDLED = (
    "Exception", "Exception", "ValueError", "Oops", "Book.DoesNotExist", "(ValueError, Oops)", "Book.DoesNotExist as error", "httpx.HTTPError",
    "DatabaseError", "Http404", "requests.RequestException", "asyncio.TimeoutError", "BaseException", "LookupError",
)  # fmt: skip
