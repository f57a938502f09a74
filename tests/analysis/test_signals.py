"""Signals of the project: what their receivers do happens where they are sent."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view


def test_receivers_that_are_connected_here(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.dispatch import Signal, receiver

quiet = Signal()
bought = Signal()
read = Signal()
kept = Signal()

@receiver(bought)
async def count(sender, **options):
    await Book.objects.acount()

@receiver([read])
def count_blocking(sender, **options):
    Book.objects.count()

async def release_all(sender, **options):
    await release()

kept.connect(release_all)

async def by_coroutine(request):
    await bought.asend(sender=None)
    await ask("hi")  # LDB101

async def by_function(request):
    await read.asend_robust(sender=None)
    await ask("hi")  # LDB101

async def nobody(request):
    await quiet.asend(sender=None)
    await ask("hi")

async def released(request):
    await load()
    await kept.asend(sender=None)
    await ask("hi")
""",
    )


def test_receivers_of_other_modules(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from library.llm import ask
from library.events import bought, sold

async def held(request):
    await bought.asend(sender=None)
    await ask("hi")  # LDB101

async def only_of_some_senders(request):
    await sold.asend(sender=None)
    await ask("hi")
""",
        library__events="""
from django.dispatch import Signal

bought = Signal()
sold = Signal()
""",
        library__receivers="""
from django.dispatch import receiver

from library import events
from library.models import Book

@receiver(events.bought)
def on_bought(sender, **options):
    Book.objects.count()

@receiver(events.sold, sender=Book)
def on_sold(sender, **options):
    Book.objects.count()
""",
    )


def test_signals_and_receivers_that_are_not_seen(tmp_path: Path) -> None:
    """A signal of a library's, a name beside it, a receiver in a test, one that connects otherwise."""
    agrees(
        tmp_path,
        """
from django.db.models.signals import post_save
from django.dispatch import Signal, receiver
from library.llm import ask
from library.models import Book

bought = Signal()
other = Signal()
SIGNALS = [bought]

def count(sender, **options):
    Book.objects.count()

other.connect(count)
bought.connect(count, sender=Book)
bought.connect(unknown)
receiver = count

async def twice(request):
    await bought.asend(sender=None)
    await bought.asend(sender=None)
    await ask("hi")

async def of_django(request):
    await post_save.asend(sender=None)
    await ask("hi")
""",
        tests__test_signals="""
from django.dispatch import receiver
from library.models import Book
from views import bought

@receiver(bought)
def on_bought(sender, **options):
    Book.objects.count()
""",
    )


def test_blocking_signals_run_async_receivers_to_their_end(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.dispatch import Signal, receiver

bought = Signal()

@receiver(bought)
async def count(sender, **options):
    await Book.objects.acount()

@sync_to_async
def sold():
    bought.send(sender=None)
    time.sleep(5)  # LDB105

async def view(request):
    await sold()
""",
    )


def test_a_signal_of_the_same_name_in_another_module(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from django.dispatch import Signal
from library.llm import ask

bought = Signal()

async def view(request):
    await bought.asend(sender=None)
    await ask("hi")
""",
        library__events="""
from django.dispatch import Signal
from library.models import Book

bought = Signal()

def count(sender, **options):
    Book.objects.count()

bought.connect(count)
""",
    )
