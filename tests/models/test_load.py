"""Questions to the models: rows through aliases, bases and attributes; types; names that need no receiver; users' rows."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flake8_django_async.models.load import Models, Row, load, load_all


@pytest.fixture(scope="module")
def models() -> Models:
    return load_all()


def path_of(row: Row | None) -> str | None:
    return row.path if row else None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("httpx.AsyncClient.get", "httpx.AsyncClient.get"),
        ("httpx._client.AsyncClient.get", "httpx.AsyncClient.get"),  # an alias
        ("openai.AsyncAzureOpenAI.chat.completions.create", "openai.AsyncOpenAI.chat.completions.create"),  # a base
        ("django.http.HttpRequest.session.aget", "django.contrib.sessions.backends.base.SessionBase.aget"),  # an attribute
        ("django.contrib.auth.models.User.objects.acreate_user", "django.contrib.auth.models.UserManager.acreate_user"),
        ("django.contrib.auth.models.User.objects.aget", "django.db.models.Manager.aget"),  # an attribute's base
        ("django.db.utils.ConnectionHandler.close_all", "django.db.connections.close_all"),
        ("langgraph.graph.state.CompiledStateGraph.abatch", "langchain_core.runnables.Runnable.abatch"),  # another library's base
        ("django.contrib.auth.models.AnonymousUser.ahas_perm", None),
        ("httpx.AsyncClient.nonsense", None),
        ("nonsense", None),
    ],
)
def test_rows_are_found_by_every_path(models: Models, asked: str, found: str | None) -> None:
    assert path_of(models.row(asked)) == found


def test_a_row_of_the_class_itself_comes_before_its_bases(models: Models) -> None:
    row = models.member("langchain_core.prompts.ChatPromptTemplate", "ainvoke")
    assert row is not None and row.effect is None


def test_members_of_an_attribute_chain(models: Models) -> None:
    assert path_of(models.member("openai.AsyncOpenAI.chat.completions", "create")) == "openai.AsyncOpenAI.chat.completions.create"


def test_attributes_have_types(models: Models) -> None:
    assert models.attribute("django.http.HttpRequest", "session") == "django.contrib.sessions.backends.base.SessionBase"
    assert models.attribute("openai.AsyncAzureOpenAI", "chat") == "openai.AsyncOpenAI.chat"
    assert models.attribute("openai.AsyncOpenAI", "nonsense") is None


def test_namespaces(models: Models) -> None:
    assert models.is_namespace("django.db")
    assert models.is_namespace("openai.AsyncAzureOpenAI.chat")
    assert not models.is_namespace("openai.AsyncOpenAI.chat.completions.create")


def test_bases_come_nearest_first(models: Models) -> None:
    assert models.bases("django.contrib.auth.models.User") == (
        "django.contrib.auth.models.AbstractUser",
        "django.contrib.auth.base_user.AbstractBaseUser",
        "django.contrib.auth.models.PermissionsMixin",
        "django.db.models.Model",
    )


def test_no_type_inherits_itself(models: Models) -> None:
    assert [found.path for found in models.types() if found.path in models.bases(found.path)] == []


@pytest.mark.parametrize("name", ["aget_or_create", "aupdate_or_create", "abulk_create", "afirst", "arefresh_from_db", "get_or_create"])
def test_a_name_of_the_orm_alone(models: Models, name: str) -> None:
    row = models.unique_method(name)
    assert row is not None and (row.effect, row.library) == ("query", "django")


@pytest.mark.parametrize("name", ["aget", "aset", "adelete", "acreate", "asave", "get", "filter", "save", "_fetch_all", "__aiter__"])
def test_a_name_with_look_alikes(models: Models, name: str) -> None:
    assert models.unique_method(name) is None


def test_a_name_counts_only_where_its_library_is_imported() -> None:
    assert load(frozenset({"django"})).unique_method("ainvoke") is None
    assert load(frozenset({"langgraph"})).unique_method("ainvoke") is not None
    assert load(frozenset({"langgraph", "llama_index"})).unique_method("astream") is None  # iterated there, awaited here


def test_only_imported_libraries_are_loaded() -> None:
    loaded = load(frozenset({"httpx"}))
    assert loaded.row("httpx.get") and loaded.row("time.sleep") and loaded.row("asgiref.sync.sync_to_async")
    assert loaded.row("openai.AsyncOpenAI.chat.completions.create") is None


@pytest.mark.parametrize("module", ["google", "google.genai", "google.genai.types"])
def test_a_shared_namespace_loads_by_its_dotted_name(module: str) -> None:
    assert load(frozenset({module})).row("google.genai.Client.aio.models.generate_content")


def test_a_library_brings_what_it_builds_on() -> None:
    assert load(frozenset({"adrf"})).row("rest_framework.generics.GenericAPIView.get_object")


def test_loading_is_remembered() -> None:
    assert load(frozenset({"httpx"})) is load(frozenset({"httpx"}))


def test_rows_of_the_user() -> None:
    mine = Row("shop.llm.ask", "wait", "long", why="our gateway", library="pyproject.toml")
    assert load(frozenset(), (mine,)).row("shop.llm.ask") == mine


def test_a_row_of_the_user_replaces_ours_by_any_path() -> None:
    mine = Row("httpx._client.AsyncClient.get", why="stubbed here")
    row = load(frozenset({"httpx"}), (mine,)).row("httpx.AsyncClient.get")
    assert row is not None and (row.effect, row.why) == (None, "stubbed here")


def test_running_needs_no_toml() -> None:
    code = "import sys, flake8_django_async.models.load as l; l.load_all(); print({'tomllib', 'tomli'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
