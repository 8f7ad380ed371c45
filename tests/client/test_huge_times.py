"""Numbers of seconds that mean "no limit": every one above zero is taken."""

from __future__ import annotations

import sys
from typing import Any

import anyio
import httpx
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import ConfigError
from prefectkit.core.http.messages import Request
from prefectkit.plugins import hookimpl
from tests.faults import FaultServer

HUGE = [2_147_484, 4_294_968, 1e9, 1e10, 1e18, sys.maxsize, 1e308, 10**400, float("inf")]
"""Above 31 bits of milliseconds, above 63 bits of nanoseconds, above a float."""

NAMES = ["timeout", "deadline"]


@pytest.fixture(autouse=True)
def no_csrf_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seconds", HUGE, ids=lambda seconds: f"{str(seconds)[:12]}")
def test_a_client_that_blocks(name: str, seconds: float) -> None:
    given: Any = {name: seconds}
    with FaultServer() as server, Prefect(server.url, **given) as client:
        assert client.request("POST", "/echo", body=1).json()["body"] == "1"
        assert client.with_options(**given).request("POST", "/echo", body=2).json()["body"] == "2"


@pytest.mark.parametrize("transport", ["http", "aiohttp"])
@pytest.mark.parametrize("name", NAMES)
def test_a_client_in_an_event_loop(name: str, transport: str) -> None:
    async def main(url: str, seconds: float) -> None:
        given: Any = {name: seconds}
        async with AsyncPrefect(url, transport=transport, **given) as client:
            assert (await client.request("POST", "/echo", body=1)).json()["body"] == "1"

    with FaultServer() as server:
        for seconds in HUGE:
            anyio.run(main, server.url, seconds)


@pytest.mark.parametrize("seconds", [1e10, httpx.Timeout(1e10), httpx.Timeout(5, read=1e10, pool=1e18)], ids=repr)
def test_the_timeout_of_httpx(seconds: Any) -> None:
    with FaultServer() as server, Prefect(server.url, httpx_settings={"timeout": seconds}) as client:
        assert client.request("POST", "/echo", body=1).json()["body"] == "1"


def test_the_timeout_that_a_plugin_sets() -> None:
    class Patient:
        @hookimpl
        def before_send(self, request: Request) -> None:
            request.timeout = 1e10

    with FaultServer() as server, Prefect(server.url, plugins=[Patient()]) as client:
        assert client.request("POST", "/echo", body=1).json()["body"] == "1"


def test_a_call_has_at_least_the_time_of_its_attempt() -> None:
    with Prefect("http://prefect.test/api", timeout=1e10) as client:
        assert client._engine.options.policy.deadline == 1e10


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seconds", [0, -1, -(10**400), float("nan"), float("-inf"), "60"])
def test_a_value_that_is_not_a_positive_number_is_refused(name: str, seconds: Any) -> None:
    given: Any = {name: seconds}
    with pytest.raises(ConfigError, match=f"{name} must be a number of seconds above 0, got "):
        Prefect("http://prefect.test/api", **given)
