"""Summaries: each is computed once, also in circles, and a function keeps its own however many arguments it is called with."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.analysis.engine import analyse
from flake8_django_async.check import check, world_of
from flake8_django_async.project.modules import Project
from tests.analysis.saying import HEAD, claimed, said, view
from tests.trial import lay_out


def numbered(text: str, count: int) -> str:
    """A text once for each number, NEXT being the one after it."""
    return "".join(text.replace("NEXT", str(number + 1)).replace("N", str(number)) for number in range(count))


def test_what_is_called_twice_at_each_level_is_analysed_once(tmp_path: Path) -> None:
    helpers = numbered("async def helperN():\n    await helperNEXT()\n    await helperNEXT()\n\n", 40)
    view(tmp_path, f"{helpers}async def helper40():\n    await ask('hi')\n\nasync def page(request):\n    await load()\n    await helper0()  # LDB101\n")


def test_a_circle_in_which_each_is_called_twice_is_analysed_in_a_few_rounds(tmp_path: Path) -> None:
    helpers = numbered("async def helperN(n):\n    await helperNEXT(n)\n    await helperNEXT(n)\n\n", 24)
    last = "async def helper24(n):\n    if n:\n        await helper0(n - 1)\n        await helper0(n - 2)\n    await ask('hi')\n\n"
    view(tmp_path, f"{helpers}{last}async def page(request):\n    await load()\n    await helper0(3)  # LDB101\n")


CALLS = 120
"""More than the summaries that a function may have."""


def test_a_nested_function_keeps_what_it_closed_over_however_it_is_called(tmp_path: Path) -> None:
    given = numbered("def givenN():\n    pass\n\n", CALLS)
    calls = numbered("async def pageN(request):\n    await load()\n    await asking(givenN)  # LDB101\n\n", CALLS)
    maker = "def make(function):\n    async def inner(given):\n        await function('hi')\n    return inner\n\nasking = make(ask)\n\n"
    view(tmp_path, given + maker + calls)


def test_what_is_called_with_too_many_arguments_is_silent_where_they_matter(tmp_path: Path) -> None:
    given = numbered("async def givenN():\n    await ask('hi')\n\n", CALLS)
    calls = numbered("async def pageN(request):\n    await load()\n    await follow(givenN)\n\n", CALLS)
    found = said(tmp_path, {"views.py": f"{HEAD}\n{given}async def follow(function):\n    await function()\n\n{calls}"})
    assert set(map(tuple, found.values())) == {("LDB101",)}
    assert 0 < len(found) < CALLS


def test_functions_share_no_limit(tmp_path: Path) -> None:
    given = numbered("async def givenN():\n    await ask('hi')\n\n", 60)
    follow = "async def one(function):\n    await function()\n\nasync def other(called):\n    await called()\n\n"
    calls = numbered(
        "async def pageN(request):\n    await load()\n    await one(givenN)  # LDB101\n    await other(givenN)  # LDB101\n\n", 60
    )
    view(tmp_path, given + follow + calls)


def test_recursion_with_ever_new_arguments_is_one_summary_more(tmp_path: Path) -> None:
    body = """
async def retry(function):
    await function()
    await retry(functools.partial(function, 1))

async def page(request):
    await load()
    await retry(load)
"""
    path = lay_out(tmp_path, {"manage.py": "", "views.py": f"import functools\n{HEAD}{body}"}) / "views.py"
    project = Project.for_file(str(path))
    world = world_of(project, str(path))
    analyse(world, project.module(str(path)))
    assert 0 < sum(entry.function.ref.name == "retry" for entry in world.summaries.known) <= 4


def test_what_one_file_calls_with_too_many_arguments_another_may_call(tmp_path: Path) -> None:
    """In one process, as flake8 looks at them."""
    given = numbered("async def givenN():\n    pass\n\n", CALLS)
    calls = numbered("async def pageN(request):\n    await follow(givenN)\n\n", CALLS)
    follow = f"{HEAD}\nasync def follow(function):\n    await function('hi')\n"
    views = f"{HEAD}\nfrom library.follow import follow\n\nasync def page(request):\n    await load()\n    await follow(ask)  # LDB101\n"
    files = {"library/follow.py": follow, "many.py": f"from library.follow import follow\n{given}{calls}", "views.py": views}
    assert said(tmp_path, files, "many.py") == {}
    assert {each.line: [each.code] for each in check(str(tmp_path / "views.py"))} == claimed(tmp_path)
