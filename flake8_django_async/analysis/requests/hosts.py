"""Hosts: who calls the project's code, and whether a request holds its connection there.

A request of Django under ASGI holds until its response has ended, a Channels consumer within one message's handler. Tasks,
management commands, tests and FastAPI apps have another life cycle: they are silent. So is a function all of whose callers,
as far as they are known, are silent.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from flake8_django_async.analysis.requests.lines import is_import
from flake8_django_async.analysis.values import UNKNOWN, ClassRef, FunctionValue, Instance, Object, Threaded, Value, options
from flake8_django_async.project.modules import Module
from flake8_django_async.source.outline import ClassSpan, FunctionSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

Host: TypeAlias = Literal["django", "channels", "fastapi", "task", "command", "test", "script", "unknown"]
SILENT: frozenset[str] = frozenset({"fastapi", "task", "command", "test", "script"})

EXAMPLE_FOLDERS = {"examples", "example", "benchmarks", "scripts"}
TEST_FOLDERS = {"tests", "test", "testing", "e2e"}
TASK_DECORATORS = {"task", "shared_task", "periodic_task", "db_task", "db_periodic_task", "actor", "defn", "job", "cron"}
TASK_WORD = re.compile(r"(^|_)(celery|task)(_|$)")
CLASS_DECORATORS = {"ray.remote"}
"""What makes a class an actor, in a process of its own."""
COMMAND_DECORATORS = {"command"}
DJANGO_HOSTS = ("channels", "ninja", "adrf", "rest_framework", "HttpRequest", "JsonResponse", "StreamingHttpResponse")
"""What a project imports that has views of Django's or handlers of Channels beside its FastAPI app."""
BOTS = {"aiogram", "discord", "livekit", "pyrogram", "telebot", "telegram", "telethon"}
"""Libraries whose own loop calls the handlers that a module gives them."""
AIOHTTP = "aiohttp.web"
DJANGO_VIEWS = ("django.http.", "django.shortcuts.", "django.urls.", "django.views.", "rest_framework.", "ninja.", "adrf.")
"""What a module with views of Django's imports from."""
GIVEN_BY_AIOHTTP = re.compile(r"def\s+\w+\(\s*(?:self\s*,\s*)?(?:request|app)\s*(?::\s*web\.\w+\s*)?[,)]")
"""What it calls: handlers are given its request, functions for the start and the end of an app that app."""
FASTAPI = {"fastapi", "starlette", "aiohttp"}
NO_REQUESTS = {"builtins", "pydantic", "enum", "msgspec"}
"""Where the bases of what is called a request come from when it is no HTTP request: a message, a form."""
MAX_CALLERS = 40
"""Places that name a function; one named more often is taken to be called from anywhere."""
MAX_FUNCTIONS = 400
"""Callers of callers that are looked at."""


class Node(NamedTuple):
    """A function by its file, its span and its class."""

    path: str
    span: FunctionSpan
    owner: ClassRef | None


class Callers(NamedTuple):
    """Who calls a function: functions of the project, and whether silent code, or code that is reported, does so directly."""

    functions: tuple[Node, ...]
    silent: bool
    reported: bool


