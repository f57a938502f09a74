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


def test_messages_to_people(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import resend
from library.models import Book
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Mail
from slack_sdk import WebClient, WebhookClient
from slack_sdk.web.async_client import AsyncWebClient
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

twilio = Client("account", "token")

async def by_text_message(request):
    book = await Book.objects.aget(pk=1)
    twilio.messages.create(to="+1", body=book.title)  # LDB105

async def by_text_message_awaited(request):
    book = await Book.objects.aget(pk=1)
    await twilio.messages.create_async(to="+1", body=book.title)  # LDB101

async def by_code(request):
    await Book.objects.aget(pk=1)
    twilio.verify.v2.services("service").verifications.create(to="+1", channel="sms")  # LDB105

async def in_the_answer(request):
    book = await Book.objects.aget(pk=1)
    answer = MessagingResponse()
    answer.message(book.title)
    return str(answer)

async def in_slack(request):
    book = await Book.objects.aget(pk=1)
    await AsyncWebClient(token="token").chat_postMessage(channel="books", text=book.title)  # LDB101
    WebClient(token="token").users_list()  # LDB105
    WebhookClient("https://example.com").send(text=book.title)  # LDB105

async def by_mail(request):
    book = await Book.objects.aget(pk=1)
    letter = Mail(subject=book.title)
    SendGridAPIClient("key").send(letter)  # LDB105
    resend.Emails.send({"subject": book.title})  # LDB105
    await resend.Emails.send_async({"subject": book.title})  # LDB101

class Queue:
    def send(self, letter):
        return letter

async def later(request):
    book = await Book.objects.aget(pk=1)
    return Queue().send(Mail(subject=book.title))
""",
    )


def test_messages_to_devices(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import pusher
from firebase_admin import auth, messaging
from library.models import Book
from pywebpush import webpush, webpush_async

channels = pusher.Pusher(app_id="app", key="key", secret="secret")

async def to_a_browser(request):
    book = await Book.objects.aget(pk=1)
    webpush({"endpoint": "https://example.com"}, book.title)  # LDB105
    await webpush_async({"endpoint": "https://example.com"}, book.title)  # LDB101

async def to_a_phone(request):
    book = await Book.objects.aget(pk=1)
    message = messaging.Message(token="token", data={"title": book.title})
    messaging.send(message)  # LDB105
    await messaging.send_each_async([message])  # LDB101

async def to_a_channel(request):
    book = await Book.objects.aget(pk=1)
    channels.trigger("books", "read", book.title)  # LDB105

async def signed(request):
    book = await Book.objects.aget(pk=1)
    return channels.authenticate("private-books", "1.1"), auth.create_custom_token(book.title)
""",
    )


def test_models_that_somebody_runs(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import langfuse.openai
import replicate
import voyageai
from elevenlabs.client import AsyncElevenLabs, ElevenLabs
from langfuse import get_client
from langsmith.wrappers import wrap_openai
from library.models import Book
from openai import AsyncOpenAI
from pinecone import AsyncPinecone, Pinecone

index = Pinecone(api_key="key").Index("books")
traced = wrap_openai(AsyncOpenAI())

async def spoken(request):
    book = await Book.objects.aget(pk=1)
    sound = AsyncElevenLabs().text_to_speech.convert("voice", text=book.title)
    return [chunk async for chunk in sound]  # LDB101

async def spoken_blocking(request):
    book = await Book.objects.aget(pk=1)
    for chunk in ElevenLabs().text_to_speech.convert("voice", text=book.title):  # LDB105
        pass

async def drawn(request):
    book = await Book.objects.aget(pk=1)
    return await replicate.async_run("painter", input={"prompt": book.title})  # LDB101

async def drawn_step_by_step(request):
    book = await Book.objects.aget(pk=1)
    async for event in await replicate.async_stream("writer", input={"prompt": book.title}):  # LDB101
        pass

async def started(request):
    await Book.objects.aget(pk=1)
    prediction = replicate.predictions.create("painter")  # LDB105
    prediction.wait()  # LDB105

async def similar(request):
    book = await Book.objects.aget(pk=1)
    found = await voyageai.AsyncClient().embed([book.title])  # LDB101
    index.query(vector=found.embeddings[0], top_k=3)  # LDB105

async def similar_awaited(request):
    await Book.objects.aget(pk=1)
    async with AsyncPinecone(api_key="key") as client:
        books = client.IndexAsyncio(host="books.example.com")
        return await books.query(vector=[0.1], top_k=3)  # LDB101

async def watched(request):
    await Book.objects.aget(pk=1)
    await langfuse.openai.AsyncOpenAI().chat.completions.create(model="gpt-5", messages=[])  # LDB101
    await traced.chat.completions.create(model="gpt-5", messages=[])  # LDB101
    get_client().flush()  # LDB105

async def prepared(request):
    await Book.objects.aget(pk=1)
    sound = AsyncElevenLabs().text_to_speech.convert("voice", text="hi")
    return sound, voyageai.Client().count_tokens(["hi"]), index.host
""",
    )


def test_files_that_lie_elsewhere(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from azure.storage.blob import BlobServiceClient
from azure.storage.blob.aio import BlobServiceClient as AsyncBlobServiceClient
from google.cloud import storage
from library.models import Book
from minio import Minio

bucket = storage.Client().bucket("books")

async def to_google(request):
    book = await Book.objects.aget(pk=1)
    bucket.blob(book.title).upload_from_string("text")  # LDB105

async def from_google(request):
    await Book.objects.aget(pk=1)
    for blob in bucket.list_blobs():  # LDB105
        blob.name
    cover = bucket.get_blob("cover")  # LDB105
    cover.download_as_bytes()  # LDB105

async def signed(request):
    book = await Book.objects.aget(pk=1)
    return bucket.blob(book.title).generate_signed_url(3600)

async def to_azure(request):
    book = await Book.objects.aget(pk=1)
    service = BlobServiceClient.from_connection_string("connection")
    service.get_blob_client("books", book.title).upload_blob(b"text")  # LDB105

async def to_azure_awaited(request):
    book = await Book.objects.aget(pk=1)
    async with AsyncBlobServiceClient.from_connection_string("connection") as service:
        container = service.get_container_client("books")
        await container.upload_blob(book.title, b"text")  # LDB101
        async for blob in container.list_blobs():  # LDB101
            pass

async def named(request):
    book = await Book.objects.aget(pk=1)
    return BlobServiceClient.from_connection_string("connection").get_blob_client("books", book.title).url

async def to_minio(request):
    book = await Book.objects.aget(pk=1)
    Minio("example.com").fput_object("books", book.title, "book.txt")  # LDB105

class Disk:
    def fput_object(self, folder, name, path):
        return path

async def to_disk(request):
    book = await Book.objects.aget(pk=1)
    return Disk().fput_object("books", book.title, "book.txt")
""",
    )


