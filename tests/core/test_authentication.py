"""Flows of authentication: in each other, with requests of their own, one caller at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from prefectkit.core.authentication import Lock, send_authenticated
from prefectkit.core.errors import ConnectError, IncompleteResponse, PluginError, TransportError
from prefectkit.core.hooks import AuthFlow
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import IO, AsyncIO, SyncIO, run
from prefectkit.core.retries.policy import Phase
from tests.fakes import URL, AsyncFakeTransport, FakeTransport, response

PATIENCE = 30.0


def lock_of(io: IO) -> Lock:
    """The locks of calls that have time."""
    return lambda flow: io.lock(flow, PATIENCE)


def call(transport: FakeTransport, *flows: Any) -> Response:
    io = SyncIO(transport)
    return run(send_authenticated(Request("POST", URL, "/flows/"), flows, lock_of(io), io.send))


class Token:
    """Asks for a token where it has none, and again where the server refuses it."""

    def __init__(self, path: str = "/token", token: str = "", missing: Callable[[], object] = bool) -> None:
        self.path = path
        self.token = token
        self.missing = missing
        self.runs = 0

    def __call__(self, request: Request) -> AuthFlow:
        self.runs += 1
        if not self.token:
            self.missing()
            given = yield request.sibling("GET", self.path)
            self.token = given.text
        sent = request.headers["x-token" + self.path.replace("/", "-")] = self.token
        response = yield request
        if response.status == 401 and self.token == sent:
            self.token = ""
        return response.status == 401


def test_without_a_flow_the_request_is_sent() -> None:
    transport = FakeTransport(response("ok"))
    assert call(transport).json() == "ok"
    assert transport.sent == ["POST /flows/"]


def test_plain_functions_run_in_order() -> None:
    def first(request: Request) -> None:
        request.headers["x"] = "1"

    def second(request: Request) -> None:
        request.headers["x"] += "2"

    transport = FakeTransport(response())
    call(transport, first, second)
    assert transport.last.headers == {"x": "12"}


def test_a_flow_gets_its_token_once() -> None:
    transport = FakeTransport(response(b"t"), response("ok"))
    token = Token()
    assert call(transport, token).json() == "ok"
    assert call(transport, token).json() == "ok"
    assert transport.sent == ["GET /token", "POST /flows/", "POST /flows/"]
    assert [request.headers.get("x-token-token") for request in transport.requests] == [None, "t", "t"]


def test_a_refused_token_is_renewed_only_once() -> None:
    transport = FakeTransport(response("old token", 401), response(b"new"), response("still", 401))
    assert call(transport, Token(token="old")).json() == "still"
    assert transport.sent == ["POST /flows/", "GET /token", "POST /flows/"]
    assert transport.last.headers["x-token-token"] == "new"


def test_flows_stand_in_each_other() -> None:
    """The outer one's own request passes through the inner one, and not the other way round."""
    outer, inner = Token("/outer"), Token("/inner")
    transport = FakeTransport(response(b"i"), response(b"o"), response("ok"))
    assert call(transport, outer, inner).json() == "ok"
    assert transport.sent == ["GET /inner", "GET /outer", "POST /flows/"]
    headers = [request.headers for request in transport.requests]
    assert headers == [{}, {"x-token-inner": "i"}, {"x-token-outer": "o", "x-token-inner": "i"}]


def test_a_request_to_another_server_carries_nothing_of_the_flows_behind() -> None:
    def sso(request: Request) -> AuthFlow:
        given = yield Request("POST", "https://idp.test", "/token", body=b"grant")
        request.headers["authorization"] = given.text
        yield request

    def key(request: Request) -> None:
        request.headers["x-key"] = "hunter2"

    transport = FakeTransport(response(b"t"), response("ok"))
    call(transport, sso, key)
    asked, sent = transport.requests
    assert (asked.url, asked.headers) == ("https://idp.test/token", {})
    assert sent.headers == {"authorization": "t", "x-key": "hunter2"}


def test_a_flow_may_send_several_requests() -> None:
    def steps(request: Request) -> AuthFlow:
        for path in ("/a", "/b"):
            given = yield request.sibling("GET", path)
            request.headers[f"x{path[1:]}"] = given.text

    transport = FakeTransport(response(b"1"), response(b"2"), response("ok"))
    assert call(transport, steps).json() == "ok"
    assert transport.sent == ["GET /a", "GET /b", "POST /flows/"]
    assert transport.last.headers == {"xa": "1", "xb": "2"}


@pytest.mark.parametrize("outcome", [response("ok"), ConnectError("down")], ids=["sent", "failed"])
def test_a_flow_that_has_nothing_to_do_any_more_lets_the_request_through(outcome: Response | ConnectError) -> None:
    """Between its first run and its turn another caller did it all."""
    runs: list[int] = []

    def flow(request: Request) -> AuthFlow | None:
        runs.append(1)
        return asking(request) if len(runs) == 1 else None

    def asking(request: Request) -> AuthFlow:
        yield request.sibling("GET", "/token")

    transport = FakeTransport(outcome)
    if isinstance(outcome, Response):
        assert call(transport, flow) is outcome
    else:
        with pytest.raises(ConnectError, match="down"):
            call(transport, flow)
    assert transport.sent == ["POST /flows/"]


def test_a_flow_that_renews_without_a_request_is_run_again() -> None:
    runs: list[int] = []

    def flow(request: Request) -> AuthFlow | None:
        runs.append(1)
        return refusing(request) if len(runs) == 1 else None

    def refusing(request: Request) -> AuthFlow:
        yield request
        return True

    transport = FakeTransport(response("first"), response("second"))
    assert call(transport, flow).json() == "second"


