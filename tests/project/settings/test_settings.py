"""What is known of Django's settings without running them."""

from __future__ import annotations

import math
from contextlib import nullcontext
from pathlib import Path

import pytest

from flake8_django_async.project.modules import Project
from flake8_django_async.project.settings import UNKNOWN, Settings, Table
from tests.project.conftest import LayOut

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")\n'


def settings_of(home: Path, path: str = "views.py") -> Settings:
    path = str(home / path)
    return Settings.of(Project.for_file(path), path)


def below(home: Path, settings: Settings) -> list[str]:
    return [path.removeprefix(f"{home}/") for path in settings.modules]


def test_without_settings_everything_has_its_default(lay_out: LayOut) -> None:
    settings = settings_of(lay_out({"manage.py": ""}))
    assert settings.modules == ()
    assert settings.session_engine() == "django.contrib.sessions.backends.db"
    assert settings.cache_backend() == "django.core.cache.backends.locmem.LocMemCache"
    assert settings.auth_user_model() == "auth.User"
    assert (settings.conn_max_age(), settings.atomic_requests(), settings.middleware()) == (0, False, ())
    assert settings.has_pool() is None and settings.engine() is None and settings.aliases() is None


def test_a_project_of_the_measured_cases(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": "",
        "settings.py": """
            ROOT_URLCONF = "views"
            DATABASES = {
                alias: {
                    "ENGINE": "django.db.backends.postgresql",
                    "CONN_MAX_AGE": 0,
                    "OPTIONS": {"pool": {"min_size": 1}},
                }
                for alias in ("default", "other")
            }
            ATOMIC_REQUESTS = True
            """,
    })  # fmt: skip
    settings = settings_of(home)
    assert settings.aliases() == frozenset({"default", "other"})
    assert settings.engine("other") == "django.db.backends.postgresql"
    assert settings.has_pool() is True and settings.conn_max_age() == 0 and settings.atomic_requests() is False
    assert settings.line("DATABASES", "default", "CONN_MAX_AGE") == (f"{home}/settings.py", 5)


@pytest.mark.parametrize(
    "runner",
    [
        {"manage.py": MANAGE.format("config.prod")},
        {"config/asgi.py": MANAGE.format("config.prod")},
        {"manage.py": 'os.environ[\n  "DJANGO_SETTINGS_MODULE"] = "config.prod"\n'},
        {"manage.py": "", "pyproject.toml": '[tool.pytest.ini_options]\nDJANGO_SETTINGS_MODULE = "config.prod"\n'},
        {"manage.py": "", "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = config.prod\n"},
    ],
    ids=["manage", "asgi", "environ", "pyproject", "pytest.ini"],
)
def test_the_module_that_is_named_counts(lay_out: LayOut, runner: dict[str, str]) -> None:
    home = lay_out({
        "config/__init__.py": "", "config/prod.py": "SESSION_ENGINE = 'a'\n", "config/settings.py": "INSTALLED_APPS = []\n",
        "setup.py": "", **runner,
    })  # fmt: skip
    assert below(home, settings_of(home)) == ["config/prod.py"]
    assert settings_of(home).session_engine() == "a"


def test_values_that_differ_are_unknown(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": MANAGE.format("config.local"), "config/asgi.py": MANAGE.format("config.prod"), "config/__init__.py": "",
        "config/base.py": "AUTH_USER_MODEL = 'a.B'\nDATABASES = {'default': {'ENGINE': 'x', 'CONN_MAX_AGE': 0}}\n",
        "config/local.py": "from .base import *\nSESSION_ENGINE = 'here'\n",
        "config/prod.py": "from .base import *\nDATABASES['default']['CONN_MAX_AGE'] = 60\n",
    })  # fmt: skip
    settings = settings_of(home)
    assert below(home, settings) == ["config/local.py", "config/prod.py"]
    assert settings.auth_user_model() == "a.B"
    assert settings.engine() == "x" and settings.conn_max_age() is None and settings.session_engine() is None


def test_each_project_of_a_repository_has_its_own(lay_out: LayOut) -> None:
    home = lay_out({
        ".git/": "",
        "a/manage.py": MANAGE.format("site_a.settings"), "a/site_a/settings.py": "SESSION_ENGINE = 'a'\n",
        "b/manage.py": MANAGE.format("site_b.settings"), "b/site_b/settings.py": "SESSION_ENGINE = 'b'\n",
    })  # fmt: skip
    assert settings_of(home, "a/shop/views.py").session_engine() == "a"
    assert settings_of(home, "b/views.py").session_engine() == "b"
    assert settings_of(home, "plugins/views.py").session_engine() is None


