"""One request to an app: its scope, its response, and errors of the app."""

from __future__ import annotations

import logging
from contextvars import Context, ContextVar
from typing import Any

import anyio
import pytest

from prefectkit.core.errors import ConfigError, IncompleteResponse, TransportTimeout
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.asgi import loop_state, request_cycle
from tests.transports.asgi_drivers import WAYS, App, body, make, opened, request, start

pytestmark = pytest.mark.anyio


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def anyio_backend(way: str) -> str:
    return "trio" if way.startswith("trio") else "asyncio"


async def test_the_scope_contains_the_whole_request(way: str) -> None:
    received: list[Any] = []

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        received.append(await receive())
        await send(start())
        await send(body())

    app = App(handler)
    async with opened(way, app) as transport:
        await transport.send(
            request("/variables/name/a%2Fb%20%C3%BC?q=1&r=%20", headers={"x-name": "caf\xe9"}, body=b'{"a":1}')
        )
    scope = app.scopes[0]
    assert received == [{"type": "http.request", "body": b'{"a":1}', "more_body": False}]
    assert scope["type"] == "http"
    assert scope["asgi"]["version"] == "3.0"
    assert (scope["method"], scope["scheme"], scope["server"], scope["root_path"]) == (
        "POST",
        "http",
        ("in-process", 8080),
        "",
    )
    assert scope["path"] == "/api/variables/name/a/b ü"
    assert scope["raw_path"] == b"/api/variables/name/a%2Fb%20%C3%BC"
    assert scope["query_string"] == b"q=1&r=%20"
    assert scope["headers"] == [(b"host", b"in-process:8080"), (b"x-name", b"caf\xe9"), (b"content-length", b"7")]


@pytest.mark.parametrize(
    ("url", "method", "headers", "expected"),
    [
        ("https://there/api", "GET", {}, [(b"host", b"there")]),
        ("http://there", "GET", {"host": "elsewhere"}, [(b"host", b"elsewhere")]),
        ("http://there/api", "PATCH", {}, [(b"host", b"there"), (b"content-length", b"0")]),
        ("http://there/api", "PUT", {"content-length": "0"}, [(b"host", b"there"), (b"content-length", b"0")]),
    ],
)
async def test_headers_that_every_app_expects(way: str, url: str, method: str, headers: Any, expected: Any) -> None:
    app = App()
    async with opened(way, app) as transport:
        await transport.send(request(method=method, base_url=url, headers=headers))
    assert app.scopes[0]["headers"] == expected
    assert app.scopes[0]["server"] == ("there", 443 if url.startswith("https") else 80)


async def test_the_response_has_status_headers_and_the_whole_body(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start(201, (b"X-One", b"1"), (b"x-two", b"a"), (b"X-Two", b"b"), (b"content-length", b"5")))
        await send(body(b"abc", more=True))
        await send({"type": "http.response.body", "more_body": True})
        await send(body(b"de"))

    async with opened(way, App(handler)) as transport:
        response = await transport.send(request(timeout=None))
    assert (response.status, response.body, response.chunks) == (201, b"abcde", None)
    assert response.headers == {"x-one": "1", "x-two": "a, b", "content-length": "5"}


@pytest.mark.parametrize(("method", "status"), [("POST", 204), ("GET", 304), ("HEAD", 200)])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_response_that_has_no_body_loses_the_one_it_has(
    way: str, method: str, status: int, stream: bool
) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start(status, (b"content-length", b"11")))
        await send(body(b"unexpected."))

    async with opened(way, App(handler)) as transport:
        response = await transport.send(request(method=method, stream=stream))
    assert (response.status, response.body, response.chunks) == (status, b"", None)


@pytest.mark.parametrize("begun", [False, True])
async def test_an_error_of_the_app_is_the_cause_of_the_callers(way: str, begun: bool) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await send(start())
            await send(body(b"half of ", more=True))
        raise LookupError("secret")

    async with opened(way, App(handler)) as transport:
        with pytest.raises(IncompleteResponse) as caught:
            await transport.send(request())
    assert isinstance(caught.value.__cause__, LookupError)
    assert caught.value.phase is Phase.AMBIGUOUS
    when = "before its response was complete" if begun else "before it responded"
    assert str(caught.value) == f"the app raised LookupError {when}"


async def test_an_app_that_exits_does_not_end_its_caller(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        raise SystemExit(3)

    async with opened(way, App(handler)) as transport:
        for _ in range(2):
            with pytest.raises(IncompleteResponse) as caught:
                await transport.send(request())
            assert isinstance(caught.value.__cause__, SystemExit)


@pytest.mark.parametrize("grouped", [False, True])
async def test_an_app_that_cancels_itself_has_not_responded(way: str, grouped: bool) -> None:
    if way == "trio":
        pytest.skip("no task of trio can cancel itself outside of a scope")

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        cancelled = anyio.get_cancelled_exc_class()()
        raise BaseExceptionGroup("", [cancelled]) if grouped else cancelled

    async with opened(way, App(handler)) as transport:
        with pytest.raises(IncompleteResponse, match="was cancelled before its response was complete"):
            await transport.send(request())


async def _nothing(send: Any) -> None:
    pass


async def _no_end(send: Any) -> None:
    await send(start())
    await send(body(b"half", more=True))


async def _too_short(send: Any) -> None:
    await send(start(200, (b"content-length", b"10")))
    await send(body(b"123"))


async def _too_long(send: Any) -> None:
    await send(start(200, (b"content-length", b"2")))
    await send(body(b"123"))


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (_nothing, "the app returned without a response"),
        (_no_end, "the app returned before its response was complete"),
        (_too_short, "the app sent 3 bytes and declared '10'"),
        (_too_long, "the app sent 3 bytes and declared '2'"),
    ],
)
async def test_an_incomplete_response_is_an_error(way: str, handler: Any, message: str) -> None:
    async with opened(way, App(lambda scope, receive, send: handler(send))) as transport:
        with pytest.raises(IncompleteResponse) as caught:
            await transport.send(request())
    assert str(caught.value) == message
    assert caught.value.phase is Phase.AMBIGUOUS


