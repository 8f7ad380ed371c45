"""httpx_settings: headers, hooks, auth, cookies, mounts, the caller's own transports and their mocks."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import pytest
import respx

from prefectkit.core.errors import ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.http import HTTPSettings, async_transport
from tests.faults import FaultServer, closed_port
from tests.transports.http_senders import KINDS, Send, run

URL = "http://prefect.example/api"


@pytest.fixture(scope="module")
def faults() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def hook(kind: str, function: Any) -> Any:
    """An event hook as the client of this kind wants it."""
    if kind == "sync":
        return function

    async def awaited(argument: Any) -> None:
        function(argument)

    return awaited


def test_headers_params_and_cookies(kind: str, faults: FaultServer) -> None:
    settings = {
        "headers": {"X-Mine": "mine", "X-Both": "theirs", "Accept-Encoding": "br"},
        "params": {"p": "1"},
        "cookies": {"c": "2"},
        "auth": ("user", "pass"),
    }
    echo = run(kind, faults.url, lambda send: send("/echo", headers={"x-both": "ours"}), httpx_settings=settings).json()
    assert echo["path"] == "/echo?p=1"
    sent = echo["headers"]
    assert (sent["x-mine"], sent["x-both"], sent["accept-encoding"]) == ("mine", "ours", "gzip")
    assert (sent["cookie"], sent["authorization"]) == ("c=2", "Basic dXNlcjpwYXNz")


def test_event_hooks_are_called(kind: str, faults: FaultServer) -> None:
    seen: list[str] = []
    hooks = {
        "request": [hook(kind, lambda request: seen.append(request.method))],
        "response": [hook(kind, lambda response: seen.append(response.status_code))],
    }
    run(kind, faults.url, lambda send: send("/status-404"), httpx_settings={"event_hooks": hooks})
    assert seen == ["GET", 404]


def test_a_hook_may_read_the_response(kind: str, faults: FaultServer) -> None:
    async def aread(response: httpx.Response) -> None:
        await response.aread()

    def read(response: httpx.Response) -> None:
        response.read()

    settings = {"event_hooks": {"response": [read if kind == "sync" else aread]}}
    for stream in (False, True):
        response = run(
            kind, faults.url, lambda send, stream=stream: send("/packed", stream=stream), httpx_settings=settings
        )
        assert response.json() == {"packed": True}


def test_a_hook_that_raises(kind: str, faults: FaultServer) -> None:
    settings = {"event_hooks": {"response": [hook(kind, lambda response: response.raise_for_status())]}}

    def script(send: Send) -> TransportError:
        with pytest.raises(TransportError) as caught:
            send("/status-500")
        assert send("/echo").status == 200
        return caught.value

    error = run(kind, faults.url, script, httpx_settings=settings)
    assert isinstance(error.__cause__, httpx.HTTPStatusError)
    assert (error.phase, error.retryable) == (Phase.AMBIGUOUS, False)


def test_redirects_are_left_to_the_client(kind: str, faults: FaultServer) -> None:
    settings = {"follow_redirects": True, "max_redirects": 3}
    response = run(kind, faults.url, lambda send: send("/redirect"), httpx_settings=settings)
    assert (response.status, response.headers["location"]) == (307, "/echo")


def test_a_step_has_its_own_limit(kind: str, faults: FaultServer) -> None:
    settings = {"timeout": httpx.Timeout(None, read=0.2)}
    for timeout in (5, None):

        def script(send: Send, timeout: float | None = timeout) -> TransportTimeout:
            with pytest.raises(TransportTimeout) as caught:
                send("/hang", timeout=timeout)
            return caught.value

        assert run(kind, faults.url, script, httpx_settings=settings).phase is Phase.AMBIGUOUS


def test_no_limit_at_all(kind: str, faults: FaultServer) -> None:
    assert run(kind, faults.url, lambda send: send("/slow", timeout=None)).status == 200
    assert run(kind, faults.url, lambda send: send("/slow", timeout=None, stream=True)).status == 200


def test_a_mock_transport(kind: str) -> None:
    mock = httpx.MockTransport(lambda request: httpx.Response(201, json={"url": str(request.url)}))
    for stream in (False, True):
        response = run(
            kind, URL, lambda send, stream=stream: send("/x?y=1", stream=stream), httpx_settings={"transport": mock}
        )
        assert (response.status, response.json()) == (201, {"url": f"{URL}/x?y=1"})


def test_a_mock_transport_that_streams(kind: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"1"
        yield b"2"

    async def apieces() -> Any:
        for piece in pieces():
            yield piece

    content: Any = pieces if kind == "sync" else apieces
    mock = httpx.MockTransport(lambda request: httpx.Response(200, content=content()))
    run_one = {"httpx_settings": {"transport": mock}, "settings": HTTPSettings(max_body_bytes=1)}
    assert run(kind, URL, lambda send: send("/", stream=True), **run_one).body == b"12"

    def script(send: Send) -> None:
        with pytest.raises(TransportError, match="larger than 1 bytes"):
            send("/")

    run(kind, URL, script, **run_one)


def test_mounts(kind: str, faults: FaultServer) -> None:
    mock = httpx.MockTransport(lambda request: httpx.Response(202))
    settings = {"mounts": {"all://prefect.example": mock}}
    assert run(kind, URL, lambda send: send("/"), httpx_settings=settings).status == 202
    assert run(kind, faults.url, lambda send: send("/echo"), httpx_settings=settings).status == 200


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_respx(kind: str, using: str) -> None:
    with respx.mock(using=using) as router:
        route = router.post(f"{URL}/flows/filter").respond(json=[{"id": 1}])
        router.get(f"{URL}/down").mock(side_effect=httpx.ConnectError)
        router.get(f"{URL}/late").mock(side_effect=httpx.ReadTimeout)

        def script(send: Send) -> Any:
            with pytest.raises(ConnectError) as down:
                send("/down")
            with pytest.raises(TransportTimeout) as late:
                send("/late")
            with pytest.raises(AssertionError, match="not mocked"):
                send("/unknown")
            return send("/flows/filter", method="POST", body=b"{}"), down.value.phase, late.value.phase

        response, down, late = run(kind, URL, script)
    assert response.json() == [{"id": 1}] and route.call_count == 1
    assert (down, late) == (Phase.NOTHING_SENT, Phase.AMBIGUOUS)


def test_a_respx_router_as_transport(kind: str) -> None:
    router = respx.MockRouter()
    router.get(f"{URL}/health").respond(json=True)
    mock = httpx.MockTransport(router.handler if kind == "sync" else router.async_handler)
    assert run(kind, URL, lambda send: send("/health"), httpx_settings={"transport": mock}).json() is True


def test_a_patched_httpx(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # As pytest-httpx does it.
    def handle(*_: object) -> httpx.Response:
        return httpx.Response(200, json={"patched": True})

    async def ahandle(*_: object) -> httpx.Response:
        return handle()

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", ahandle)

    def script(send: Send) -> None:
        for _ in range(3):
            assert send("/", timeout=2).json() == {"patched": True}

    run(kind, URL, script, settings=HTTPSettings(max_connections=1))


class Drip(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that never ends, and does not care for being closed."""

    def __init__(self, pause: float) -> None:
        self.pause = pause

    def __iter__(self) -> Iterator[bytes]:
        while True:
            time.sleep(self.pause)
            yield b" "

    async def __aiter__(self) -> Any:
        while True:
            await anyio.sleep(self.pause)
            yield b" "


