"""`client._client` and `client.request`: requests by method and path, as programs send them with Prefect's client."""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx
import pytest

from prefectkit.compat import PrefectClient, PrefectHTTPStatusError, SyncPrefectClient
from prefectkit.errors import InvalidParameterError
from tests.compat.flat_clients import KINDS, URL, use
from tests.real_server import RealServer


def hi(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json="hi")


@pytest.mark.parametrize(("timeout", "seconds"), [(5, 5), (httpx.Timeout(7, read=8), 8), ((1, 2, 3, 4), 2), (0.5, 0.5)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_has_its_own_timeout(kind: str, timeout: Any, seconds: float) -> None:
    seen: list[Any] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"]["read"])
        return hi(request)

    use(kind, respond, lambda client: client._client.get("/health", timeout=timeout))
    use(kind, respond, lambda client: client.request("GET", "/health", timeout=timeout))
    use(kind, respond, lambda client: client._client.get("/health"))
    assert seen == [seconds, seconds, 60]
    use(kind, respond, lambda client: client._client.get("/health", timeout=None))
    assert seen[3] > 60


@pytest.mark.parametrize("kind", KINDS)
def test_headers_are_changed_for_all_requests_that_follow(kind: str) -> None:
    seen: list[str | None] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("x-team"))
        return hi(request)

    def change(client: Any) -> Any:
        headers = client._client.headers
        headers["X-Team"] = "data"
        assert client._client.headers["x-team"] == "data"
        assert "x-team" in headers
        assert list(headers) == ["x-team"] and len(headers) == 1
        assert repr(headers) == "Headers(['x-team'])"
        return client.hello()

    use(kind, respond, change)
    use(kind, respond, lambda client: client.hello())
    assert seen == ["data", None]
    with SyncPrefectClient(URL, httpx_settings={"transport": httpx.MockTransport(respond)}) as client:
        client._client.headers.update({"x-team": "a"})
        client._client.get("/x", headers={"X-Team": "b"})
        del client._client.headers["X-Team"]
        client.hello()
        with pytest.raises(InvalidParameterError, match="line break"):
            client._client.headers["x-team"] = "a\nb"
    assert seen[2:] == ["b", None]


def test_it_closes_the_client() -> None:
    async def main(backend: str) -> None:
        client = PrefectClient(URL, httpx_settings={"transport": httpx.MockTransport(hi)})
        await client.hello()
        await client._client.aclose()
        assert client._native._engine.io.closed

    for backend in ("asyncio", "trio"):
        anyio.run(main, backend, backend=backend)
    client = SyncPrefectClient(URL, httpx_settings={"transport": httpx.MockTransport(hi)})
    client._client.close()
    assert client._native._engine.io.closed


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
@pytest.mark.parametrize(("asked", "there"), [("/flows", "/flows/"), ("/flows/", "/flows"), ("/f l", "/f%20l/")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_route_with_a_slash_or_without_is_found(kind: str, asked: str, there: str, method: str) -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.raw_path.decode().partition("?")[0] == f"/api{there}":
            return httpx.Response(201, json="made")
        return httpx.Response(307, headers={"location": f"{URL}{there}?limit=1"})

    sent = use(kind, respond, lambda client: client._client.request(method, asked, params={"limit": 1}, json={"a": 1}))
    assert (sent.status_code, sent.json()) == (201, "made")
    if method != "GET":
        assert [json.loads(request.content) for request in seen] == [{"a": 1}] * 2
        assert seen[-1].url.params["limit"] == "1"


@pytest.mark.parametrize("location", [f"{URL}/elsewhere/", "http://other.test/login", ""])
def test_a_change_is_led_nowhere_else(location: str) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(307, headers={"location": location} if location else {})

    with pytest.raises(PrefectHTTPStatusError, match="307"):
        use("sync", respond, lambda client: client._client.post("/flows", json={}))


def test_a_key_does_not_follow_to_another_server() -> None:
    hosts: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        if request.url.path == "/api/flows":
            return httpx.Response(307, headers={"location": "http://other.test/api/flows/"})
        return httpx.Response(200, json={})

    use("sync", respond, lambda client: client._client.post("/flows", json={}), api_key="k")
    assert hosts == ["prefect.test"] * 2


def test_another_keyword_is_refused() -> None:
    with pytest.raises(TypeError, match=r"params, json, content, headers and timeout, and not \['files'\]"):
        use("sync", hi, lambda client: client._client.post("/x", files={}))


def test_reads_are_sent_again_and_changes_are_not() -> None:
    seen: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url.path}")
        return httpx.Response(503, headers={"retry-after": "0"}) if len(seen) % 2 else httpx.Response(200, json=[])

    for method, path in (("GET", "/x"), ("POST", "/flow_runs/filter"), ("POST", "/flow_runs/count")):
        seen.clear()
        use("sync", respond, lambda client, m=method, p=path: client._client.request(m, p, json={}))
        assert seen == [f"{method} /api{path}"] * 2
    seen.clear()
    with pytest.raises(PrefectHTTPStatusError):
        use("sync", respond, lambda client: client._client.post("/flow_runs/", json={}))
    assert len(seen) == 1


@pytest.mark.parametrize("sync", [True, False])
def test_the_real_server_creates_a_flow_at_its_route_without_a_slash(server: RealServer, sync: bool) -> None:
    if sync:
        with SyncPrefectClient(server.url) as client:
            assert client._client.post("/flows", json={"name": "no-slash"}).json()["name"] == "no-slash"
        return

    async def main() -> None:
        async with PrefectClient(server.url) as client:
            response = await client._client.post("/flows", json={"name": "no-slash"}, timeout=30)
            assert response.json()["name"] == "no-slash"

    anyio.run(main)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_costs_one_request(kind: str) -> None:
    seen: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        return httpx.Response(404, json={"detail": "Not Found"})

    with pytest.raises(PrefectHTTPStatusError, match="404"):
        use(kind, respond, lambda client: client.request("GET", "/no/such/route"))
    assert seen == ["/api/no/such/route"]
