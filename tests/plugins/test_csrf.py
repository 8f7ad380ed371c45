"""The CSRF token: fetched before the first change, reused, renewed, and skipped if the server requires none."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from prefectkit.core.engine import Engine
from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    Forbidden,
    IncompleteResponse,
    ServerError,
    TransportError,
    Unauthorized,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.security.secrets import Secret
from prefectkit.plugins.builtin import csrf
from prefectkit.plugins.builtin.auth import Auth
from prefectkit.plugins.builtin.csrf import CSRF
from prefectkit.plugins.manager import Plugins
from tests.core.calls import operation
from tests.fakes import AsyncFakeTransport, Clock, FakeTransport, engine_of, response

DISABLED = response({"detail": "CSRF protection is disabled."}, 422)
REFUSED = response({"detail": "Invalid CSRF token or client identifier."}, 403)
NOW = 1_700_000_000.0


def token(value: str = "t1", expiration: str = "2030-01-01T00:00:00Z") -> Response:
    return response({"token": value, "client": "c", "expiration": expiration})


@pytest.fixture(autouse=True)
def _at_a_known_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csrf.time, "time", lambda: NOW)


def engine(transport: Any, *more: object, clock: Clock | None = None) -> Engine:
    plugins = Plugins(environ={})
    plugins.add_built_in((type(plugin).__name__, plugin) for plugin in (CSRF(), *more))
    made: Engine = engine_of(transport, hooks=plugins.compile(), clock=clock)
    return made


def change(engine: Engine, retry_safety: RetrySafety = RetrySafety.NEVER) -> Any:
    return run(engine.call(operation(retry_safety), Any, {}))


def tokens(transport: Any) -> list[str | None]:
    """The token of each request."""
    return [request.headers.get("prefect-csrf-token") for request in transport.requests]


def kinds(transport: Any) -> str:
    """`t` for each request for a token, `c` for each change, `r` for each read."""
    return "".join(
        "t" if request.target.startswith("/csrf-token") else "r" if request.method == "GET" else "c"
        for request in transport.requests
    )


def test_the_token_is_fetched_once_and_sent_with_each_change() -> None:
    transport = FakeTransport(token(), response("ok"))
    client = engine(transport)
    for _ in range(2):
        assert change(client) == "ok"
    change(client, RetrySafety.DELETE)
    assert kinds(transport) == "tccc"
    assert tokens(transport) == [None, "t1", "t1", "t1"]
    asked, *sent = transport.requests
    assert asked.method == "GET"
    assert asked.body == b""
    for request in sent:
        assert asked.target == f"/csrf-token?client={request.headers['prefect-csrf-client']}"


def test_reading_needs_no_token() -> None:
    transport = FakeTransport()
    change(engine(transport), RetrySafety.READ)
    assert kinds(transport) == "r"
    assert tokens(transport) == [None]


def test_the_request_for_the_token_is_authenticated_too() -> None:
    transport = FakeTransport(token(), response())
    change(engine(transport, Auth(Secret("pnu_1"))))
    assert [request.headers["authorization"] for request in transport.requests] == ["Bearer pnu_1"] * 2


@pytest.mark.parametrize("said", [DISABLED, response(None, 404)])
def test_a_server_that_wants_no_token_is_remembered_by_every_client(said: Response) -> None:
    transport = FakeTransport(said, response("ok"))
    for _ in range(2):
        client = engine(transport)
        for _ in range(2):
            assert change(client) == "ok"
    assert kinds(transport) == "tcccc"
    assert tokens(transport) == [None] * 5


def test_a_server_that_comes_to_want_one_gets_it() -> None:
    transport = FakeTransport(DISABLED, response("ok"), REFUSED, token(), response("ok"))
    client = engine(transport)
    for _ in range(3):
        assert change(client) == "ok"
    assert kinds(transport) == "tcctcc"
    assert tokens(transport) == [None, None, None, None, "t1", "t1"]


@pytest.mark.parametrize(
    "retry_safety", [retry_safety for retry_safety in RetrySafety if retry_safety is not RetrySafety.READ]
)
def test_a_refused_token_is_renewed_once_without_an_attempt_or_a_sleep(retry_safety: RetrySafety) -> None:
    clock = Clock()
    transport = FakeTransport(token(), REFUSED, token("t2"), response("ok"))
    client = engine(transport, clock=clock)
    attempts: list[int] = []
    client.hooks.after_call = (lambda call, received: attempts.append(call.attempt),)
    assert change(client, retry_safety) == "ok"
    assert kinds(transport) == "tctc"
    assert tokens(transport) == [None, "t1", None, "t2"]
    assert (attempts, clock.sleeps) == ([1], [])


def test_a_second_refusal_is_the_answer() -> None:
    transport = FakeTransport(token(), REFUSED, token("t2"), REFUSED)
    with pytest.raises(Forbidden, match="Invalid CSRF token") as caught:
        change(engine(transport))
    assert kinds(transport) == "tctc"
    assert caught.value.attempts == 1


def test_another_403_is_not_about_the_token() -> None:
    transport = FakeTransport(token(), response({"detail": "not yours"}, 403))
    with pytest.raises(Forbidden, match="not yours"):
        change(engine(transport))
    assert kinds(transport) == "tc"


@pytest.mark.parametrize(
    ("expiration", "fetched"),
    [
        ("2023-11-14T22:13:20Z", True),
        ("2023-11-14T22:13:20", True),
        ("2023-11-14T22:13:21+00:00", False),
        ("2023-11-15T00:13:20+02:00", True),
        ("2023-11-14T22:13:20.5", False),
    ],
)
def test_an_expired_token_is_fetched_anew(expiration: str, fetched: bool) -> None:
    transport = FakeTransport(token("t1", expiration), response(), token("t2"), response())
    client = engine(transport)
    change(client)
    change(client)
    assert tokens(transport)[1] == "t1"
    assert kinds(transport)[:3] == ("tct" if fetched else "tcc")


@pytest.mark.parametrize("retry_safety", [RetrySafety.NEVER, RetrySafety.CONFLICT])
@pytest.mark.parametrize(
    "fault",
    [
        response(None, 503),
        response(None, 500),
        response(None, 429),
        IncompleteResponse("cut"),
        response(b'{"tok'),
        response([]),
    ],
)
def test_where_no_token_is_to_be_had_the_change_was_not_sent_and_is_tried_again(
    retry_safety: RetrySafety, fault: Any
) -> None:
    clock = Clock()
    transport = FakeTransport(fault, token(), response("ok"))
    assert change(engine(transport, clock=clock), retry_safety) == "ok"
    assert kinds(transport) == "ttc"
    assert clock.sleeps == [0.25]


def test_the_token_routes_retry_after_is_kept() -> None:
    clock = Clock()
    transport = FakeTransport(response(None, 503, {"retry-after": "7"}), token(), response("ok"))
    assert change(engine(transport, clock=clock)) == "ok"
    assert clock.sleeps == [pytest.approx(7.7)]


@pytest.mark.parametrize("status", [503, 520])
def test_giving_up_on_the_token_says_so_and_that_nothing_was_applied(status: int) -> None:
    transport = FakeTransport(response({"detail": "down"}, status))
    with pytest.raises(TransportError, match=rf"no CSRF token was received: {status} .*/csrf-token: down") as caught:
        change(engine(transport))
    assert isinstance(caught.value.__cause__, ServerError)
    assert not caught.value.maybe_applied
    assert kinds(transport) == "ttttt"


def test_a_token_route_that_refuses_is_quoted() -> None:
    transport = FakeTransport(response({"detail": "who are you"}, 401))
    with pytest.raises(Unauthorized, match=r"401 Unauthorized from GET http://prefect.test/api/csrf-token: who"):
        change(engine(transport))
    assert kinds(transport) == "t"


@pytest.mark.parametrize(
    "said",
    [
        response(b"<html>"),
        response(b"\xff"),
        response(b"[" * 100_000),
        response(["token"]),
        response({"token": "hunter2"}),
        response({"token": "hunter2", "expiration": "soon"}),
        response({"token": "hunter2", "expiration": None}),
        response("text"),
        response(None),
    ],
)
def test_a_token_answer_that_makes_no_sense_is_an_error_without_the_token(said: Response) -> None:
    transport = FakeTransport(said)
    with pytest.raises(TransportError, match="request for a CSRF token is not as expected") as caught:
        change(engine(transport))
    assert "hunter2" not in str(caught.value)
    assert not caught.value.maybe_applied
    assert "c" not in kinds(transport)


def test_an_ambiguous_change_is_not_sent_again_for_the_tokens_sake() -> None:
    transport = FakeTransport(token(), IncompleteResponse("cut"))
    with pytest.raises(AmbiguousOutcomeError):
        change(engine(transport))
    assert kinds(transport) == "tc"


@pytest.mark.anyio
async def test_one_task_fetches_for_all() -> None:
    class Slow(AsyncFakeTransport):
        async def send(self, request: Request) -> Response:
            for _ in range(20):
                await anyio.lowlevel.checkpoint()
            return await super().send(request)

    transport = Slow(lambda request: token() if "csrf" in request.target else response("ok"))
    client = engine(transport)

    async def one() -> None:
        assert await client.call(operation(RetrySafety.NEVER), Any, {}) == "ok"

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(one)
    assert kinds(transport) == "tccccc"
    assert tokens(transport) == [None] + ["t1"] * 5


@pytest.mark.anyio
async def test_one_task_renews_for_all() -> None:
    """All were refused with the old token; the first one to see it fetches the new one."""
    refused = 0

    def server(request: Request) -> Response:
        nonlocal refused
        if "csrf" in request.target:
            return token("t2" if refused else "t1")
        if request.headers["prefect-csrf-token"] == "t1" and started:
            refused += 1
            return REFUSED
        return response("ok")

    class Slow(AsyncFakeTransport):
        async def send(self, request: Request) -> Response:
            received = await super().send(request)
            for _ in range(20):
                await anyio.lowlevel.checkpoint()
            return received

    started = False
    transport = Slow(server)
    client = engine(transport)

    async def one() -> None:
        assert await client.call(operation(RetrySafety.NEVER), Any, {}) == "ok"

    await one()
    started = True
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(one)
    assert refused == 5
    assert kinds(transport).count("t") == 2
    assert tokens(transport)[-5:] == ["t2"] * 5
