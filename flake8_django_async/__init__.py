"""flake8-django-async: finds database connections that async Django code holds across long waits."""

__version__ = "0.1.0"
