"""Roles: what the rows of the models cannot say by an effect alone, one function per role, by subject.

`ROLES` are called for rows, `CALLABLES` for callables that a role made, `OWN_METHODS` for methods of the interpreter's own
values (by the kind of value) and of objects whose alias decides. The words and their meaning: `models.vocabulary`.
"""

from __future__ import annotations

from flake8_django_async.analysis.roles import awaitables, django, forms, functions, iterables, rest, saving, signals, threads
from flake8_django_async.analysis.roles.kinds import CallableRole, MethodRole, Role

SUBJECTS = (threads, awaitables, functions, iterables, django, saving, signals, forms, rest)

ROLES: dict[str, Role] = {word: role for subject in SUBJECTS for word, role in subject.ROLES.items()}
CALLABLES: dict[str, CallableRole] = {
    **awaitables.CALLABLES, **functions.CALLABLES, **iterables.CALLABLES, **django.CALLABLES,
    **signals.CALLABLES, **rest.CALLABLES, **saving.CALLABLES,
}  # fmt: skip
OWN_METHODS: dict[str, MethodRole] = {
    **threads.OWN_METHODS,
    **awaitables.OWN_METHODS,
    **iterables.OWN_METHODS,
    **django.OWN_METHODS,
}