@pytest.mark.parametrize(
    ("messages", "cause"),
    [
        ([body()], "may not send 'http.response.body' when the response has not started"),
        ([start(), start()], "may not send 'http.response.start' when the response has started"),
        ([{"type": "http.response.push"}], "may not send 'http.response.push'"),
        ([start(100)], "100 is not the status of a response"),
        ([start(), {"type": "http.response.body", "body": "text"}], "expected a bytes-like object"),
    ],
)
async def test_an_invalid_message_raises_in_the_app(way: str, messages: list[Any], cause: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    async with opened(way, App(handler)) as transport:
        with pytest.raises(IncompleteResponse) as caught:
            await transport.send(request())
    assert cause in str(caught.value.__cause__)


async def test_after_the_response_the_app_receives_a_disconnect(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        async with anyio.create_task_group() as tasks:

            async def listen() -> None:
                app.events.append((await receive())["type"])

            tasks.start_soon(listen)
            await anyio.lowlevel.checkpoint()
            await send(start())
            await send(body())
        app.events.append((await receive())["type"])

    app = App(handler)
    async with opened(way, app) as transport:
        await transport.send(request())
    assert app.events[1:3] == ["http.disconnect", "http.disconnect"]


async def test_work_after_the_response_delays_nobody_and_is_finished_at_close(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"done"))
        while "released" not in app.events:
            await anyio.sleep(0.002)
        app.events.append("background")

    app = App(handler)
    async with opened(way, app) as transport:
        assert (await transport.send(request())).body == b"done"
        assert app.events == ["startup"]
        app.events.append("released")
    assert app.events == ["startup", "released", "background", "shutdown"]


async def test_work_after_the_response_that_does_not_end_is_cancelled_at_close(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_state, "BACKGROUND_LIMIT", 0.02)

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body())
        try:
            await anyio.sleep_forever()
        finally:
            app.events.append("cancelled")

    app = App(handler)
    async with opened(way, app) as transport:
        await transport.send(request())
    assert app.events == ["startup", "cancelled", "shutdown"]


async def _responds_and_fails(scope: Any, receive: Any, send: Any) -> None:
    await send(start())
    await send(body(b"done"))
    raise LookupError("afterwards")


async def test_an_error_after_the_response_is_reported_and_changes_nothing(way: str) -> None:
    reported: list[BaseException] = []
    async with opened(way, App(_responds_and_fails), on_background_error=reported.append) as transport:
        assert (await transport.send(request())).body == b"done"
    assert [str(error) for error in reported] == ["afterwards"]


async def test_a_message_after_the_response_is_reported(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"done"))
        await send(body(b"more"))

    reported: list[BaseException] = []
    async with opened(way, App(handler), on_background_error=reported.append) as transport:
        assert (await transport.send(request())).body == b"done"
    assert "when the response is complete" in str(reported[0])


async def test_an_error_after_the_response_is_logged_where_nobody_listens(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(way, App(_responds_and_fails)) as transport:
        await transport.send(request())
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("prefectkit", logging.ERROR)
    assert record.exc_info is not None and isinstance(record.exc_info[1], LookupError)


async def test_a_listener_that_fails_is_logged_and_changes_nothing(way: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail(error: BaseException) -> None:
        raise ValueError("no")

    async with opened(way, App(_responds_and_fails), on_background_error=fail) as transport:
        assert (await transport.send(request())).body == b"done"
    assert [record.message for record in caplog.records] == ["on_background_error failed"]


async def test_the_time_is_up_for_an_app_that_does_not_respond(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if scope["path"].endswith("/slow"):
            app.events.append((await receive())["type"])
        else:
            await send(start())
            await send(body())

    app = App(handler)
    async with opened(way, app) as transport:
        await transport.send(request())
        with pytest.raises(TransportTimeout, match=r"within 0\.02 seconds") as caught:
            await transport.send(request("/slow", timeout=0.02))
        assert caught.value.phase is Phase.AMBIGUOUS
        await app.until("http.disconnect")
        assert (await transport.send(request())).status == 200


async def test_an_app_that_goes_on_after_the_time_is_cancelled(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_cycle, "GRACE", 0.02)

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(start())
        try:
            while True:
                # What nobody hears is dropped, and the loop still gets its turn.
                await send(body(b"x" * 100, more=True))
                if not app.events.count("dropped"):
                    await anyio.sleep(0.05)
                    app.events.append("dropped")
        finally:
            app.events.append("cancelled")

    app = App(handler)
    async with opened(way, app) as transport:
        with pytest.raises(TransportTimeout):
            await transport.send(request(timeout=0.01))
        await app.until("cancelled")


async def test_the_app_runs_in_the_callers_context_or_the_given_one(way: str) -> None:
    colour: ContextVar[str] = ContextVar("colour", default="none")

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(colour.get().encode()))
        colour.set("spoilt")

    given = Context()
    given.run(colour.set, "given")
    colour.set("caller's")
    async with opened(way, App(handler)) as transport:
        assert (await transport.send(request())).body == b"caller's"
    async with opened(way, App(handler), context=given) as transport:
        assert (await transport.send(request())).body == b"given"
        assert (await transport.send(request())).body == b"given"
    assert colour.get() == "caller's"


async def test_a_value_that_is_not_an_app_is_refused(way: str) -> None:
    with pytest.raises(ConfigError, match="'http://x' is not callable"):
        make(way, "http://x")
