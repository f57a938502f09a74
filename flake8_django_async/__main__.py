"""`python -m flake8_django_async` is the command `flake8-django-async`."""

from flake8_django_async.cli import run

run()
