"""What a client sends: calls, raw requests, options."""

from __future__ import annotations

import threading

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect, RetrySafety
from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    ClientClosedError,
    IncompleteResponse,
    InvalidParameterError,
    NotFound,
)
from prefectkit.plugins.testing import Recorder
from tests.client.clients import FLOW, blocking
from tests.fakes import AsyncFakeTransport, response


def test_a_sync_client_returns_at_once() -> None:
    client, transport = blocking(response(True), response(FLOW))
    assert client.health() is True
    assert client.flows.read_by_name("a").name == "a"
    assert transport.sent == ["GET /health", "GET /flows/name/a"]
    assert client.flows is client.flows


def test_the_server_itself_is_asked_by_the_client() -> None:
    said = {"id": FLOW["id"], "token": "t", "client": "c", "expiration": "2030-01-01T00:00:00Z"}
    version = response("3.8.8")
    client, transport = blocking(response({"message": "OK"}), response("👋"), version, version, response(said))
    assert client.ready() == {"message": "OK"}
    assert client.hello() == "👋"
    assert client.version() == client.api_version() == "3.8.8"
    assert client.create_csrf_token("c").token == "t"
    assert [line.partition(" ")[2] for line in transport.sent] == [
        "/ready",
        "/hello",
        "/admin/version",
        "/version",
        "/csrf-token?client=c",
    ]


@pytest.mark.anyio
async def test_an_async_client_is_awaited() -> None:
    transport = AsyncFakeTransport(response(True), response(FLOW))
    client = AsyncPrefect(transport=transport)
    assert await client.health() is True
    assert (await client.flows.read_by_name("a")).name == "a"
    assert transport.sent == ["GET /health", "GET /flows/name/a"]


@pytest.mark.anyio
async def test_a_sync_client_works_inside_a_running_event_loop() -> None:
    client, transport = blocking(response(True), response([FLOW]), response([]))
    with client:
        assert client.health()
        assert [flow.name for flow in client.flows.iterate()] == ["a"]
    assert transport.closed == 1


@pytest.mark.anyio
async def test_an_async_client_works_in_several_tasks() -> None:
    client = AsyncPrefect(transport=AsyncFakeTransport(lambda request: response(request.target)))
    found: list[str] = []

    async def one(number: int) -> None:
        found.append((await client.request("GET", f"/{number}")).json())

    async with anyio.create_task_group() as group:
        for number in range(5):
            group.start_soon(one, number)
    assert sorted(found) == ["/0", "/1", "/2", "/3", "/4"]


def test_a_sync_client_works_in_several_threads() -> None:
    client, _ = blocking(lambda request: response(request.target))
    found: dict[int, list[str]] = {}

    def one(number: int) -> None:
        found[number] = [client.request("GET", f"/{number}/{turn}").json() for turn in range(50)]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == {number: [f"/{number}/{turn}" for turn in range(50)] for number in range(4)}


# Raw requests


def test_a_raw_request_uses_hooks_and_retries() -> None:
    recorder = Recorder()
    client, transport = blocking(response({"x": 1}), plugins=[recorder])
    received = client.request(
        "post", "/new/{name}", path_params={"name": "a b"}, query={"q": 1}, body={"b": 2}, headers={"X-A": "1"}
    )
    assert received.json() == {"x": 1}
    assert transport.sent == ["POST /new/a%20b?q=1"]
    assert (transport.last.body, transport.last.headers["x-a"]) == (b'{"b":2}', "1")
    assert transport.last.headers["user-agent"].startswith("prefectkit/")
    assert recorder.hooks == [
        "client_opened",
        "before_call",
        "throttle",
        "authenticate",
        "before_send",
        "after_response",
        "after_call",
    ]


