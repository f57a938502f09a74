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
