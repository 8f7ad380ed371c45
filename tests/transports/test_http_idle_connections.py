"""Which connections of the pool are kept when they are released."""

from __future__ import annotations

from typing import Any

import httpcore
import pytest

from prefectkit.transports.http.idle_connections import IdleConnections
from tests.faults import FaultServer


class Pool(httpcore.ConnectionPool):
    """A pool that shows a connection of the test's."""

    def __init__(self, *, idle: bool, closed: bool) -> None:
        super().__init__()
        self.connection: Any = httpcore.HTTPConnection(httpcore.Origin(b"http", b"prefect.example", 80))
        self.connection.is_idle = lambda: idle
        self.connection.is_closed = lambda: closed

    @property
    def connections(self) -> Any:
        return [self.connection]


@pytest.mark.parametrize(("idle", "closed"), [(False, False), (False, True), (True, True)])
def test_a_connection_that_is_not_idle_or_closed_is_not_kept(idle: bool, closed: bool) -> None:
    kept, new = IdleConnections(lambda: new_pool, 8), Pool(idle=idle, closed=closed)
    new_pool = Pool(idle=True, closed=False)
    assert kept.release(new, reusable=True) == [new]
    assert kept.acquire() is new_pool


def test_a_connection_after_a_response_is_kept_unless_it_is_not_reusable() -> None:
    with FaultServer() as server:
        kept = IdleConnections(httpcore.ConnectionPool, 8)
        connection = kept.acquire()
        assert connection.request("GET", server.url + "/echo").status == 200
        assert kept.release(connection, reusable=True) == []
        assert kept.acquire() is connection
        assert kept.release(connection, reusable=False) == [connection]
        connection.close()
