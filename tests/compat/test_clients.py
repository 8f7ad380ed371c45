"""How the flat clients are made, entered and closed, and how they reach a server."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from typing import Any
from unittest.mock import create_autospec

import anyio
import httpx
import pytest

from prefectkit.compat import PrefectClient, ServerType, SyncPrefectClient, get_client
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.errors import ConfigError, InvalidParameterError
from tests.compat import flat_clients
from tests.compat.flat_clients import KINDS, URL, use
from tests.real_server import RealServer

ID = "00000000-0000-0000-0000-000000000001"
CLOSED = "The client cannot be started again after closing. Retrieve a new client with `get_client\\(\\)` instead."


@pytest.mark.parametrize("kind", ServerType)
def test_the_text_of_a_kind_of_server_is_that_of_prefects_own(kind: ServerType) -> None:
    from prefect.client.base import ServerType as Official

    official = Official(kind.value)
    assert (str(kind), f"{kind}") == (str(official), f"{official}")
    assert len(Official) == len(ServerType) and kind == official.value


def version(text: str) -> Any:
    return lambda request: httpx.Response(200, json=text)


class Seen:
    """Responds to everything with a flow, and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json={"id": ID, "name": "f"})

    @property
    def headers(self) -> httpx.Headers:
        return self.requests[-1].headers


def test_a_sync_client_counts_how_often_it_is_entered() -> None:
    client = SyncPrefectClient(URL)
    with client:
        with client as again:
            assert again is client
        assert "closed" not in repr(client)
    assert repr(client) == f"<SyncPrefectClient {URL} closed>"
    with pytest.raises(RuntimeError, match=CLOSED), client:
        pass
    with pytest.raises(RuntimeError):
        client.read_flow(ID)
    assert isinstance(client.api_healthcheck(), RuntimeError)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_client_counts_how_often_it_is_entered(backend: str) -> None:
    async def main() -> None:
        client = PrefectClient(URL)
        assert client.loop is None
        async with client:
            assert client.loop is (asyncio.get_running_loop() if backend == "asyncio" else None)
            async with client as again:
                assert again is client
            assert "closed" not in repr(client)
        with pytest.raises(RuntimeError, match=CLOSED):
            await client.__aenter__()
        with pytest.raises(RuntimeError):
            await client.read_flow(ID)

    anyio.run(main, backend=backend)


def test_an_async_client_refuses_a_plain_with() -> None:
    with pytest.raises(RuntimeError, match=r"must be entered with an async context. Use 'async with PrefectClient"):
        with PrefectClient(URL):  # type: ignore[var-annotated] -- it never comes so far
            pass


def test_a_sync_client_needs_no_with(server: RealServer) -> None:
    client = SyncPrefectClient(server.url)
    assert client.api_healthcheck() is None
    client.__enter__().__exit__(None, None, None)


@pytest.mark.parametrize("sync", [True, False])
def test_an_app_in_this_process_is_a_server(server: RealServer, sync: bool) -> None:
    settings = {"headers": {"X-Team": "data"}, "timeout": 30, "verify": False}
    if sync:
        with SyncPrefectClient(server.app, httpx_settings=settings) as client:
            assert client.server_type is ServerType.EPHEMERAL
            assert str(client.api_url) == "http://ephemeral-prefect/api/"
            assert client.hello().json() == "👋"
        return

    async def main() -> None:
        async with PrefectClient(server.app, httpx_settings=settings) as opened:
            assert opened.server_type is ServerType.EPHEMERAL
            assert (await opened.hello()).json() == "👋"

    anyio.run(main)


def test_an_app_is_not_given_beside_a_url(server: RealServer) -> None:
    with pytest.raises(ValueError, match="Invalid httpx settings: `app` cannot be set when providing an api url"):
        SyncPrefectClient(URL, httpx_settings={"app": server.app})


