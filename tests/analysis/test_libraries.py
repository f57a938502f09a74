"""What libraries add to a project's own classes and functions."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees


def test_a_search_is_sent_when_it_is_executed(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from django_elasticsearch_dsl import Document
from elasticsearch.dsl import Q, Search
from library.models import Book

class BookDocument(Document):
    class Django:
        model = Book

def narrow(search: Search) -> Search:
    return search.filter("term", sold=False)

async def related(request):
    book = await Book.objects.aget(pk=1)
    search = BookDocument.search().query(Q("match", title=book.title)).extra(size=3)
    narrower = narrow(search.sort("title"))
    return await sync_to_async(narrower.execute, thread_sensitive=False)()  # LDB101
""",
    )


def test_a_task_is_waited_for_where_its_result_is_asked_for(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
from library.models import Book
from tasks import summarise

async def summary(request):
    book = await Book.objects.aget(pk=1)
    result = await asyncio.to_thread(summarise.delay, book.pk)
    return await asyncio.to_thread(result.get, timeout=60)  # LDB101

async def called_here(request):
    book = await Book.objects.aget(pk=1)
    return summarise(book.pk)
""",
        tasks="""
from celery import shared_task

@shared_task(bind=True)
def summarise(self, pk):
    return pk
""",
    )


def test_a_text_is_no_stream(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import json
from django.http import StreamingHttpResponse
from library.models import Book

async def text(request):
    book = await Book.objects.aget(pk=1)
    return StreamingHttpResponse(json.dumps({"title": book.title}))

async def stream(request, chunks):
    await Book.objects.aget(pk=1)
    return StreamingHttpResponse(chunks)  # LDB102
""",
    )


def test_hooks_of_viewsets_get_the_serializer_of_the_view(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
import time
from asgiref.sync import async_to_sync, sync_to_async
from library.models import Book
from rest_framework import serializers, viewsets

class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book

class Awaits(viewsets.ModelViewSet):
    queryset = Book.objects.all()
    serializer_class = BookSerializer

    @async_to_sync
    async def perform_create(self, serializer):
        await sync_to_async(serializer.save)(title="Emma")
        await asyncio.sleep(2)  # LDB101

class Blocks(viewsets.ModelViewSet):
    queryset = Book.objects.all()
    serializer_class = BookSerializer

    def perform_update(self, serializer):
        serializer.save()
        time.sleep(2)  # LDB105
""",
        settings='ASGI_APPLICATION = "asgi.application"\n',
    )


def test_what_a_consumer_gives_a_generator_tells_how_long_it_waits(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from library.models import Book
from pydantic_ai import Agent

class Assistant:
    agent = Agent("openai:gpt-5")

    async def run(self):
        async with self.agent.iter("hello") as run:
            async for node in run:  # LDB101
                async for event in self.tools(node, run.ctx):  # LDB101
                    yield event  # LDB102

    async def tools(self, node, ctx):
        async with node.stream(ctx) as stream:
            async for event in stream:  # LDB101
                await Book.objects.aget(pk=1)
                yield event  # LDB102

class Library:
    async def titles(self):
        return [title async for title in self.read([1, 2])]

    async def read(self, keys):
        for key in keys:
            book = await Book.objects.aget(pk=key)
            yield book.title
""",
    )


def test_the_middleware_of_an_agent_is_handed_the_call_of_its_model(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from collections.abc import Awaitable, Callable
from asgiref.sync import sync_to_async
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from library.models import Book

class Context(AgentMiddleware):
    def book(self):
        return Book.objects.first()

    async def awrap_model_call(self, request, handler):
        book = await sync_to_async(self.book)()
        return await handler(request.override(book=book))  # LDB101

class Typed(AgentMiddleware):
    async def awrap_model_call(
        self, request: ModelRequest, handler: Callable[[ModelRequest], Awaitable[ModelResponse]]
    ) -> ModelResponse:
        await Book.objects.afirst()
        return await handler(request)  # LDB101

    async def awrap_tool_call(self, request, handler):
        await Book.objects.afirst()
        return await handler(request)

class Plain:
    async def awrap_model_call(self, request, handler):
        await Book.objects.afirst()
        return await handler(request)
""",
    )


def test_operations_of_ninja_extra_begin_behind_their_auth(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from ninja_extra import NinjaExtraAPI, Router, api_controller, http_get, route
from library.llm import ask
from library.models import Book

async def key(request):
    return await Book.objects.aget(title=request.headers["key"])

async def open_to_all(request):
    return "anybody"

api = NinjaExtraAPI(title="Books")
router = Router(auth=key)

@api.get("/book", auth=key)
async def of_the_api(request):
    return await ask("hi")  # LDB101

@router.get("/book")
async def of_the_router(request):
    return await ask("hi")  # LDB101

@api.get("/free", auth=open_to_all)
async def free(request):
    return await ask("hi")

@api_controller("/books")
class Books:
    @http_get("/book", auth=key)
    async def of_the_controller(self):
        return await ask("hi")  # LDB101

    @route.get("/other")
    async def loaded(self, pk: int):
        await Book.objects.aget(pk=pk)
        return await ask("hi")  # LDB101

    @route.get("/free")
    async def free(self):
        return await ask("hi")
""",
    )


def test_a_bot_answers_through_telegram(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import aiogram
from library.models import Book
from telegram import Bot, Update
from telegram.ext import Application

application = Application.builder().token("token").build()
dispatcher = aiogram.Dispatcher()

async def webhook(request):
    await Book.objects.acreate(title="update")
    await application.process_update(Update.de_json({}, application.bot))  # LDB101

async def notify(request):
    await Book.objects.aget(pk=1)
    await application.bot.send_message(1, "hi")  # LDB101

async def by_itself(request):
    await Book.objects.aget(pk=1)
    await Bot("token").send_message(1, "hi")  # LDB101

async def other(request):
    bot = aiogram.Bot(token="token")
    await Book.objects.aget(pk=1)
    await dispatcher.feed_update(bot, {})  # LDB101

async def before(request):
    await application.bot.send_message(1, "hi")
    await Book.objects.aget(pk=1)
""",
    )


def test_a_mailbox_is_read_over_the_network(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import imaplib
from library.models import Book

def connect(host):
    return imaplib.IMAP4_SSL(host, 993)

async def letters(request):
    book = await Book.objects.aget(pk=1)
    mailbox = connect("mail.example.com")  # LDB105
    mailbox.login(book.title, "secret")  # LDB105
    mailbox.select("INBOX")  # LDB105
    return mailbox.logout()
""",
    )