def test_a_package_that_sets_nothing_stands_for_its_modules(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": MANAGE.format("config.settings"), "config/__init__.py": "", "config/settings/__init__.py": "",
        "config/settings/base.py": "INSTALLED_APPS = ['a']\n", "config/settings/test.py": "from .base import *\nINSTALLED_APPS = []\n",
    })  # fmt: skip
    assert below(home, settings_of(home)) == ["config/settings/base.py"]


def test_settings_of_tests_do_not_count_where_there_are_others(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": MANAGE.format("conf.test") + MANAGE.format("conf.prod"), "conf/__init__.py": "",
        "conf/test.py": "SESSION_ENGINE = 'test'\n", "conf/prod.py": "SESSION_ENGINE = 'prod'\n",
    })  # fmt: skip
    assert settings_of(home).session_engine() == "prod"


def test_modules_named_settings_that_are_none_of_django(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": "", "lib/settings.py": "API_KEY = 1\n", "site/settings.py": "INSTALLED_APPS: list[str] = []\n"})
    assert below(home, settings_of(home)) == ["site/settings.py"]


def one(lay_out: LayOut, text: str, **others: str) -> Settings:
    files = {"manage.py": MANAGE.format("conf.settings"), "conf/__init__.py": ""}
    files |= {f"conf/{name}.py": source for name, source in others.items()}
    return settings_of(lay_out({**files, "conf/settings.py": text}))


def test_no_age_is_for_ever(lay_out: LayOut) -> None:
    settings = one(
        lay_out, "DATABASES = {'default': {'CONN_MAX_AGE': None}, 'b': {'CONN_MAX_AGE': 2 * 60}, 'c': {'CONN_MAX_AGE': 'x'}}"
    )
    assert [settings.conn_max_age(alias) for alias in ("default", "b", "c", "d")] == [math.inf, 120, None, None]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("{'OPTIONS': {'pool': True}}", True),
        ("{'OPTIONS': {'pool': {'min_size': env('X')}}}", True),
        ("{'OPTIONS': {'pool': {}}}", False),
        ("{'OPTIONS': {'pool': False}}", False),
        ("{'OPTIONS': {}}", False),
        ("{}", False),
        ("{'OPTIONS': {'pool': env('X')}}", None),
        ("{**env.db()}", None),
        ("env.db()", None),
    ],
)
def test_pools(lay_out: LayOut, options: str, expected: bool | None) -> None:
    assert one(lay_out, f"DATABASES = {{'default': {options}}}").has_pool() is expected


def test_caches(lay_out: LayOut) -> None:
    settings = one(
        lay_out, "CACHES = {'default': {'BACKEND': env('X')}, 'db': {'BACKEND': 'django.core.cache.backends.db.DatabaseCache'}}"
    )
    assert settings.cache_backend() is None and settings.cache_backend("missing") is None
    assert settings.cache_backend("db") == "django.core.cache.backends.db.DatabaseCache"


def test_lists(lay_out: LayOut) -> None:
    settings = one(
        lay_out,
        """
        from .base import *
        MIDDLEWARE = ["first", *MIDDLEWARE]
        MIDDLEWARE += ("last",)
        MIDDLEWARE.insert(1, "second")
        AUTHENTICATION_BACKENDS = AUTHENTICATION_BACKENDS + other_backends()
        ASGI_APPLICATION = "conf.asgi.application"
        """,
        base="MIDDLEWARE = ['m']\nAUTHENTICATION_BACKENDS = ['a']\n",
    )
    assert settings.middleware() == ("first", "second", "m", "last")
    assert settings.get("AUTHENTICATION_BACKENDS") is UNKNOWN
    assert settings.asgi_application() == "conf.asgi.application"