@pytest.mark.parametrize("stream", [False, True])
def test_a_custom_transport_that_drips(kind: str, stream: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_transport, "CLOSE_TIMEOUT", 0.05)
    mock = httpx.MockTransport(lambda request: httpx.Response(200, stream=Drip(0.02)))

    def script(send: Send) -> None:
        with pytest.raises(TransportTimeout) as caught:
            send("/", timeout=0.1, stream=stream)
        assert caught.value.phase is Phase.AMBIGUOUS

    run(kind, URL, script, httpx_settings={"transport": mock})


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_custom_transport_that_cannot_be_closed(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_transport, "CLOSE_TIMEOUT", 0.05)
    mock = httpx.MockTransport(lambda request: httpx.Response(200, stream=Drip(0)))

    def script(send: Send) -> None:
        with pytest.raises(TransportError, match="larger than 10 bytes"):
            send("/")

    run(kind, URL, script, httpx_settings={"transport": mock}, settings=HTTPSettings(max_body_bytes=10))


def test_an_auth_flow_with_a_request_of_its_own(kind: str, faults: FaultServer) -> None:
    class Login(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            login = yield httpx.Request("POST", faults.url + "/status-201")
            request.headers["x-login"] = str(login.status_code)
            yield request

    response = run(kind, faults.url, lambda send: send("/echo"), httpx_settings={"auth": Login()})
    assert response.json()["headers"]["x-login"] == "201"


def test_what_was_sent_in_an_earlier_hop_counts(kind: str, faults: FaultServer) -> None:
    # The first request was applied, so what the failure of the second one leaves is not nothing.
    class Login(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            yield request
            yield httpx.Request("GET", f"http://127.0.0.1:{closed_port()}/")

    def script(send: Send) -> Phase:
        with pytest.raises(ConnectError) as caught:
            send("/echo", method="POST", body=b"{}")
        return caught.value.phase

    assert run(kind, faults.url, script, httpx_settings={"auth": Login()}) is Phase.AMBIGUOUS


def test_the_reason_is_found_in_a_group(kind: str) -> None:
    # So asyncio and anyio tell of a name whose every address fails.
    def raising(request: httpx.Request) -> httpx.Response:
        refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed")
        group = ExceptionGroup("all", [refused])
        try:
            raise OSError("All connection attempts failed") from group
        except OSError as error:
            raise httpx.ConnectError("All connection attempts failed") from error

    def script(send: Send) -> None:
        with pytest.raises(ConnectError, match=r"cannot connect to http://prefect.example \(Connection refused\)"):
            send("/")

    run(kind, URL, script, httpx_settings={"transport": httpx.MockTransport(raising)})


@pytest.mark.parametrize(
    ("raised", "expected", "phase", "retryable"),
    [
        (httpx.ConnectError("x"), ConnectError, Phase.NOTHING_SENT, True),
        (httpx.ConnectTimeout("x"), TransportTimeout, Phase.NOTHING_SENT, True),
        (httpx.PoolTimeout("x"), TransportTimeout, Phase.NOTHING_SENT, True),
        (httpx.ProxyError("403 Forbidden"), ConnectError, Phase.NOTHING_SENT, True),
        (httpx.ReadError("x"), IncompleteResponse, Phase.AMBIGUOUS, True),
        (httpx.WriteError("x"), IncompleteResponse, Phase.AMBIGUOUS, True),
        (httpx.CloseError("x"), IncompleteResponse, Phase.AMBIGUOUS, True),
        (httpx.RemoteProtocolError(""), IncompleteResponse, Phase.AMBIGUOUS, True),
        (httpx.DecodingError("x"), IncompleteResponse, Phase.AMBIGUOUS, True),
        (httpx.ReadTimeout("x"), TransportTimeout, Phase.AMBIGUOUS, True),
        (httpx.WriteTimeout("x"), TransportTimeout, Phase.AMBIGUOUS, True),
        (httpx.LocalProtocolError("Illegal header value b'secret'"), TransportError, Phase.NOTHING_SENT, False),
        (httpx.UnsupportedProtocol("secret"), TransportError, Phase.NOTHING_SENT, False),
        (httpx.InvalidURL("secret"), TransportError, Phase.NOTHING_SENT, False),
        (httpx.TooManyRedirects("secret"), TransportError, Phase.AMBIGUOUS, False),
        (httpx.StreamConsumed(), TransportError, Phase.AMBIGUOUS, False),
        (OSError("secret"), TransportError, Phase.AMBIGUOUS, True),
        (ValueError("secret"), TransportError, Phase.AMBIGUOUS, False),
        (KeyError("secret"), TransportError, Phase.AMBIGUOUS, False),
        (ExceptionGroup("secret", [ValueError()]), TransportError, Phase.AMBIGUOUS, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_a_transport_raises(
    kind: str, raised: Exception, expected: type[Exception], phase: Phase, retryable: bool
) -> None:
    def raising(request: httpx.Request) -> httpx.Response:
        raise raised

    def script(send: Send) -> TransportError:
        with pytest.raises(TransportError) as caught:
            send("/?secret")
        return caught.value

    error = run(kind, URL, script, httpx_settings={"transport": httpx.MockTransport(raising)})
    assert (type(error), error.phase, error.retryable) == (expected, phase, retryable)
    assert "http://prefect.example" in str(error) and "secret" not in str(error)
    assert error.__cause__ is (None if isinstance(raised, httpx.LocalProtocolError) else raised)