@pytest.mark.parametrize("value", [True, 1, "yes"])
def test_only_a_flow_that_saw_the_response_may_ask_for_another(value: Any) -> None:
    """Nothing may be sent twice by a slip of a plugin."""

    def returns_at_once(request: Request) -> AuthFlow:
        return value
        yield request

    def returns_after_its_own(request: Request) -> AuthFlow:
        yield request.sibling("GET", "/token")
        return value

    transport = FakeTransport(response("ok"))
    call(transport, returns_at_once)
    assert transport.sent == ["POST /flows/"]
    call(transport, returns_after_its_own)
    assert transport.sent == ["POST /flows/", "GET /token", "POST /flows/"]


def misuse_twice(request: Request) -> AuthFlow:
    yield request
    yield request


def misuse_late(request: Request) -> AuthFlow:
    yield request
    yield request.sibling("GET", "/token")


def misuse_nothing(request: Request) -> AuthFlow:
    yield None  # type: ignore[misc] -- the misuse


def misuse_url(request: Request) -> AuthFlow:
    yield request.sibling("GET", "/token")
    yield "/token"  # type: ignore[misc] -- the misuse


@pytest.mark.parametrize(
    ("flow", "reason"),
    [
        (misuse_twice, "its own requests first"),
        (misuse_late, "its own requests first"),
        (misuse_nothing, "yielded NoneType"),
        (misuse_url, "yielded str"),
    ],
)
def test_a_flow_that_breaks_the_rules_raises(flow: Any, reason: str) -> None:
    with pytest.raises(PluginError, match=reason):
        call(FakeTransport(response()), flow)


@pytest.mark.parametrize("error", [IncompleteResponse("cut"), TransportError("?"), ConnectError("down")])
def test_where_the_flows_own_request_fails_the_calls_was_not_sent(error: TransportError) -> None:
    transport = FakeTransport(error)
    with pytest.raises(type(error)) as caught:
        call(transport, Token())
    assert caught.value.phase is Phase.NOTHING_SENT
    assert transport.sent == ["GET /token"]


def test_where_the_call_itself_fails_its_phase_stays() -> None:
    with pytest.raises(IncompleteResponse) as caught:
        call(FakeTransport(IncompleteResponse("cut")), Token(token="t"))
    assert caught.value.phase is Phase.AMBIGUOUS


def test_a_failure_lets_the_lock_go() -> None:
    token = Token()
    io = SyncIO(FakeTransport(ConnectError("down"), response(b"t")))
    request = Request("POST", URL, "/flows/")
    with pytest.raises(ConnectError):
        run(send_authenticated(request, (token,), lock_of(io), io.send))
    assert run(send_authenticated(request, (token,), lock_of(io), io.send)).text == "t"


CALLERS = 4


@pytest.mark.parametrize("trouble", [PluginError("odd"), ConnectError("other"), ValueError("odd")])
def test_an_error_at_the_end_of_a_flow_does_not_replace_the_calls_error(trouble: Exception) -> None:
    def flow(request: Request) -> AuthFlow:
        try:
            yield request
        finally:
            raise trouble

    with pytest.raises(ConnectError, match="down"):
        call(FakeTransport(ConnectError("down")), flow)


def test_a_failure_ends_the_flow_at_once() -> None:
    held: list[AuthFlow] = []
    ended: list[str] = []

    def flow(request: Request) -> AuthFlow:
        try:
            yield request
        finally:
            ended.append("yes")

    def keeping(request: Request) -> AuthFlow:
        held.append(flow(request))
        return held[-1]

    with pytest.raises(ConnectError):
        call(FakeTransport(ConnectError("down")), keeping)
    assert ended == ["yes"]


def test_one_thread_gets_the_token_for_all() -> None:
    barrier = threading.Barrier(CALLERS)
    seen: set[int] = set()

    def missing() -> None:
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            barrier.wait(30)

    token = Token(missing=missing)
    transport = FakeTransport(lambda request: response(b"t"))
    io = SyncIO(transport)

    def one() -> None:
        run(send_authenticated(Request("POST", URL, "/flows/"), (token,), lock_of(io), io.send))

    threads = [threading.Thread(target=one) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(transport.sent) == ["GET /token"] + ["POST /flows/"] * CALLERS
    assert token.runs == 2 * CALLERS


@pytest.mark.anyio
async def test_one_task_gets_the_token_for_all() -> None:
    seen: set[int] = set()
    token = Token(missing=lambda: seen.add(anyio.get_current_task().id))

    class Slow(AsyncFakeTransport):
        async def send(self, request: Request) -> Response:
            while len(seen) < CALLERS:
                await anyio.lowlevel.checkpoint()
            return await super().send(request)

    transport = Slow(lambda request: response(b"t"))
    io = AsyncIO(transport)

    async def one() -> None:
        await send_authenticated(Request("POST", URL, "/flows/"), (token,), lock_of(io), io.send)

    async with anyio.create_task_group() as group:
        for _ in range(CALLERS):
            group.start_soon(one)
    assert sorted(transport.sent) == ["GET /token"] + ["POST /flows/"] * CALLERS
    assert token.runs == 2 * CALLERS


def test_a_second_run_starts_with_the_headers_of_the_first() -> None:
    seen: list[dict[str, str]] = []

    def outer(request: Request) -> None:
        request.headers["x"] = request.headers.get("x", "") + "o"

    def renewing(request: Request) -> AuthFlow:
        seen.append(dict(request.headers))
        received = yield request
        return received.status == 401

    def inner(request: Request) -> None:
        request.headers["x"] += "i"

    transport = FakeTransport(response(None, 401), response())
    call(transport, outer, renewing, inner)
    assert seen == [{"x": "o"}] * 2
    assert [request.headers["x"] for request in transport.requests] == ["oi", "oi"]