DATABASE = "DATABASES = {'default': {'CONN_MAX_AGE': 1}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DATABASES = {'default': {'CONN_MAX_AGE': 60}}", 60),
        ("AGE = 30\nDATABASES = {'default': {'CONN_MAX_AGE': AGE + 1}}", 31),
        ("DATABASES = {'default': {'CONN_MAX_AGE': int(os.environ.get('AGE', 0))}}", None),
        ("DATABASES = {'default': env.db('X')}\nDATABASES['default']['CONN_MAX_AGE'] = 5", 5),
        ("DATABASES = {'default': env.db('X')}", None),
        ("DATABASES = env.dbs()\nDATABASES['default']['CONN_MAX_AGE'] = 5", 5),
        ("DATABASES = {'default': dj_database_url.config(conn_max_age=600)}", 600),
        ("DATABASES = {'default': dj_database_url.parse('x')}", 0),
        ("DATABASES = {'default': dict(CONN_MAX_AGE=7)}", 7),
        ("D = {'CONN_MAX_AGE': 7}\nDATABASES = {'default': D}\nD['CONN_MAX_AGE'] = 8", 8),
        (DATABASE + "DATABASES['default'].update(CONN_MAX_AGE=2)", 2),
        (DATABASE + "DATABASES['default'].update({'CONN_MAX_AGE': 2})", 2),
        (DATABASE + "DATABASES['default'].update(env.db())", None),
        (DATABASE + "DATABASES['default'] |= {'CONN_MAX_AGE': 2}", 2),
        (DATABASE + "DATABASES['default'].setdefault('CONN_MAX_AGE', 2)", 1),
        (DATABASE + "DATABASES['default'].pop('CONN_MAX_AGE')", 0),
        (DATABASE + "change(DATABASES)", None),
        (DATABASE + "django_heroku.settings(locals())", None),
        (DATABASE + "globals().update(x)", None),
        (DATABASE + "for alias in DATABASES:\n    DATABASES[alias]['CONN_MAX_AGE'] = 9", 9),
        (DATABASE + "for alias in aliases():\n    DATABASES[alias]['CONN_MAX_AGE'] = 9", None),
        (DATABASE + "while x:\n    DATABASES = y", None),
        (DATABASE + "if os.environ.get('X'):\n    DATABASES['default']['CONN_MAX_AGE'] = 2", None),
        (DATABASE + "if os.environ.get('X'):\n    OTHER = 2", 1),
        (DATABASE + "DEBUG = False\nif DEBUG:\n    DATABASES['default']['CONN_MAX_AGE'] = 2", 1),
        (DATABASE + "DEBUG = False\nif not DEBUG:\n    DATABASES['default']['CONN_MAX_AGE'] = 2", 2),
        (DATABASE + "if not env('X'):\n    DATABASES = {}\n    raise ImproperlyConfigured", 1),
        (DATABASE + "DATABASES['default']['CONN_MAX_AGE'] = 0 if env('X') else 60", None),
        (DATABASE + "try:\n    from .local import *\nexcept ImportError:\n    pass", 1),
        (DATABASE + "try:\n    from local_settings import *\nexcept ImportError:\n    pass", 1),
        (DATABASE + "try:\n    from .there import *\nexcept ImportError:\n    pass", 3),
        (DATABASE + "try:\n    import fast\n    DATABASES = {}\nexcept ImportError:\n    pass", None),
        (DATABASE + "try:\n    x = env('X')\nexcept KeyError:\n    DATABASES = {}", None),
        (DATABASE + "from foreign.settings import *", None),
        ("from foreign.settings import *\n" + DATABASE, 1),
        ("from foreign.settings import *", None),
        ("from .there import DATABASES", 3),
        ("from .there import DATABASES as D\nDATABASES = {**D}", 3),
        ("from .circle import *", None),
        ("from split_settings.tools import include, optional\ninclude('there.py', optional('missing.py'))", 3),
        ("from configurations import Configuration\nclass Prod(Configuration):\n    DATABASES = {}", None),
        ("match x:\n    case 1:\n        DATABASES = {}", None),
        ("DATABASES: dict[str, object] = {'default': {'CONN_MAX_AGE': 4}}", 4),
        ("DATABASES, X = {'default': {'CONN_MAX_AGE': 4}}, 1", 4),
        ("A = {}\nA['x'] = A\nDATABASES = {'default': {'CONN_MAX_AGE': 4}, 'a': A}", 4),
        ("raise SystemExit", 0),
        ("x = (", None),
    ],
)
def test_ways_to_set_the_age(lay_out: LayOut, text: str, expected: float | None) -> None:
    others = {"there": "DATABASES = {'default': {'CONN_MAX_AGE': 3}}\n", "circle": "from .settings import *\n"}
    assert one(lay_out, text, **others).conn_max_age() == expected