@pytest.mark.parametrize(
    ("path", "way_out"),
    [
        ("/flows?limit=1", "query="),
        ("/flows/../variables", "path_params="),
        ("/flows#x", "query="),
        ("flows", "one slash"),
        ("//evil.test/", "empty segment"),
        ("http://evil.test/", "one slash"),
        ("/flows/a\\b", "path_params="),
        ("/flows/a\n", "path_params="),
        ("/flows/name/{name}", "path_params"),
    ],
)
def test_a_raw_request_to_an_unsafe_path_is_refused_with_the_way_out(path: str, way_out: str) -> None:
    client, transport = blocking()
    with pytest.raises(InvalidParameterError) as caught:
        client.request("GET", path)
    assert way_out in str(caught.value)
    assert transport.requests == []


@pytest.mark.parametrize("method", ["", "GET /x HTTP/1.1\r\nx:", "GET ", "G\u00cbT", "G-T"])
def test_a_raw_request_with_a_method_that_is_none_is_refused(method: str) -> None:
    client, transport = blocking()
    with pytest.raises(InvalidParameterError, match="is not an HTTP method"):
        client.request(method, "/flows")
    assert transport.requests == []


@pytest.mark.parametrize(
    ("method", "retry_safety", "repeated"),
    [
        ("GET", None, True),
        ("HEAD", None, True),
        ("OPTIONS", None, True),
        ("DELETE", None, True),
        ("POST", None, False),
        ("PATCH", None, False),
        ("PUT", None, False),
        ("POST", RetrySafety.READ, True),
        ("GET", RetrySafety.NEVER, False),
    ],
)
def test_a_raw_request_is_sent_again_where_that_is_safe(
    method: str, retry_safety: RetrySafety | None, repeated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    client, transport = blocking(IncompleteResponse("cut"), response(1))
    if repeated:
        assert client.request(method, "/x", retry_safety=retry_safety).json() == 1
    else:
        with pytest.raises(AmbiguousOutcomeError):
            client.request(method, "/x", retry_safety=retry_safety)
    assert len(transport.requests) == 1 + repeated


def test_a_raw_request_checks_the_status_unless_check_is_off() -> None:
    client, _ = blocking(response({"detail": "no"}, 404))
    with pytest.raises(NotFound):
        client.request("GET", "/x")
    assert client.request("GET", "/x", check=False).status == 404


# Options


def test_options_reach_the_request_and_leave_the_client_as_it_was() -> None:
    client, transport = blocking(response(True), timeout=9.0)
    changed = client.with_options(timeout=2.0, headers={"X-Run": "1"}).with_options(headers={"x-more": "2"})
    changed.health()
    assert (transport.last.timeout, transport.last.headers["x-run"], transport.last.headers["x-more"]) == (
        2.0,
        "1",
        "2",
    )
    client.health()
    assert transport.last.timeout == 9.0
    assert "x-run" not in transport.last.headers
    assert type(changed) is Prefect
    assert changed.api_url == client.api_url
    assert changed.plugins == client.plugins
    assert changed.flows is not client.flows


def test_options_limit_the_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    client, transport = blocking(IncompleteResponse("cut"))
    with pytest.raises(IncompleteResponse):
        client.with_options(max_attempts=1).health()
    assert (len(transport.requests), slept) == (1, [])
    with pytest.raises(IncompleteResponse):
        client.with_options(deadline=0.001, max_attempts=100).health()
    assert len(transport.requests) < 100


def test_a_header_option_that_cannot_be_sent_is_refused_at_once() -> None:
    client, _ = blocking()
    with pytest.raises(InvalidParameterError, match="'x'"):
        client.with_options(headers={"x": "\n"})


def test_a_client_with_options_closes_together_with_its_origin() -> None:
    client, transport = blocking()
    changed = client.with_options(timeout=1.0)
    with changed:
        pass
    with pytest.raises(ClientClosedError):
        client.health()
    assert transport.closed == 1


def test_the_environment_sets_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_REQUEST_TIMEOUT", "3")
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_1")
    monkeypatch.setenv("PREFECT_CLIENT_CUSTOM_HEADERS", '{"X-Team": "data"}')
    client, transport = blocking(IncompleteResponse("cut"))
    with pytest.raises(IncompleteResponse):
        client.health()
    assert len(transport.requests) == 1
    assert transport.last.timeout == 3.0
    assert transport.last.headers["authorization"] == "Bearer pnu_1"
    assert transport.last.headers["x-team"] == "data"
