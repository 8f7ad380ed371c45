"""The surfaces over a socket, and a client that only looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from prefectkit import Prefect
from tests.real_server import RealServer
from tests.reliability.losing import OVER_HTTP
from tests.sent_twice.doubling import LockRetryingTransport


@pytest.fixture(params=OVER_HTTP)
def surface(request: pytest.FixtureRequest) -> str:
    """How the client is called."""
    return str(request.param)


@pytest.fixture
def looking(server: RealServer) -> Iterator[Prefect]:
    """A client that loses nothing."""
    with Prefect(server.url, transport=LockRetryingTransport) as client:
        yield client
