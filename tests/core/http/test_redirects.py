"""Redirects: none by default; where they are asked for, within the API, for what reads, and with few headers."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit import Prefect
from prefectkit.core.engine import Engine
from prefectkit.core.errors import ConfigError, RedirectError
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.http.redirects import follow_redirects
from prefectkit.core.io import run
from prefectkit.core.operation import Operation
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.secrets import MASK
from tests.fakes import AsyncFakeTransport, FakeTransport, engine_of, response

STATUSES = [301, 302, 303, 307, 308]
WITHIN = [
    "http://prefect.test/api/moved?x=1",
    "http://prefect.test:80/api/moved?x=1",
    "HTTP://PREFECT.test/api/moved?x=1",
    "//prefect.test/api/moved?x=1",
    "/api/moved?x=1",
    "moved?x=1#there",
    "../api/moved?x=1",
    "./x/../moved?x=1",
]
OUTSIDE = {
    "http://evil.test/api/moved": "http://evil.test",
    "//evil.test/api/moved": "http://evil.test",
    "http://prefect.test:444/api/moved": "http://prefect.test:444",
    "https://prefect.test/api/moved": "https://prefect.test",
    "http://user:hunter2@prefect.test/api/moved": "http://prefect.test",
    "http://prefect.test@evil.test/api/moved": "http://evil.test",
    "http://prefect.test.evil.test/api/moved": "http://prefect.test.evil.test",
    "http://prefect.test/other": "http://prefect.test",
    "http://prefect.test/api": "http://prefect.test",
    "/apiary/moved": "http://prefect.test",
    "../../moved": "http://prefect.test",
    "/api/a b": "http://prefect.test",
    "/api/\\\\evil.test": "http://prefect.test",
    "/api/ü": "http://prefect.test",
    "http://prefect.test/api/../secret": "http://prefect.test",
    "http://prefect.test/api/x/..": "http://prefect.test",
    "http://prefect.test/api/./x": "http://prefect.test",
    "/api/%2e%2e/secret": "http://prefect.test",
    "/api/.%2E/secret": "http://prefect.test",
    "/api/%252e%252e/secret": "http://prefect.test",
    "/api/" + "%" + "25" * 6 + "2e": "http://prefect.test",
    "/api/" + "%" + "25" * 4 + "41": "http://prefect.test",
    "/api/..%2fsecret": "http://prefect.test",
    "/api/x%2F..%2F..%2Fsecret": "http://prefect.test",
    "/api/x%2fy": "http://prefect.test",
    "/api/..%5csecret": "http://prefect.test",
    "/api/x%255Cy": "http://prefect.test",
    "/api/\\..\\secret": "http://prefect.test",
    "/api//evil.test": "http://prefect.test",
    "/api/x//": "http://prefect.test",
    "file:///api/moved": "",
    "mailto:x@evil.test": "",
    "http://prefect.test:99999/api": "",
    "http://[evil/api": "",
}
HEADERS = {
    "accept": "application/json",
    "authorization": "Bearer k",
    "cf-access-client-secret": "hunter2",
    "cookie": "hunter2",
    "prefect-csrf-token": "hunter2",
    "user-agent": "ours",
    "x-prefect-api-version": "1",
}


def moved(location: str, status: int = 307) -> Response:
    return response(None, status, {"location": location})


def engine(transport: Any, redirects: int = 5, hooks: Hooks | None = None) -> Engine:
    return engine_of(transport, options=Options(redirects=redirects, headers=HEADERS), hooks=hooks)


def send(engine: Engine, method: str = "GET") -> Any:
    retry_safety = RetrySafety.READ if method in ("GET", "HEAD") else RetrySafety.KEYED
    operation = Operation(name="flows.do", method=method, path=PathTemplate("/flows"), retry_safety=retry_safety)
    return run(engine.call(operation, str, {}, None, {"secret": 1} if method == "POST" else None))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_by_default_none_is_followed(status: int, method: str) -> None:
    for location, host in [*OUTSIDE.items(), *dict.fromkeys(WITHIN, "http://prefect.test").items()]:
        transport = FakeTransport(moved(location, status), response("arrived"))
        with pytest.raises(RedirectError, match="redirects are not followed") as caught:
            send(engine(transport, redirects=0), method)
        assert len(transport.requests) == 1
        assert caught.value.location.lower().removesuffix(":80") == host
        assert host in str(caught.value).lower()
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("location", WITHIN)
def test_within_the_api_one_is_followed_with_few_headers(status: int, method: str, location: str) -> None:
    transport = FakeTransport(moved(location, status), response("arrived"))
    assert send(engine(transport), method) == "arrived"
    request = transport.last
    assert (request.method, request.url, request.body) == (method, "http://prefect.test/api/moved?x=1", b"")
    assert request.headers == {
        "accept": "application/json",
        "authorization": "Bearer k",
        "user-agent": "ours",
        "x-prefect-api-version": "1",
    }
    assert request.operation is not None


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("location", OUTSIDE)
def test_a_redirect_to_another_server_is_not_followed(status: int, location: str) -> None:
    transport = FakeTransport(moved(location, status), response("arrived"))
    with pytest.raises(RedirectError) as caught:
        send(engine(transport))
    error = caught.value
    assert len(transport.requests) == 1
    assert (error.location, error.status, error.retryable, error.attempts) == (OUTSIDE[location], status, False, 1)
    assert "use the URL it points to" in str(error)
    assert "hunter2" not in str(error)


def test_without_a_location_there_is_nowhere_to_go() -> None:
    transport = FakeTransport(response(None, 302))
    with pytest.raises(RedirectError):
        send(engine(transport, redirects=2))
    assert transport.sent == ["GET /flows"] * 3


@pytest.mark.parametrize("status", STATUSES)
def test_a_changing_request_is_not_redirected(status: int) -> None:
    transport = FakeTransport(moved("/api/moved", status), response("arrived"))
    with pytest.raises(RedirectError, match=r"307|30\d .* from POST .*only GET and HEAD follow a redirect"):
        send(engine(transport), "POST")
    assert len(transport.requests) == 1


@pytest.mark.parametrize(
    ("location", "method", "message"),
    [
        (
            "https://evil.test/x?y",
            "GET",
            "flows.do: 307 Temporary Redirect from GET http://prefect.test/api/flows, to https://evil.test: "
            "no key may reach another server; use the URL it points to",
        ),
        (
            "mailto:x",
            "GET",
            "flows.do: 307 Temporary Redirect from GET http://prefect.test/api/flows: "
            "no key may reach another server; use the URL it points to",
        ),
        (
            "/x",
            "GET",
            "flows.do: 307 Temporary Redirect from GET http://prefect.test/api/flows, to http://prefect.test: "
            "it leads out of the API; use the URL it points to",
        ),
        (
            "/api/x",
            "POST",
            "flows.do: 307 Temporary Redirect from POST http://prefect.test/api/flows, to http://prefect.test: "
            "only GET and HEAD follow a redirect; use the URL it points to",
        ),
    ],
)
def test_an_error_says_where_it_would_have_gone_and_why_not(location: str, method: str, message: str) -> None:
    with pytest.raises(RedirectError) as caught:
        send(engine(FakeTransport(moved(location))), method)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("root", "location", "within"),
    [
        ("https://prefect.test/api", "https://prefect.test:443/api/x", True),
        ("https://prefect.test:443/api", "https://prefect.test/api/x", True),
        ("https://prefect.test/api", "https://prefect.test:444/api/x", False),
        ("https://prefect.test/api", "https://prefect.test:80/api/x", False),
        ("http://prefect.test/api", "http://prefect.test:443/api/x", False),
        ("http://prefect.test:4200/api", "http://prefect.test:4200/api/x", True),
        ("http://prefect.test:4200/api", "http://prefect.test/api/x", False),
        ("http://prefect.test", "http://prefect.test/x", True),
    ],
)
def test_the_default_port_is_the_same_origin(root: str, location: str, within: bool) -> None:
    request = Request("GET", root, "/flows?limit=1")
    if within:
        assert run(follow_redirects(request, moved(location), 1, arrive)).text == f"{root}/x"
    else:
        with pytest.raises(RedirectError, match=f"from GET {root}/flows, to "):
            run(follow_redirects(request, moved(location), 1, arrive))


def test_an_error_holds_no_secret_of_the_request() -> None:
    request = Request("GET", "http://prefect.test/api", "/flows", headers={"authorization": "Bearer hunter2-canary"})
    with pytest.raises(RedirectError) as caught:
        run(follow_redirects(request, moved("http://hunter2-canary.test/api"), 1, arrive))
    assert MASK in str(caught.value) and "hunter2" not in str(caught.value)


def test_the_secrets_of_the_client_are_known_of_the_next_request_too() -> None:
    request, asked = Request("GET", "http://prefect.test/api", "/flows", known=KnownSecrets()), list[Request]()

    async def respond(request: Request) -> Response:
        asked.append(request)
        return Response(200)

    run(follow_redirects(request, moved("/api/x"), 1, respond))
    assert [each.known for each in asked] == [request.known] and request.known is not None


async def arrive(request: Request) -> Response:
    return Response(200, {}, request.url.encode())


def test_a_stream_that_is_found_elsewhere_is_one() -> None:
    transport = FakeTransport(moved("/api/a"), Response(200, {}, chunks=iter([b"a", b"b"])))
    operation = Operation(name="flows.do", method="GET", path=PathTemplate("/flows"), retry_safety=RetrySafety.READ)

    async def read() -> list[bytes]:
        return [piece async for piece in engine(transport).stream(operation, {})]

    assert run(read()) == [b"a", b"b"]
    assert transport.last.stream


def test_there_is_a_limit() -> None:
    transport = FakeTransport(moved("/api/a"), moved("/api/b"), moved("/api/c"), response("arrived"))
    assert send(engine(transport, redirects=3)) == "arrived"
    transport = FakeTransport(moved("/api/a"))
    with pytest.raises(RedirectError, match=r": after 3 redirects$"):
        send(engine(transport, redirects=3))
    assert len(transport.requests) == 4


def test_plugins_see_each_request() -> None:
    hooks, seen = Hooks(), list[str]()
    hooks.before_send = (lambda call, request: seen.append(request.target),)
    send(engine(FakeTransport(moved("/api/a"), response("arrived")), hooks=hooks))
    assert seen == ["/flows", "/a"]


def test_follow_redirects_is_an_option_of_the_client() -> None:
    transport = FakeTransport(moved("/api/health?x"), response(True), moved("/api/health?x"))
    with Prefect("http://prefect.test/api", transport=transport) as client:
        assert client.with_options(follow_redirects=True).health()
        with pytest.raises(RedirectError):
            client.with_options(follow_redirects=True).with_options(follow_redirects=False).health()
        asked = len(transport.requests)
        with pytest.raises(RedirectError, match="after 5 redirects"):
            client.with_options(follow_redirects=True).health()
        assert len(transport.requests) == asked + 6
        wrong: Any = "yes"
        with pytest.raises(ConfigError, match="follow_redirects must be True or False, got 'yes'"):
            client.with_options(follow_redirects=wrong)


@pytest.mark.anyio
async def test_an_async_call_follows_too() -> None:
    transport = AsyncFakeTransport(moved("/api/a"), response("arrived"))
    operation = Operation(name="flows.do", method="GET", path=PathTemplate("/flows"), retry_safety=RetrySafety.READ)
    assert await engine(transport).call(operation, str, {}) == "arrived"
    assert isinstance(transport.last, Request)