class Hosts:
    """The host of each function, found when it is asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.silent = SILENT.difference(world.configuration.hosts)
        self._silent: dict[Node, bool] = {}
        self._callers: dict[Node, Callers] = {}
        self._paths: dict[str, Host] = {}

    def is_silent(self, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
        """Whether no request holds a connection where this function runs."""
        node = Node(module.path, span, owner)
        if node not in self._silent:
            self._silent[node] = self._only_silent_callers(node)
        return self._silent[node]

    def is_left_out(self, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
        """Whether a function is silent and need not be run; callers are looked for only where most may be a FastAPI app's."""
        if self.world.project.index.importers("fastapi"):
            return self.is_silent(module, span, owner)
        return self.own_host(module, span, owner) in self.silent

    def is_called(self, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
        """Whether functions of the project call a function, which is then no view, or not only one."""
        return owner is None and bool(self.callers_of(Node(module.path, span, owner)).functions)

    def _only_silent_callers(self, node: Node) -> bool:
        """Follow callers upwards, each once: one entry that is not silent, or not known, is enough to report."""
        seen, todo, found = {node}, [node], False
        while todo:
            current = todo.pop()
            host = self.own_host(self.world.module(current.path), current.span, current.owner)
            if host != "unknown":
                if host not in self.silent:
                    return False
                found = True
                continue
            callers = self.callers_of(current)
            if callers.reported or len(seen) > MAX_FUNCTIONS:
                return False
            found = found or callers.silent
            fresh = [caller for caller in callers.functions if caller not in seen]
            seen.update(fresh)
            todo.extend(fresh)
        return found

    # ------------------------------------------------------------ by itself

    def own_host(self, module: Module, span: FunctionSpan, owner: ClassRef | None) -> Host:
        """The host that a function's file, class or decorators tell."""
        host = self._by_path(module.path)
        if host != "unknown":
            return host
        host = self._by_decorators(module, span)
        if host == "unknown" and owner is not None:
            host = self._by_class(module, span, owner)
        if host == "unknown" and self._is_given_by_aiohttp(module, span):
            return "fastapi"
        if host == "unknown" and owner is None:
            host = self._by_request(module, span)
        if host == "unknown" and any(TASK_WORD.search(name.rpartition(".")[2]) for name in span.decorators):
            host = "task"  # a decorator of somebody's own; a view's may be of tasks, too: `@task_owner_required`
        return host

    def _is_given_by_aiohttp(self, module: Module, span: FunctionSpan) -> bool:
        """Whether the server of aiohttp calls a function or method: with its request, or with the app that starts and ends."""
        if module.path not in self._aiohttp or not is_of_aiohttp(module):
            return False
        return GIVEN_BY_AIOHTTP.search("".join(module.lines[span.header - 1 : span.header + 1])) is not None

    @cached_property
    def _aiohttp(self) -> frozenset[str]:
        return frozenset(self.world.project.index.importers("aiohttp"))

    def _by_request(self, module: Module, span: FunctionSpan) -> Host:
        """The host that a first parameter named `request` tells, by its annotation if there is one."""
        parameter = _request_of(module, span)
        if parameter is None:
            return "unknown"
        return _kind_of_request(self.world, module, parameter[1]) if parameter[1] else "django"

    def is_silent_file(self, path: str) -> bool:
        """Whether no request holds a connection anywhere in a file."""
        return self._by_path(path) in self.silent

    def _by_path(self, path: str) -> Host:
        if path not in self._paths:
            self._paths[path] = self._find_by_path(path)
        return self._paths[path]

    def _find_by_path(self, path: str) -> Host:
        top = self.world.project.top
        parts = os.path.relpath(path, top).split(os.sep) if top else [os.path.basename(path)]
        name = parts[-1]
        if (
            TEST_FOLDERS & set(parts[:-1])
            or name.startswith("test_")
            or name.endswith("_test.py")
            or name in ("conftest.py", "tests.py")
        ):
            return "test"
        if "management" in parts and "commands" in parts:
            return "command"
        if EXAMPLE_FOLDERS & set(parts[:-1]):
            return "script"
        return "unknown"

    def _by_decorators(self, module: Module, span: FunctionSpan) -> Host:
        if not span.decorators:
            return "unknown"
        named = (self.world.parse_expression(name) for name in span.decorators if name)
        frame = self.world.linker.quiet_frame(module, span.first)
        for row in self.world.linker.decorator_rows(frame, (expr for expr in named if expr is not None)):
            if row.role == "task":
                return "task"
            if row.role == "host_silent":
                return silent_host(row.path)
            if row.role in ("host_django", "api_view", "querying_decorator", "querying_decorator_factory"):
                return "django"
        for name in span.decorators:
            last = name.rpartition(".")[2]
            if last in TASK_DECORATORS:
                return "task"
            if last in COMMAND_DECORATORS:
                return "command"
            if last == "fixture":
                return "test"
        return "unknown"

    def _by_class(self, module: Module, span: FunctionSpan, owner: ClassRef) -> Host:
        roles = {
            row.role: row.path
            for base in self.world.linker.hierarchy.order(owner)
            if isinstance(base, str) and (row := self.world.models.row(base)) is not None
        }
        if "host_silent" in roles:
            return silent_host(roles["host_silent"])
        if any(name in CLASS_DECORATORS for name in self._decorators_of(module, owner)):
            return "task"
        is_handler = span.name in HANDLERS
        if "host_channels" in roles:
            return "channels"
        if "host_django" in roles and (is_handler or span.decorators):
            return "django"
        return "unknown"

    def _decorators_of(self, module: Module, owner: ClassRef) -> tuple[str, ...]:
        cls = module.outline.classes.get(owner.name) if owner.path == module.path else None
        return () if cls is None else cls.decorators

    # ------------------------------------------------------------ by its callers

    def callers_of(self, node: Node) -> Callers:
        """Who may call a function, as far as names tell."""
        if node not in self._callers:
            self._callers[node] = self._find_callers(node)
        return self._callers[node]

    def _find_callers(self, node: Node) -> Callers:
        module, span, owner = self.world.module(node.path), node.span, node.owner
        mentions = self._mentions(module, span, owner)
        if len(mentions) > MAX_CALLERS:
            makers = () if owner is None else self._makers(module, owner)
            return Callers(makers, silent=self._mostly_silent, reported=not makers and not self._mostly_silent)
        functions: list[Node] = []
        silent = reported = False
        for path, line in mentions:
            caller = self.world.module(path)
            if path == module.path and span.first <= line <= span.header:
                continue
            if not self._calls(caller, line, module, span, owner):
                continue
            around = enclosing(caller, line)
            if around is not None and path == module.path and around[0].header == span.header:
                continue  # it calls itself, or another function of its name: nobody is known to call it
            if self.is_silent_file(caller.path):
                silent = True
            elif around is not None:
                functions.append(Node(path, *around))
            elif "script" in self.silent and self._in_main(caller, line):
                silent = True
            else:
                reported = True
        if not functions and not silent and not reported:
            silent = is_of_bot(module) or is_of_aiohttp(module) or (self._mostly_silent and owner is None)
            reported = not silent
        return Callers(tuple(dict.fromkeys(functions)), silent, reported)

    def _makers(self, module: Module, owner: ClassRef) -> tuple[Node, ...]:
        """The functions outside of tests that name a class, if only such do: whatever its methods are called on is made there."""
        if self._decorators_of(module, owner) or any(isinstance(base, str) for base in self.world.linker.hierarchy.order(owner)):
            return ()  # what decorates it, or a library, may make it too
        name = owner.name.rpartition(".")[2]
        mentions = self.world.project.index.mentions(name)
        found: list[Node] = []
        for path, line in mentions if len(mentions) <= MAX_CALLERS else ():
            mentioning = self.world.module(path)
            text = "".join(mentioning.lines[line - 1 : line])
            if self._by_path(path) == "test" or re.match(rf"\s*(#|class\s+{re.escape(name)}\b)", text):
                continue
            if is_import(mentioning, line, text) and " as " not in text:
                continue
            around = enclosing(mentioning, line)
            if around is None:
                return ()
            found.append(Node(path, *around))
        return tuple(dict.fromkeys(found))

    def _mentions(self, module: Module, span: FunctionSpan, owner: ClassRef | None) -> list[tuple[str, int]]:
        """Files and lines that may use a function: a plain one where it, or its module, is imported."""
        index = self.world.project.index
        mentions = index.mentions(span.name)
        if owner is not None:
            return list(mentions)
        near = {module.path, *index.importers(span.name), *index.importers(module.name.rpartition(".")[2])}
        return [mention for mention in mentions if mention[0] in near]

    @cached_property
    def _mostly_silent(self) -> bool:
        """Whether what nobody is seen to call is silent: in a project that serves FastAPI, not Django's views."""
        index = self.world.project.index
        return bool(index.importers("fastapi")) and not any(map(index.importers, DJANGO_HOSTS))

    def _in_main(self, module: Module, line: int) -> bool:
        return any(first <= line <= last for first, last in module.outline.main)

    def _calls(self, caller: Module, line: int, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
        """Whether a line that has the function's name may really use it."""
        text = "".join(caller.lines[line - 1 : line])
        if re.match(r"\s*(#|(async\s+)?def\s)", text) or is_import(caller, line, text):
            return False
        if owner is not None:
            return re.search(rf"\.\s*{re.escape(span.name)}\b", text) is not None
        if caller.path == module.path:
            return re.search(rf"(?<![\w.'\"]){re.escape(span.name)}\b", text) is not None
        known = self.world.linker.module_name(caller, span.name)
        if self._is_this(known, module, span):
            return True
        # `from x import f as g`, `x.f`, imports inside functions
        return re.search(rf"\.\s*{re.escape(span.name)}\b", text) is not None or any(
            re.search(rf"\bimport\b.*\b{re.escape(span.name)}\b", other) for other in caller.lines[: line - 1]
        )

    def _is_this(self, value: Value, module: Module, span: FunctionSpan) -> bool:
        for option in options(value):
            while isinstance(option, Threaded):
                option = option.function
            if isinstance(option, FunctionValue) and option.ref.path == module.path and option.ref.line == span.first:
                return True
        return False


def silent_host(path: str) -> Host:
    """Which host the library's class or decorator at this path stands for."""
    top = path.partition(".")[0]
    if ".management." in path:
        return "command"
    if top in ("unittest", "pytest") or path.startswith("django.test."):
        return "test"
    return "fastapi" if top in (*FASTAPI, "fastmcp") else "task"


def is_of_bot(module: Module) -> bool:
    """Whether what nobody is seen to call in a module is likely called by a chat bot's loop: no request holds there."""
    return any(statement.level == 0 and statement.module.partition(".")[0] in BOTS for statement in module.outline.imports)


def is_of_aiohttp(module: Module) -> bool:
    """Whether a module serves requests of aiohttp, which end without Django; one that knows Django's requests may serve those."""
    imports = [each for each in module.outline.imports if not each.level]
    serves = any(AIOHTTP in (each.module, f"{each.module}.{each.member}") for each in imports)
    return serves and not any(f"{each.module}.".startswith(DJANGO_VIEWS) for each in imports)


def takes_request(world: World, module: Module, span: FunctionSpan) -> bool:
    """Whether a function looks like a view: its first parameter is the request, and no other kind of one by its annotation."""
    parameter = _request_of(module, span)
    return parameter is not None and (not parameter[1] or _kind_of_request(world, module, parameter[1]) == "django")


def _request_of(module: Module, span: FunctionSpan) -> re.Match[str] | None:
    header = "".join(module.lines[span.header - 1 : span.header + 1])
    return re.search(r"def\s+\w+\s*(?:\[[^\]]*\])?\(\s*request\b(?:\s*:\s*([\w.\"']+))?", header)


def _kind_of_request(world: World, module: Module, annotation: str) -> Host:
    """Whose request an annotation names; Django's where that is not known."""
    expr = world.parse_expression(annotation.strip("\"'"))
    known = world.linker.annotation(world.linker.quiet_frame(module), expr) if expr is not None else UNKNOWN
    for option in options(known):
        if isinstance(option, Instance):
            libraries = [base for base in world.linker.hierarchy.order(option.type) if isinstance(base, str)]
        elif isinstance(option, Object):
            libraries = [option.type]
        else:
            continue
        tops = {library.partition(".")[0] for library in libraries}
        if tops & FASTAPI:
            return "fastapi"
        if not tops - NO_REQUESTS:
            return "unknown"
    return "django"


HANDLERS = {
    "get", "post", "put", "patch", "delete", "head", "options", "trace", "dispatch", "list", "create", "retrieve", "update",
    "partial_update", "destroy", "perform_create", "perform_update", "perform_destroy", "__call__", "process_request",
    "process_view", "process_response", "form_valid", "form_invalid", "get_context_data", "get_object", "get_queryset",
    "get_redirect_url", "save_model", "delete_model",
}  # fmt: skip


def enclosing(module: Module, line: int) -> tuple[FunctionSpan, ClassRef | None] | None:
    """The outermost function around a line, and its class."""
    for spans in module.outline.functions.values():
        for span in spans:
            if span.first <= line <= span.last:
                return span, None
    for name, cls in module.outline.classes.items():
        if cls.first <= line <= cls.last:
            return _enclosing_method(cls, ClassRef(module.path, name), line)
    return None


def _enclosing_method(span: ClassSpan, cls: ClassRef, line: int) -> tuple[FunctionSpan, ClassRef] | None:
    for methods in span.methods.values():
        for method in methods:
            if method.first <= line <= method.last:
                return method, cls
    for name, inner in span.classes.items():
        if inner.first <= line <= inner.last:
            return _enclosing_method(inner, ClassRef(cls.path, f"{cls.name}.{name}"), line)
    return None