AGE = "DATABASES['default']['CONN_MAX_AGE'] = "


@pytest.mark.parametrize(
    "text",
    [
        "AGES = {'a': 2}\nDATABASES['default']['CONN_MAX_AGE'] = AGES.get('a')",
        "AGES = {'a': 2}\nDATABASES['default']['CONN_MAX_AGE'] = AGES.get('b', 5)",
        AGE + '-1',
        AGE + '5 - 2',
        AGE + '6 / 2',
        "DEBUG = False\nDATABASES['default']['CONN_MAX_AGE'] = 0 if DEBUG else 60",
        "DEBUG = False\nDATABASES['default']['CONN_MAX_AGE'] = DEBUG or 60",
        AGE + 'True and 60',
        "if 'default' in DATABASES:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "if 'x' not in DATABASES:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "if 3 > 2:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "if 3 <= 2:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "if 'a' == 'b':\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "if 'a' in 'abc':\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "MODE = None\nif MODE is None:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "if {}:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "with open('x') as file:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "A = [1]\nA.append(2)\nA.extend([3])\nA.remove(1)\nDATABASES['default']['CONN_MAX_AGE'] = A[0]",
        "A = [1, 2]\nDATABASES['default']['CONN_MAX_AGE'] = A.copy()[-1]",
        "MODE = 'PROD'\nif MODE.lower() == 'prod':\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "D = DATABASES['default'].copy()\nD['CONN_MAX_AGE'] = 2",
        "import copy\nD = copy.deepcopy(DATABASES)\nD['default']['CONN_MAX_AGE'] = 2",
        "for alias, database in DATABASES.items():\n    database['CONN_MAX_AGE'] = 2",
        "for alias in DATABASES.keys():\n    DATABASES[alias]['CONN_MAX_AGE'] = 2",
        "for database in DATABASES.values():\n    database['CONN_MAX_AGE'] = 2",
        "for database in list(DATABASES.values()):\n    database['CONN_MAX_AGE'] = 2",
        AGE + '(age := 5)',
        "DATABASES['default'].setdefault('X', 2)",
        "DATABASES['default'].setdefault('X', {})['CONN_MAX_AGE'] = 3",
        "first, *rest = [2, 3]\nDATABASES['default']['CONN_MAX_AGE'] = first",
        AGE + "dict({'a': 2})['a']",
        AGE + "dict(a=2)['a']",
        "DATABASES['default'] = {k: v for k, v in DATABASES['default'].items()}",
        "X = ('a', 2)\nDATABASES['default']['CONN_MAX_AGE'] = X[1]",
        AGE + 'True',
        'DATABASES = DATABASES or {}',
        "DATABASES |= {'b': {}}",
        "DATABASES = DATABASES | {'default': {'CONN_MAX_AGE': 9}}",
    ],
)
def test_values_are_those_of_python(lay_out: LayOut, text: str) -> None:
    names: dict[str, dict[str, dict[str, float]]] = {}
    exec(DATABASE + text, {"open": nullcontext}, names)
    assert one(lay_out, DATABASE + text).conn_max_age() == names["DATABASES"]["default"]["CONN_MAX_AGE"]


@pytest.mark.parametrize(
    "text",
    [
        "if 1 < 2 < 3:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        "A = [1, 2]\nA.sort()\nDATABASES['default']['CONN_MAX_AGE'] = A[0]",
        "A = [1, 2]\nDATABASES['default']['CONN_MAX_AGE'] = A.index(2)",
        "import copy\nD = copy.copy(DATABASES)\nD['default']['CONN_MAX_AGE'] = 2",
        "for alias in DATABASES:\n    if alias == 'x':\n        continue\n    DATABASES[alias]['CONN_MAX_AGE'] = 2",
        "for age in (2, 3):\n    DATABASES['default']['CONN_MAX_AGE'] = age\n    break",
        "first, *rest = [2, 3]\nDATABASES['default']['CONN_MAX_AGE'] = rest[0]",
        "del DATABASES['default']['CONN_MAX_AGE']",
        "try:\n    x = 1\nexcept NameError as error:\n    DATABASES['default']['CONN_MAX_AGE'] = 2",
        AGE + "dict([('a', 2)])['a']",
        "DATABASES['default'].clear()",
        "def f():\n    return 2\nDATABASES['default']['CONN_MAX_AGE'] = f()",
        AGE + "int('5')",
        AGE + 'int(5.5)',
        AGE + 'float(5)',
        AGE + 'len([1])',
        AGE + 'min(1, 2)',
        AGE + "env('X') or 60",
        "if env('X') in DATABASES:\n    " + AGE + "2",
    ],
)
def test_what_is_not_followed_is_unknown(lay_out: LayOut, text: str) -> None:
    assert one(lay_out, DATABASE + text).conn_max_age() is None


