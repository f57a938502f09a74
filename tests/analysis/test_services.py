"""Libraries that ask a service over the network: which of their calls last, and which only name something."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees


def test_searches_of_the_web(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import duckduckgo_search
from asgiref.sync import sync_to_async
from ddgs import DDGS
from firecrawl import AsyncFirecrawl, FirecrawlApp
from library.models import Book
from tavily import AsyncTavilyClient, TavilyClient

tavily = AsyncTavilyClient("key")

async def by_ddgs(request):
    book = await Book.objects.aget(pk=1)
    with DDGS() as ddgs:
        return ddgs.text(book.title, max_results=3)  # LDB105

async def by_its_former_name(request):
    book = await Book.objects.aget(pk=1)
    return await sync_to_async(duckduckgo_search.DDGS().news, thread_sensitive=False)(book.title)  # LDB101

async def by_tavily(request):
    book = await Book.objects.aget(pk=1)
    return await tavily.search(book.title)  # LDB101

async def by_tavily_blocking(request):
    book = await Book.objects.aget(pk=1)
    return TavilyClient("key").extract(book.title)  # LDB105

async def by_firecrawl(request):
    await Book.objects.aget(pk=1)
    await AsyncFirecrawl(api_key="key").scrape("https://example.com")  # LDB101
    return FirecrawlApp(api_key="key").crawl("https://example.com")  # LDB105

class Shelf:
    async def search(self, title):
        return [title]

    def text(self, title):
        return title

async def in_the_shelf(request):
    book = await Book.objects.aget(pk=1)
    return await Shelf().search(Shelf().text(book.title))
""",
    )