def test_machines_that_are_told_to_work(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import docker
import paramiko
from github import Github
from library.models import Book

daemon = docker.from_env()

async def in_a_container(request):
    book = await Book.objects.aget(pk=1)
    return daemon.containers.run("printer", [book.title])  # LDB105

async def in_one_that_runs(request):
    book = await Book.objects.aget(pk=1)
    container = daemon.containers.get("printer")
    return container.exec_run(["print", book.title])  # LDB105

async def about_one(request):
    await Book.objects.aget(pk=1)
    return daemon.containers.get("printer").name

async def over_ssh(request):
    book = await Book.objects.aget(pk=1)
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect("example.com")  # LDB105
        client.exec_command("print")  # LDB105
        client.open_sftp().put("book.txt", book.title)  # LDB105

async def at_github(request):
    book = await Book.objects.aget(pk=1)
    repository = Github().get_repo("books/books")  # LDB105
    repository.create_issue(book.title)  # LDB105
    for issue in repository.get_issues():  # LDB105
        issue.title

async def listed_later(request):
    await Book.objects.aget(pk=1)
    client = Github()
    return client.search_issues("book")
""",
    )


def test_somebody_who_says_who_a_user_is(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import msal
from authlib.integrations.httpx_client import AsyncOAuth2Client
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import id_token, service_account
from library.models import Book
from requests_oauthlib import OAuth2Session

application = msal.ConfidentialClientApplication("client")

async def at_google(request):
    await Book.objects.aget(pk=1)
    return id_token.verify_oauth2_token("token", Request())  # LDB105

async def for_a_service(request):
    await Book.objects.aget(pk=1)
    credentials = service_account.Credentials.from_service_account_file("key.json").with_scopes(["books"])
    credentials.refresh(Request())  # LDB105
    AuthorizedSession(credentials).get("https://example.com")  # LDB105

async def at_microsoft(request):
    await Book.objects.aget(pk=1)
    msal.PublicClientApplication("client")  # LDB105
    return application.acquire_token_by_auth_code_flow({}, {})  # LDB105

async def remembered(request):
    await Book.objects.aget(pk=1)
    return application.acquire_token_for_client(["books"]), application.get_authorization_request_url(["books"])

async def anywhere(request):
    await Book.objects.aget(pk=1)
    session = OAuth2Session("client")
    url, state = session.authorization_url("https://example.com")
    session.fetch_token("https://example.com", code=state)  # LDB105
    session.get("https://example.com")  # LDB105

async def anywhere_awaited(request):
    await Book.objects.aget(pk=1)
    async with AsyncOAuth2Client("client") as client:
        url, state = client.create_authorization_url("https://example.com")
        await client.fetch_token("https://example.com", code=state)  # LDB101
        await client.get("https://example.com")  # LDB101
""",
    )