def test_a_function_of_the_project_that_only_reads_all_names(lay_out: LayOut) -> None:
    text = DATABASE + "from .plugins import load\nAPPS = load(locals())\n"
    assert one(lay_out, text, plugins="def load(settings):\n    return settings['X']\n").conn_max_age() == 1
    Project.forget_all()
    assert one(lay_out, text, plugins="def load(settings):\n    settings['X'] = 1\n").conn_max_age() is None


def test_where_a_setting_is_set(lay_out: LayOut) -> None:
    settings = one(
        lay_out,
        """
        from .base import *

        DATABASES["default"]["CONN_MAX_AGE"] = 60
        """,
        base="DEBUG = True\nDATABASES = {\n    'default': {\n        'ENGINE': 'x',\n    },\n}\n",
    )
    (path,) = settings.modules
    base = path.replace("settings.py", "base.py")
    assert settings.line("DATABASES", "default", "CONN_MAX_AGE") == (path, 3)
    assert settings.line("DATABASES", "default", "ENGINE") == (base, 4)
    assert settings.line("DEBUG") == (base, 1)
    assert settings.line("DATABASES", "other") is None and settings.line("CACHES") is None


def test_a_changed_file_is_read_again(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": MANAGE.format("settings"), "settings.py": "SESSION_ENGINE = 'one'\n"})
    settings = settings_of(home)
    assert settings_of(home) is settings and settings.session_engine() == "one"
    (home / "settings.py").write_text("SESSION_ENGINE = 'other'\n")
    assert settings_of(home).session_engine() == "other"
    (home / "new.py").write_text("SESSION_ENGINE = 'new'\n")
    (home / "manage.py").write_text(MANAGE.format("new") + "\n")
    Project.forget_all()
    assert settings_of(home).session_engine() == "new"


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 10_000 + "]" * 10_000,
        "x = 9 ** 9 ** 9 ** 9\ny = 'a' * 10 ** 10\nz = 1 << 10 ** 10",
        "x = []\n" + "x = [x, x]\n" * 100 + "DATABASES = x\nif y:\n    DATABASES = x\n",
        "x = 'a'\n" + "x = x + x\n" * 100,
        "x = [1] \n" + "x += x\n" * 100,
        "x = [[[a for a in range(10)] for b in range(99999)] for c in range(99999)]",
        "x = list('a' * 99)\nx = [0 for a in [1]*99 for b in (1,2,3) for c in x for d in x]",
        "y = (1,2,3,4,5,6,7,8,9,10)\nx = [0 for a in y for b in y for c in y for d in y for e in y for f in y for g in y for h in y]",
        "if a:\n    x = 1\n" * 20_000,
        "if a:\n    x = 1\n" + "elif a:\n    x = 2\n" * 3_000,
        "from .settings import *\n" * 5_000,
        "include('settings.py')\nfrom split_settings.tools import include\n" * 1_000,
        "x = {}\nx['x'] = x\ny = [x]\nx['y'] = y\nDATABASES = x\nif z:\n    x['z'] = y\n",
        "x: int\nx[1][2].y = 3\ndel x\nx.y.z()\n",
    ],
)
def test_no_settings_take_long(lay_out: LayOut, text: str) -> None:
    one(lay_out, text).get("DATABASES")


def test_values_are_plain(lay_out: LayOut) -> None:
    settings = one(lay_out, "A = {'a': [1, 2.5, (True, None)]}\nB = f()\n")
    value = settings.get("A")
    assert isinstance(value, Table) and value.items == {"a": [1, 2.5, (True, None)]} and not value.open
    assert settings.get("B") is UNKNOWN and settings.get("C") is None
