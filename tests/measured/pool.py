"""Observers on the connection pools: which connections are handed out now, read without touching the ORM."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool


@dataclass(slots=True)
class Out:
    """The connections that the pools have handed out and not got back, by identity."""

    connections: MutableMapping[int, Connection[Any]] = field(default_factory=dict)

    def now(self) -> frozenset[int]:
        return frozenset(self.connections)

    def in_transaction(self) -> frozenset[int]:
        """Those with an open transaction; reading a status sends nothing to the server."""
        idle = (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)
        return frozenset(key for key, value in list(self.connections.items()) if value.pgconn.transaction_status not in idle)


@contextmanager
def observed() -> Iterator[Out]:
    """Watches `getconn` and `putconn` of all pools; both do what they always did."""
    out = Out()
    getconn, putconn = ConnectionPool.getconn, ConnectionPool.putconn

    @functools.wraps(getconn)
    def observed_getconn(self: Any, *args: Any, **options: Any) -> Any:
        connection = getconn(self, *args, **options)
        out.connections[id(connection)] = connection
        return connection

    @functools.wraps(putconn)
    def observed_putconn(self: Any, connection: Any) -> None:
        out.connections.pop(id(connection), None)
        putconn(self, connection)

    with patch.object(ConnectionPool, "getconn", observed_getconn), patch.object(ConnectionPool, "putconn", observed_putconn):
        yield out


@contextmanager
def observed_without_pool() -> Iterator[Out]:
    """Watches the connections that Django opens and closes itself. One that is garbage collected is closed, too."""
    out = Out(weakref.WeakValueDictionary())
    wrapper: Any = DatabaseWrapper  # its stubs lack `_close`
    connect, close = wrapper.get_new_connection, wrapper._close

    @functools.wraps(connect)
    def observed_connect(self: Any, *args: Any, **options: Any) -> Any:
        connection = connect(self, *args, **options)
        out.connections[id(connection)] = connection
        return connection

    @functools.wraps(close)
    def observed_close(self: Any) -> None:
        out.connections.pop(id(self.connection), None)
        close(self)

    with patch.object(wrapper, "get_new_connection", observed_connect), patch.object(wrapper, "_close", observed_close):
        yield out


def renew(out: Out) -> None:
    """New pools in place of the used ones, each with a connection ready."""
    out.connections.clear()
    close()
    for alias in connections:
        pool = connections[alias].pool  # type: ignore[attr-defined]
        if pool is not None:
            pool.open()
            pool.wait()


def close() -> None:
    """Closes all pools."""
    for alias in connections:
        connections[alias].close_pool()  # type: ignore[attr-defined]
