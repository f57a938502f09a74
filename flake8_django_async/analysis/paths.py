"""Paths of library objects that the interpreter itself speaks of."""

CONNECTION = "django.db.connection"
CONNECTIONS = "django.db.connections"
ATOMIC = "django.db.transaction.Atomic"
QUERYSET = "django.db.models.QuerySet"
MANAGER = "django.db.models.Manager"
MODEL = "django.db.models.Model"
REQUEST = "django.http.HttpRequest"
REST_REQUEST = "rest_framework.request.Request"
STREAMING_RESPONSE = "django.http.StreamingHttpResponse"

DATABASES = "django.conf.settings.DATABASES"

ANY_ALIAS = "*"
"""The alias of a wrapper that stands for each database in turn: `for conn in connections.all()`."""
