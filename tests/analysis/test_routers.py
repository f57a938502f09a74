"""django-ninja's routers: authentication of the API or router that one is added to."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees

API = """
from ninja import NinjaAPI, Router
from library.models import Author
from views import inner, open_router, router

async def author(request):
    return await Author.objects.afirst()

def nobody(request):
    return True

outer = Router()
outer.add_router("inner/", inner)

api = NinjaAPI(auth=author)
api.add_router("books/", router)
api.add_router("outer/", outer)
api.add_router("open/", open_router, auth=nobody)
"""


def test_operations_of_routers(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from ninja import Router
from library.llm import ask

router = Router()
inner = Router()
open_router = Router()

@router.get("/")
async def of_the_api(request):
    await ask("hi")  # LDB101

@router.get("/open", auth=None)
async def without(request):
    await ask("hi")

@inner.get("/")
async def two_deep(request):
    await ask("hi")  # LDB101

@open_router.get("/")
async def of_the_addition(request):
    await ask("hi")
""",
        api=API,
    )


def test_routers_by_text_and_by_module(tmp_path: Path) -> None:
    """Also one that is the router of nothing, and one that is added to itself."""
    agrees(
        tmp_path,
        """
from ninja import Router
from library.llm import ask

by_text = Router()
by_module = Router()
alone = Router()
around = Router()
around.add_router("/", around)
routers = {"table": Router()}

@by_text.get("/")
async def text(request):
    await ask("hi")  # LDB101

@by_module.get("/")
async def module(request):
    await ask("hi")  # LDB101

@alone.get("/")
async def nowhere(request):
    await ask("hi")

@around.get("/")
async def circle(request):
    await ask("hi")

@routers["table"].get("/")
async def table(request):
    await ask("hi")
""",
        api="""
from ninja import NinjaAPI
from library.models import Author
import views

async def author(request):
    return await Author.objects.afirst()

api = NinjaAPI(auth=author)
api.add_router("text/", "views.by_text")
api.add_router("module/", views.by_module)
api.add_router("table/", views.routers["table"])
""",
    )
