"""Every fault of the wire, on both transports: which error, and how far the request got."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from prefectkit.core.errors import ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.http.messages import Response
from prefectkit.core.retries.policy import Phase
from tests.faults import FaultServer, closed_port
from tests.transports.http_senders import ALL_KINDS, Send, eventually, run

BROKEN = [
    "reset-before-read", "close-before-read", "reset-after-apply", "close-after-apply", "half-status", "half-headers",
    "garbage-status", "no-status", "big-headers", "nul-header", "two-lengths", "negative-length", "half-body",
    "reset-body", "half-chunk", "bad-chunk-size", "no-last-chunk", "bad-gzip", "half-gzip", "status-99",
]  # fmt: skip
LATE = ["hang", "hang-body", "drip-headers", "drip-body", "endless-hints"]
REFUSED = ["double-bomb", "deflate", "unknown-coding"]


@pytest.fixture(scope="module")
def faults() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture(params=ALL_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def failure(kind: str, url: str, path: str, **options: object) -> TransportError:
    """The error that a fault leads to. Then the same transport must still work."""

    def script(send: Send) -> TransportError:
        with pytest.raises(TransportError) as caught:
            send(path, method="POST", body=b"{}", **options)
        if not path.startswith("//"):
            assert send("/echo").status == 200
        return caught.value

    return run(kind, url, script)


def test_a_complete_response_arrives(kind: str, faults: FaultServer) -> None:
    def script(send: Send) -> Response:
        return send("/a%2Fb/echo?x=1&y=%2F", method="POST", headers={"x-token": "t"}, body=b"body")

    response = run(kind, faults.url + "/api", script)
    echo = response.json()
    assert response.status == 200
    assert (echo["method"], echo["path"], echo["body"]) == ("POST", "/api/a%2Fb/echo?x=1&y=%2F", "body")
    assert echo["headers"]["x-token"] == "t"
    assert echo["headers"]["accept-encoding"] == "gzip"
    assert response.headers["content-type"] == "application/json"
    assert response.chunks is None


@pytest.mark.parametrize("status", [200, 204, 302, 404, 409, 423, 429, 500, 503, 700])
def test_no_status_is_an_error(kind: str, faults: FaultServer, status: int) -> None:
    assert run(kind, faults.url, lambda send: send(f"/status-{status}")).status == status


def test_a_repeated_header_is_joined(kind: str) -> None:
    from tests.faults import Connection

    def twice(connection: Connection) -> None:
        connection.peek()
        connection.read_and_respond(b"", "Vary: a", "vary: b", "connection: close")

    with FaultServer(on_connect=twice) as server:
        assert run(kind, server.url, lambda send: send("/")).headers["vary"] == "a, b"


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("stream", [False, True])
def test_a_broken_response_is_ambiguous(kind: str, faults: FaultServer, name: str, stream: bool) -> None:
    error = failure(kind, faults.url, f"/{name}?secret=1", stream=stream)
    assert isinstance(error, IncompleteResponse)
    assert (error.phase, error.retryable) == (Phase.AMBIGUOUS, True)
    assert "secret" not in str(error)


@pytest.mark.slow
@pytest.mark.parametrize("name", LATE)
@pytest.mark.parametrize("stream", [False, True])
def test_a_late_response_is_cut_off(kind: str, faults: FaultServer, name: str, stream: bool) -> None:
    error = failure(kind, faults.url, f"/{name}", stream=stream, timeout=0.3)
    assert isinstance(error, TransportTimeout)
    assert (error.phase, error.retryable) == (Phase.AMBIGUOUS, True)
    assert faults.url in str(error) and "within 0.3 s" in str(error)


@pytest.mark.parametrize("name", REFUSED)
def test_an_unasked_coding_is_refused(kind: str, faults: FaultServer, name: str) -> None:
    error = failure(kind, faults.url, f"/{name}")
    assert (error.phase, error.retryable) == (Phase.AMBIGUOUS, False)
    assert "content-encoding" in str(error)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bomb", "endless-body"])
def test_a_body_beyond_the_limit_is_refused(kind: str, faults: FaultServer, name: str) -> None:
    error = failure(kind, faults.url, f"/{name}")
    assert (error.phase, error.retryable) == (Phase.AMBIGUOUS, False)
    assert str(64 << 20) in str(error) and "max_body_bytes" in str(error)


@pytest.mark.parametrize("name", ["packed", "packed-in-two"])
@pytest.mark.parametrize("stream", [False, True])
def test_gzip_is_unpacked(kind: str, faults: FaultServer, name: str, stream: bool) -> None:
    assert run(kind, faults.url, lambda send: send(f"/{name}", stream=stream)).json() == {"packed": True}


@pytest.mark.parametrize("name", ["html", "half-json", "many-hints", "status-304"])
def test_a_complete_response_is_not_an_error(kind: str, faults: FaultServer, name: str) -> None:
    assert isinstance(run(kind, faults.url, lambda send: send(f"/{name}")), Response)


@pytest.mark.parametrize("name", ["body-of-204", "two-responses"])
def test_unsolicited_data_is_not_read_as_a_response(kind: str, faults: FaultServer, name: str) -> None:
    def script(send: Send) -> list[Response]:
        with suppress(IncompleteResponse):
            assert send(f"/{name}").body in (b"", b"{}")
        return [send(f"/{path}/echo") for path in "abc"]

    for path, response in zip("abc", run(kind, faults.url, script), strict=True):
        assert response.json()["path"] == f"/{path}/echo"


def test_a_body_where_http_allows_none(kind: str, faults: FaultServer) -> None:
    # aiohttp takes it for the start of another response, and rejects both.
    if kind == "aiohttp":
        assert isinstance(failure(kind, faults.url, "/body-of-204"), IncompleteResponse)
    else:
        assert run(kind, faults.url, lambda send: send("/body-of-204")).status == 204


def test_a_redirect_is_not_followed(kind: str, faults: FaultServer) -> None:
    response = run(kind, faults.url, lambda send: send("/redirect"))
    assert (response.status, response.headers["location"]) == (307, "/echo")


def test_nobody_listens(kind: str) -> None:
    url = f"http://127.0.0.1:{closed_port()}"

    def script(send: Send) -> TransportError:
        with pytest.raises(ConnectError) as caught:
            send("/x?secret=1", method="POST", body=b"{}")
        return caught.value

    error = run(kind, url, script)
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, True)
    assert url in str(error) and "is the server running" in str(error) and "Connection refused" in str(error)
    assert "secret" not in str(error)


def test_an_idle_connection_that_the_server_closed(kind: str) -> None:
    def script(send: Send) -> int:
        send("/close-idle")
        assert eventually(lambda: not server.open)
        return send("/echo").status

    with FaultServer() as server:
        assert run(kind, server.url, script) == 200


def test_a_connection_is_reused_after_a_response_but_not_after_a_server_error(kind: str) -> None:
    # uvicorn closes it after a 500 without saying so, and the next request on it would be lost.
    def script(send: Send) -> list[int]:
        used: list[int] = []
        for path in ("/echo", "/echo", "/fail", "/echo"):
            send(path)
            used.append(server.connections)
        return used

    with FaultServer() as server:
        assert run(kind, server.url, script) == [1, 1, 1, 2]
