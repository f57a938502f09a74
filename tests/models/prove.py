"""Holds the rows of one TOML file against the installed library: prints what does not exist, or happens at another moment.

    python -m tests.models.prove httpx openai

Each path is followed by `tests.models.resolve`. What a library makes at run time is made here, too, in `DYNAMIC`: a client of boto3, a
related manager of Django.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import importlib.metadata
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flake8_django_async.models.compile import paths_of, read
from flake8_django_async.models.vocabulary import RETURN_WORDS
from tests.models.resolve import Unresolved, hinted_classes, resolve, step


def prove(stem: str) -> Iterator[str]:
    """The problems of one file."""
    content = read()[stem]
    release = _release(content["library"])
    types, calls = (
        [entry for entry in content.get(kind, []) if _numbers(entry.get("since", "0")) <= release] for kind in ("type", "call")
    )
    for entry in types:
        paths = [entry["path"], *entry.get("aliases", []), *entry.get("bases", []), *entry.get("members", {}).values()]
        paths += [f"{entry['path']}.{name}" for name in entry.get("members", {})]
        yield from (problem for path in paths for problem in _problem(path, {}))
        yield from _same(entry["path"], entry.get("aliases", []))
    for call in calls:
        yield from (problem for path in paths_of(call) for problem in _problem(path, call))
        returns = call.get("returns")
        if returns and returns not in RETURN_WORDS:
            yield from _problem(returns, {})


def _release(library: str) -> tuple[int, ...]:
    return sys.version_info[:2] if library == "python" else _numbers(importlib.metadata.version(library))


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".")[:2])


def _problem(path: str, call: dict[str, Any]) -> Iterator[str]:
    if path.startswith("stream."):
        return
    try:
        found = _resolve(path)
    except Unresolved as error:
        yield str(error)
    else:
        if call.get("effect") and (moment := _moment(found, call.get("when", "await"))):
            yield f"{path}: {moment}"


def _resolve(path: str) -> Any:
    for prefix, make in DYNAMIC.items():
        if path == prefix or path.startswith(prefix + "."):
            found = make()
            for name in path[len(prefix) + 1 :].split(".") if path != prefix else ():
                try:
                    found = step(found, name)
                except Unresolved as error:
                    raise Unresolved(f"{path}: no {name!r}: {error}") from None
            return found
    return resolve(path)


def _same(path: str, aliases: list[str]) -> Iterator[str]:
    """Aliases name the same class, or a subclass (whose rows are the same)."""
    with contextlib.suppress(Unresolved):
        target = resolve(path)
        for alias in aliases:
            other = resolve(alias)
            both = inspect.isclass(target) and inspect.isclass(other)
            if both and other is not target and not issubclass(other, target):
                yield f"{alias}: another class than {path}"


def _moment(found: Any, when: str) -> str | None:
    """What speaks against a row's moment; None where nothing does."""
    function = inspect.unwrap(found) if callable(found) else found
    if getattr(function, "__name__", "") == "__aenter__":
        return None if when == "enter" else "is entered"
    if not inspect.isroutine(function):
        return None
    is_async = inspect.iscoroutinefunction(found) or inspect.iscoroutinefunction(function)
    is_lazy = inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function)
    if when == "await":
        returns = hinted_classes(function, "return")
        plain = returns and not any(hasattr(found, "__await__") or hasattr(found, "__aenter__") or found is object for found in returns)
        if is_lazy or (not is_async and plain):
            return f"is not awaited: returns {returns}"
    elif when == "call" and (is_async or inspect.isasyncgenfunction(function)):
        return "is awaited, not called"
    elif when == "iterate" and is_async:
        return "is awaited, not iterated"
    elif when == "enter" and is_async:
        return "is awaited, not entered"
    return None