@pytest.mark.parametrize("kind", KINDS)
def test_keys_are_those_that_are_given(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_KEY", "of the settings")
    seen = Seen()
    given = {"headers": {"Authorization": "own", "X-Own": "1"}}

    def read(client: Any) -> Any:
        return client.read_flow(ID)

    use(kind, seen, read)
    assert "authorization" not in seen.headers
    assert seen.headers["x-prefect-api-version"] == "0.8.4"
    use(kind, seen, read, httpx_settings=given)
    assert (seen.headers["authorization"], seen.headers["x-own"]) == ("own", "1")
    use(kind, seen, read, api_key="k", api_version="9", httpx_settings=given)
    assert (seen.headers["authorization"], seen.headers["x-prefect-api-version"]) == ("Bearer k", "9")
    use(kind, seen, read, api_key="k", auth_string="a:b", httpx_settings={"headers": {"X-PREFECT-API-VERSION": "8"}})
    assert (seen.headers["authorization"], seen.headers["x-prefect-api-version"]) == ("Basic YTpi", "8")
    assert given == {"headers": {"Authorization": "own", "X-Own": "1"}}


def test_redirects_are_followed_within_the_server() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == f"/api/flows/{ID}":
            return httpx.Response(307, headers={"location": "/api/moved"})
        return httpx.Response(200, json={"id": ID, "name": request.url.path})

    assert use("sync", respond, lambda client: client.read_flow(ID)).name == "/api/moved"


def test_the_server_type_is_that_of_the_url_or_the_one_given() -> None:
    assert SyncPrefectClient(URL).server_type is ServerType.SERVER
    assert SyncPrefectClient("https://api.prefect.cloud/api/accounts/a/workspaces/b").server_type is ServerType.CLOUD
    assert SyncPrefectClient(URL, server_type=ServerType.CLOUD).server_type is ServerType.CLOUD
    theirs = pytest.importorskip("prefect.client.base").ServerType
    assert SyncPrefectClient(URL, server_type=theirs.CLOUD).server_type is ServerType.CLOUD
    assert SyncPrefectClient(URL, httpx_settings={"base_url": "http://else.test/api"}).api_url.host == "else.test"


@pytest.mark.parametrize("kind", KINDS)
def test_prefect_cloud_is_asked_for_no_csrf_token(kind: str) -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        status = 404 if request.url.path.endswith("/csrf-token") else 200
        return httpx.Response(status, json={"id": ID, "name": "f"})

    def routes(server_type: ServerType, host: str) -> list[str]:
        asked.clear()
        settings = {"transport": httpx.MockTransport(respond), "base_url": f"http://{host}-{kind}/api"}
        use(
            kind,
            respond,
            lambda client: client.create_flow_from_name("f"),
            httpx_settings=settings,
            server_type=server_type,
        )
        return asked.copy()

    assert routes(ServerType.CLOUD, "cloud") == ["/api/flows/"]
    assert routes(ServerType.SERVER, "server") == ["/api/csrf-token", "/api/flows/"]


def test_get_client_reads_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", URL)
    monkeypatch.setenv("PREFECT_API_KEY", "k")
    seen = Seen()
    with get_client({"transport": httpx.MockTransport(seen)}, sync_client=True) as client:
        assert type(client) is SyncPrefectClient
        client.read_flow(ID)
    assert seen.headers["authorization"] == "Bearer k"
    assert type(get_client()) is PrefectClient


@pytest.mark.parametrize("url", ["", None])
def test_get_client_needs_a_server(url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_EPHEMERAL_ENABLED", "false")
    if url is not None:
        monkeypatch.setenv("PREFECT_API_URL", url)
    with pytest.raises(ValueError, match=r"^No Prefect API URL provided. Please set PREFECT_API_URL to the address of"):
        get_client(sync_client=True)


def test_get_client_tells_a_bad_url_by_its_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "localhost")
    with pytest.raises(ConfigError, match="localhost"):
        get_client()


@pytest.mark.parametrize("kind", KINDS)
def test_health_is_answered_and_not_raised(kind: str) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    def ask(client: Any) -> Any:
        return client.api_healthcheck()

    assert isinstance(use(kind, down, ask, retries=0), httpx.ConnectError)
    assert isinstance(use(kind, version("anything"), ask), type(None))


@pytest.mark.parametrize("kind", KINDS)
def test_versions_are_compared(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    def compare(client: Any) -> Any:
        return client.raise_for_api_version_mismatch()

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with caplog.at_level(logging.WARNING, "prefectkit"):
        use(kind, version("3.99.0"), compare)
        use(kind, version("3.8.8+1.g0"), compare)
        assert caplog.messages == []
        use(kind, version("3.0.0rc1"), compare)
    assert "older" in caplog.messages[0]
    text = r"^Found incompatible versions: client: 3.8.8, server: 2.20.1. Major versions must match.$"
    with pytest.raises(RuntimeError, match=text):
        use(kind, version("2.20.1"), compare)
    with pytest.raises(RuntimeError, match=f"^Failed to reach API at {URL}/$"):
        use(kind, down, compare, retries=0)
    with pytest.raises(httpx.HTTPStatusError, match="401 Unauthorized"):
        use(kind, lambda request: httpx.Response(401), compare)
    use(kind, version("2.20.1"), compare, server_type=ServerType.CLOUD)


def test_versions_are_compared_once_for_each_server() -> None:
    seen = Seen()

    def respond(request: httpx.Request) -> httpx.Response:
        seen(request)
        return httpx.Response(200, json="3.8.8")

    def compare(client: Any) -> Any:
        return client.raise_for_api_version_mismatch_once()

    use("sync", respond, compare)
    use("asyncio", respond, compare)
    assert len(seen.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_requests_are_sent_by_method_and_path(kind: str) -> None:
    seen = Seen()

    def calls(client: Any) -> Any:
        return client._client.post("flows/a b/{x}?q=1", params={"r": "2"}, json={"a": 1}, headers={"X-A": "b"})

    assert isinstance(use(kind, seen, calls), httpx.Response)
    request = seen.requests[-1]
    assert (request.method, str(request.url)) == ("POST", f"{URL}/flows/a%20b/%7Bx%7D?q=1&r=2")
    assert (json.loads(request.content), request.headers["x-a"]) == ({"a": 1}, "b")
    for method in ("get", "put", "patch", "delete"):
        use(kind, seen, lambda client, method=method: getattr(client._client, method)("/flows/x"))
        assert seen.requests[-1].method == method.upper()
    use(kind, seen, lambda client: client._client.request("PUT", "/x", content=b'{"a": 2}'))
    assert json.loads(seen.requests[-1].content) == {"a": 2}
    use(kind, seen, lambda client: client.request("GET", "/flows/name/{name}", path_params={"name": "ä"}))
    assert seen.requests[-1].url.path == "/api/flows/name/ä"
    with pytest.raises(InvalidParameterError, match="only JSON can be sent"):
        use(kind, seen, lambda client: client._client.request("PUT", "/x", content=b"text"))


def test_methods_show_themselves_as_they_were_written() -> None:
    with SyncPrefectClient(URL) as client:
        assert not inspect.iscoroutinefunction(client.read_flow)
        assert list(inspect.signature(client.read_flow).parameters) == ["flow_id"]
        mock = create_autospec(client)
        mock.read_flow.return_value = 1
        assert mock.read_flow(ID) == 1
        with pytest.raises(TypeError):
            mock.read_flow(ID, ID)
    assert inspect.iscoroutinefunction(PrefectClient.read_flow)
    assert inspect.iscoroutinefunction(create_autospec(PrefectClient).read_flow)


def test_a_filter_that_the_api_does_not_have_is_warned_of() -> None:
    respond = lambda request: httpx.Response(200, json=[])  # noqa: E731 -- one response for both
    for kind in KINDS:
        with pytest.warns(UserWarning, match="work_queue_filter") as caught:
            use(kind, respond, lambda client: client.read_flows(work_queue_filter={"name": {"any_": ["q"]}}))
        # On an async client the caller is whoever awaits.
        assert caught[0].filename == (__file__ if kind == "sync" else flat_clients.__file__)


@pytest.mark.parametrize("kind", KINDS)
def test_a_deprecated_method_says_what_to_call(kind: str) -> None:
    with pytest.warns(DeprecationWarning, match="call pause_deployment"):
        use(kind, lambda request: httpx.Response(204), lambda client: client.set_deployment_paused_state(ID, True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_branch_of_a_deployment_is_created_on_cloud(kind: str) -> None:
    seen = Seen()
    branch = use(kind, seen, lambda client: client.create_deployment_branch(ID, "b", {"schedule_handling": "keep"}))
    assert str(branch) == ID
    assert json.loads(seen.requests[-1].content) == {"branch": "b", "options": {"schedule_handling": "keep"}}


def test_calls_of_the_resources_leave_no_response_behind() -> None:
    async def main() -> None:
        transport = httpx.MockTransport(lambda request: httpx.Response(200, json="hi"))
        async with PrefectClient(URL, httpx_settings={"transport": transport}) as client:
            assert await client._api.hello() == "hi"
            with pytest.raises(RuntimeError, match="only a flat method"):
                await raw_response(client._api.hello())

    anyio.run(main)
