"""Questions to the models: rows through aliases, bases and attributes; types; names that need no receiver; users' rows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from flake8_django_async.models import load
from flake8_django_async.models.load import Models, Row


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


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


def test_a_name_that_libraries_use_differently_tells_nothing(models: Models) -> None:
    assert models.unique_method("ainvoke") is not None
    assert models.unique_method("astream") is None  # iterated in langgraph, awaited in llama_index


def test_a_library_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that it builds on when that is."""
    read: list[str] = []

    def library(line: str) -> load.Library:
        found: load.Library = json.loads(line)
        read.append(found["library"])
        return found

    monkeypatch.setattr(load, "_library", library)
    models = Models()
    assert models.row("adrf.views.APIView.nonsense") is None
    assert models.row("adrf.generics.GenericAPIView.get_object")
    assert "djangorestframework" in read and "openai" not in read


def test_rows_of_the_user() -> None:
    mine = Row("shop.llm.ask", "wait", "long", why="our gateway", library="pyproject.toml")
    assert Models((mine,)).row("shop.llm.ask") == mine


def test_a_row_of_the_user_replaces_ours_by_any_path() -> None:
    mine = Row("httpx._client.AsyncClient.get", why="stubbed here")
    row = Models((mine,)).row("httpx.AsyncClient.get")
    assert row is not None and (row.effect, row.why) == (None, "stubbed here")


def test_running_needs_no_toml() -> None:
    code = "import sys, flake8_django_async.models.load as l; [*l.Models().rows()]; print({'tomllib', 'tomli'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