def _setup_django() -> None:
    import django
    from django.conf import settings

    if not settings.configured:
        apps = [f"django.contrib.{name}" for name in ("contenttypes", "auth", "sessions", "sites", "admin", "messages")]
        if importlib.util.find_spec("rest_framework"):
            apps += ["rest_framework", "rest_framework.authtoken"]
        settings.configure(
            INSTALLED_APPS=apps,
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            SECRET_KEY="proof",
            USE_TZ=True,
        )
        django.setup()


@functools.cache
def _related_manager() -> Any:
    from django.contrib.auth.models import Group
    from django.db.models import CASCADE, ForeignKey, Model

    class Member(Model):
        """Its key may be null: only then has the manager remove() and clear()."""

        group: Any = ForeignKey(Group, CASCADE, null=True, related_name="members")

        class Meta:
            app_label = "auth"

    return vars(Group)["members"].related_manager_cls


def _many_related_manager() -> Any:
    from django.contrib.auth.models import Group

    return Group.permissions.related_manager_cls


def _generic_related_manager() -> Any:
    from django.contrib.auth.models import Group
    from django.contrib.contenttypes.fields import create_generic_related_manager
    from django.db.models import Manager

    class Relation:
        """As much of a GenericRelation's rel as the factory looks at."""

        model = Group

    return create_generic_related_manager(Manager, Relation)


def _model() -> Any:
    from django.contrib.auth.models import Group

    return Group


def _request() -> Any:
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.http import HttpRequest, HttpResponse

    request = HttpRequest()
    for middleware in (SessionMiddleware, AuthenticationMiddleware):
        middleware(lambda _: HttpResponse()).process_request(request)
    return request


def _connection() -> Any:
    from django.db import connections

    return connections["default"]


def _merged(clients: Iterable[Any]) -> type:
    """A class with the methods that any of these clients has."""
    return type("Merged", (), {name: method for client in clients for name, method in inspect.getmembers(type(client), inspect.isroutine)})


@functools.cache
def _boto_client() -> Any:
    session = importlib.import_module("boto3").Session("key", "secret", region_name="eu-west-1")
    return _merged(session.client(service) for service in AWS_SERVICES)


@functools.cache
def _aio_boto_client() -> Any:
    aioboto3 = importlib.import_module("aioboto3")

    async def clients() -> type:
        session = aioboto3.Session("key", "secret", region_name="eu-west-1")
        async with contextlib.AsyncExitStack() as stack:
            return _merged([await stack.enter_async_context(session.client(service)) for service in AWS_SERVICES])

    return asyncio.run(clients())


def _ddgs() -> Any:
    """The class behind the stand-in that the package puts in its place until it is called."""
    return importlib.import_module("ddgs.ddgs").DDGS


AWS_SERVICES = (
    "bedrock-runtime", "s3", "sqs", "sns", "ses", "dynamodb", "secretsmanager", "ssm", "lambda", "stepfunctions", "events", "firehose",
    "textract", "polly", "translate", "sts", "transcribe",
)  # fmt: skip
RELATED = "django.db.models.fields.related_descriptors"
DYNAMIC: dict[str, Callable[[], Any]] = {
    f"{RELATED}.RelatedManager": _related_manager,
    f"{RELATED}.ManyRelatedManager": _many_related_manager,
    "django.db.models.manager.RelatedManager": _related_manager,
    "django.db.models.manager.ManyRelatedManager": _many_related_manager,
    "aiobotocore.client.AioBaseClient": _aio_boto_client,
    "botocore.client.BaseClient": _boto_client,
    "ddgs.DDGS": _ddgs,
    "django.db.connection": _connection,
    "django.db.models.Model": _model,
    "django.http.HttpRequest": _request,
    "django.contrib.contenttypes.fields.GenericRelatedObjectManager": _generic_related_manager,
}


def main(stems: list[str]) -> int:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or importing it asks the network
    with contextlib.suppress(ImportError):
        _setup_django()
    problems = [f"{stem}.toml: {problem}" for stem in stems for problem in dict.fromkeys(prove(stem))]
    print("\n".join(problems))
    return len(problems)


if __name__ == "__main__":
    raise SystemExit(bool(main(sys.argv[1:] or list(read()))))
