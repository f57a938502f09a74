"""Lists and dicts of a module that are filled behind their assignment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import HEAD, agrees, view

USED = """
async def held(request, name):
    await load()
    await HANDLERS[name]("hi")  # LDB101

async def free(request, name):
    await HANDLERS[name]("hi")
    await load()
"""
HANDLER = """
async def answer(text):
    await ask(text)
"""


@pytest.mark.parametrize(
    "filled",
    [
        f"HANDLERS = {{}}\n{HANDLER}\nHANDLERS['answer'] = answer",
        f"HANDLERS = []\n{HANDLER}\nHANDLERS.append(answer)",
        f"HANDLERS = {{}}\ndef register(name, handler):\n    HANDLERS[name] = handler\n{HANDLER}\nregister('answer', answer)",
        f"HANDLERS = {{}}\ndef register(handler):\n    HANDLERS[handler.__name__] = handler\n    return handler\n\n@register{HANDLER}",
        "HANDLERS = {}\ndef register(name):\n    def inner(handler):\n        HANDLERS[name] = handler\n        return handler\n    return inner\n"
        f"\n@register('answer'){HANDLER}",
    ],
    ids=["item", "appended", "by a function", "by a decorator", "by a decorator with arguments"],
)
def test_what_is_registered_is_called(tmp_path: Path, filled: str) -> None:
    view(tmp_path, filled + USED)


def test_a_class_that_is_registered_elsewhere_is_made(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        HEAD
        + """
from registry import BACKENDS
import backends

async def held(request, name):
    await load()
    await BACKENDS[name]().send()  # LDB101
""",
        registry="""
BACKENDS = {}

def register(name):
    def inner(backend):
        BACKENDS[name] = backend
        return backend
    return inner
""",
        backends="""
from library.llm import ask
from registry import register

@register("model")
class Model:
    async def send(self):
        await ask("hi")
""",
    )


@pytest.mark.parametrize(
    "filled",
    [
        "HANDLERS = {}",
        "HANDLERS = []",
        f"HANDLERS = {{}}\nOTHERS = {{}}\n{HANDLER}\nOTHERS['HANDLERS'] = answer\nHANDLERS.clear()\nprint(HANDLERS)",
        f"HANDLERS = {{}}\ndef register(handler):\n    HANDLERS[0] = handler\n    return handler\n{HANDLER}\nprint(register)\nother = register\nload.register = register",
        "HANDLERS = {}\ndef register(handler):\n    HANDLERS[0] = handler\n" + "\n".join(f"# register {n}" for n in range(70)),
    ],
    ids=["nothing", "no item", "another's", "nothing is registered", "named too often"],
)
def test_what_is_not_registered_is_not_known(tmp_path: Path, filled: str) -> None:
    view(tmp_path, filled + USED.replace("  # LDB101", ""))


def test_what_another_function_of_that_name_registers_is_not_known(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        HEAD
        + """
import others
HANDLERS = {}

def register(handler):
    HANDLERS[handler.__name__] = handler
    return handler
"""
        + USED.replace("  # LDB101", ""),
        others=f"""
from library.llm import ask

def register(handler):
    return handler

@register{HANDLER}
""",
    )
