"""What a project declares to depend on."""

from __future__ import annotations

from flake8_django_async.project.dependencies import is_declared
from flake8_django_async.project.modules import Project
from tests.project.conftest import LayOut


def test_all_places(lay_out: LayOut) -> None:
    home = lay_out({
        "pyproject.toml": """
            [build-system]
            requires = ["hatchling"]
            [project]
            name = "thing"
            dependencies = [
                "Django>=5.1",  # the "framework"
                "uvicorn[standard]>=0.3; python_version > '3'",
            ]
            keywords = ["shop"]
            [project.optional-dependencies]
            llm = ["openai"]
            more = [
                "cohere",
            ]
            [dependency-groups]
            dev = ['pytest_asyncio', {include-group = "x"}]
            [tool.poetry.group.dev.dependencies]
            httpx = "^0.27"
            [tool.other]
            dependencies = ["nothing"]
            """,
        "api/setup.cfg": """
            [options]
            install_requires =
                channels[daphne]>=4
                adrf
            packages = find:
            [options.extras_require]
            llm =
                groq
            [options.packages.find]
            where = src
            """,
        "api/setup.py": "setup(install_requires=['aiohttp>3', \"redis\"], packages=['own'])\n",
        "api/requirements/base.txt": "# c\n-r other.txt\nanthropic==1 \\\n    --hash=sha256:1\nhttps://x/y.whl\ncelery ; x\n",
        "requirements-dev.in": "ruff\n",
        "notes.txt": "secret\n",
        "Pipfile": '[packages]\nstripe = "*"\n[requires]\npython_version = "3"\n',
    })  # fmt: skip
    assert sorted(Project.for_file(str(home / "x.py")).dependencies) == [
        "adrf", "aiohttp", "anthropic", "celery", "channels", "cohere", "django", "groq", "httpx", "openai", "pytest-asyncio", "redis", "ruff",
        "stripe", "uvicorn",
    ]  # fmt: skip


def test_modules_of_distributions() -> None:
    names = frozenset({"pytest-asyncio", "python-dotenv", "django-ninja", "pyjwt"})
    assert all(is_declared(module, names) for module in ("pytest_asyncio", "dotenv", "ninja", "jwt"))
    assert not is_declared("shop", names)


def test_packages_of_the_same_source_tree_are_no_libraries(lay_out: LayOut) -> None:
    home = lay_out({
        "web/pyproject.toml": """
            [tool.poetry.dependencies]
            shop-core = {path = "../core", develop = true}
            httpx = {version = "^0.27", extras = ["http2"]}
            """,
        "api/pyproject.toml": """
            [project]
            name = "api"
            dependencies = ["billing", "openai"]
            [tool.uv.sources]
            billing = { workspace = true }
            """,
        "pyproject.toml": "",
    })  # fmt: skip
    assert sorted(Project.for_file(str(home / "x.py")).dependencies) == ["httpx", "openai"]
