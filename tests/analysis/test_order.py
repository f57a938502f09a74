"""What is said of a function does not depend on which functions, and which files, were followed before it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from flake8_django_async.analysis.requests.hosts import Node
from flake8_django_async.analysis.values import Closure
from flake8_django_async.check import check, world_of
from flake8_django_async.project.modules import Project
from tests.analysis.saying import HEAD, agrees, claimed, said
from tests.trial import lay_out


def in_every_order(folder: Path, files: Mapping[str, str]) -> None:
    """Files whose lines end in what is said of them, linted in each order by one process."""
    texts = {name: f"{HEAD}\n{text}" for name, text in files.items()}
    for number, names in enumerate(itertools.permutations(files)):
        place = folder / str(number)
        said(place, texts, names[0])
        for name in names:
            found = {diagnostic.line: [diagnostic.code] for diagnostic in check(str(place / name))}
            assert found == claimed(place, name), f"{name} in the order {names}"


def test_equal_closures_of_two_frames(tmp_path: Path) -> None:
    body = """
async def one(request):
    await helper(Book)
    await ask("hi")  # LDB101

async def two(request):
    await helper(Author)
    await ask("hi")  # LDB101

async def helper(model):
    def f():
        return g()
    def g():
        return model.objects.count()
    await sync_to_async(f)()
"""
    agrees(tmp_path, f"{HEAD}\n{body}")


def test_a_closure_that_is_given_before_and_after_its_names_are_bound(tmp_path: Path) -> None:
    body = """
async def silent(request):
    await outer(str)
    await ask("hi")

async def held(request):
    await outer(Book)
    await ask("hi")  # LDB101

async def outer(thing):
    def f():
        return bound.objects.count()
    bound = thing
    await helper(f)

async def helper(f):
    await sync_to_async(f)()
"""
    agrees(tmp_path, f"{HEAD}\n{body}")


def test_a_function_that_calls_itself_with_another_function(tmp_path: Path) -> None:
    """Whether others have called it so before makes no difference."""
    helpers = """
async def turn(then, times):
    await then()
    if times:
        await turn(load, times - 1)
"""
    others = """
from helpers import turn

async def others(request):
    await turn(load, 1)
    await ask("hi")  # LDB101
"""
    views = """
from helpers import turn

async def view(request):
    await turn(release, 1)
    await ask("hi")  # LDB101
"""
    in_every_order(tmp_path, {"helpers.py": helpers, "others.py": others, "views.py": views})


def test_functions_that_call_each_other_and_block(tmp_path: Path) -> None:
    helpers = """
import time

def f(n):
    if n:
        g(n)
    pause()

def g(n):
    f(n - 1)

def pause():
    time.sleep(5)
"""
    others = """
from helpers import g

def h(request):
    Book.objects.count()
    g(3)  # LDB105
"""
    views = """
from others import h

async def view(request):
    await sync_to_async(h)(request)
"""
    in_every_order(tmp_path, {"helpers.py": helpers, "others.py": others, "views.py": views})


def test_what_may_block_is_told_alike_of_all_in_a_circle(tmp_path: Path) -> None:
    """Of ten circles, for the words of a function come in an order that hashes make."""
    circle = "def fN(n):\n    gN(n)\n    pauseN()\n\ndef gN(n):\n    fN(n)\n\ndef pauseN():\n    time.sleep(5)\n\n"
    text = "import time\n\n" + "".join(circle.replace("N", str(number)) for number in range(10))
    path = str(lay_out(tmp_path, {"manage.py": "", "helpers.py": text}) / "helpers.py")
    project = Project.for_file(path)
    module, world = project.module(path), world_of(project, path)
    nodes = [Node(path, spans[-1], None) for spans in module.outline.functions.values()]
    assert [node.span.name for node in nodes if not world.reaching.may_block(node)] == []


def test_a_helper_between_a_wrapper_and_its_function(tmp_path: Path) -> None:
    wrappers = """
import functools

async def call(function, request):
    return await function(request)

def counted(function):
    @functools.wraps(function)
    async def wrapper(request):
        await Book.objects.acount()
        return await call(function, request)
    return wrapper

@counted
async def inner(request):
    await ask("hi")  # LDB101
"""
    views = """
from wrappers import inner

async def view(request):
    await Book.objects.acount()
    await inner(request)  # LDB101
"""
    in_every_order(tmp_path, {"wrappers.py": wrappers, "views.py": views})


def test_what_a_middleware_does_for_certain_and_a_view_perhaps(tmp_path: Path) -> None:
    middleware = """
import random

def maybe():
    if random.random() > 0.5:
        Book.objects.count()

class Middleware:
    def __init__(self, get_response):
        self.get_response = get_response
    def __call__(self, request):
        return self.get_response(request)
    def process_view(self, request, view, args, options):
        maybe()
"""
    views = """
from middleware import maybe

async def free(request):
    await ask("hi")

async def held(request):
    await sync_to_async(maybe)()
    await ask("hi")  # LDB101
"""
    settings = 'MIDDLEWARE = ["middleware.Middleware"]\n'
    agrees(tmp_path, f"{HEAD}\n{views}", middleware=f"{HEAD}\n{middleware}", settings=settings)


def test_what_a_closure_is_sorted_by_does_not_tell_when_it_was_made() -> None:
    assert repr(Closure(99)) == repr(Closure(100))
