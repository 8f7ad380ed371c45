"""Lifespan: startup and shutdown of an app, once for all its users, and complete in every case."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import anyio
import pytest

from prefectkit.core.errors import ClientClosedError, ConnectError, IncompleteResponse, TransportTimeout
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.asgi import AsyncASGITransport
from tests.transports.asgi_drivers import ASYNC_WAYS, LOOPS, WAYS, App, body, make, opened, request, start

pytestmark = pytest.mark.anyio


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def anyio_backend(way: str) -> str:
    return "trio" if way.startswith("trio") else "asyncio"


class Slow(App):
    """Starts when it is let."""

    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        self.events.append("starting")
        await self.until("go")
        await super().live(scope, receive, send)


async def test_the_app_starts_with_the_first_request_and_stops_with_the_last_user(way: str) -> None:
    app = App()
    first, second, unused = make(way, app), make(way, app), make(way, app)
    assert app.events == []
    await first.send(request())
    await second.send(request())
    await first.close()
    await unused.close()
    assert app.events == ["startup"]
    assert (await second.send(request())).status == 200
    await second.close()
    await second.close()
    assert app.events == ["startup", "shutdown"]


async def test_a_request_after_the_shutdown_starts_the_app_again(way: str) -> None:
    app = App()
    for _ in range(2):
        async with opened(way, app) as transport:
            await transport.send(request())
    assert app.events == ["startup", "shutdown"] * 2


async def test_a_closed_transport_says_so(way: str) -> None:
    app = App()
    async with opened(way, app) as transport:
        await transport.send(request())
    with pytest.raises(ClientClosedError):
        await transport.send(request())
    assert app.events == ["startup", "shutdown"]


async def test_each_request_gets_a_copy_of_what_the_app_shares(way: str) -> None:
    class Sharing(App):
        async def live(self, scope: Any, receive: Any, send: Any) -> None:
            scope["state"]["pool"] = "shared"
            await super().live(scope, receive, send)

    app = Sharing()
    async with opened(way, app) as transport:
        await transport.send(request())
        app.scopes[0]["state"]["own"] = 1
        await transport.send(request())
    assert app.scopes[1]["state"] == {"pool": "shared"}


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
async def test_requests_at_once_start_it_once_and_wait(way: str) -> None:
    app = Slow()
    async with opened(way, app) as transport, anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(transport.send, request())
        await app.until("starting")
        await anyio.sleep(0.02)
        assert app.scopes == []
        app.events.append("go")
    assert app.events == ["starting", "go", "startup", "shutdown"]
    assert len(app.scopes) == 5


class Refuses(App):
    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        raise NotImplementedError(scope["type"])


class Ignores(App):
    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        return


class Mistakes(App):
    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(start())


class GivesUp(App):
    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})


@pytest.mark.parametrize("kind", [Refuses, Ignores, Mistakes, GivesUp])
async def test_an_app_without_a_lifespan_is_served_all_the_same(way: str, kind: type[App]) -> None:
    app = kind()
    async with opened(way, app) as transport:
        assert (await transport.send(request())).body == b"{}"


class Fails(App):
    """Fails to start until it is mended."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        if self.how != "mended":
            await receive()
            self.events.append("starting")
            await self.until("go")
            if self.how == "says":
                traceback = "Traceback (most recent call last):\n  ...\nOSError: no database\n"
                await send({"type": "lifespan.startup.failed", "message": traceback})
                await anyio.sleep(60)
            elif self.how == "says and raises":
                await send({"type": "lifespan.startup.failed"})
            raise LookupError("no table")
        await super().live(scope, receive, send)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("says", "the app did not start: OSError: no database"),
        ("says and raises", "the app did not start: it gave no reason"),
        ("raises", "the app did not start: it raised LookupError"),
    ],
)
async def test_a_failed_startup_fails_all_waiting_requests_and_the_next_request_retries_it(
    way: str, how: str, message: str
) -> None:
    app = Fails(how)
    errors: list[ConnectError] = []
    async with opened(way, app) as transport, opened(way, app) as other:

        async def call(user: Any) -> None:
            with pytest.raises(ConnectError) as caught:
                await user.send(request())
            errors.append(caught.value)

        if way == "sync":
            app.events.append("go")
            await call(transport)
        else:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(call, transport)
                tasks.start_soon(call, other)
                await app.until("starting")
                await anyio.sleep(0.02)
                app.events.append("go")
            assert len(errors) == 2
            assert errors[0] is not errors[1]
        for error in errors:
            assert str(error) == message
            assert isinstance(error.__cause__, LookupError) == ("raises" in how)
            assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, False)
        assert app.events.count("starting") == 1
        app.how = "mended"
        assert (await transport.send(request())).status == 200
        assert (await other.send(request())).status == 200
    assert app.events[-2:] == ["startup", "shutdown"]


async def test_an_app_that_takes_too_long_to_start(way: str) -> None:
    app = Slow()
    async with opened(way, app, startup_timeout=0.02) as transport:
        with pytest.raises(ConnectError, match=r"did not start within 0\.02 seconds"):
            await transport.send(request())
        app.events.append("go")
        assert (await transport.send(request())).status == 200


async def test_an_app_that_reads_and_says_nothing_does_not_start(way: str) -> None:
    class Deaf(App):
        async def live(self, scope: Any, receive: Any, send: Any) -> None:
            while True:
                self.events.append((await receive())["type"])

    app = Deaf()
    async with opened(way, app, startup_timeout=0.02) as transport:
        with pytest.raises(ConnectError, match=r"did not start within 0\.02 seconds"):
            await transport.send(request())
    assert app.events == ["lifespan.startup"]


async def test_a_request_does_not_wait_for_the_start_longer_than_its_time(way: str) -> None:
    app = Slow()
    async with opened(way, app) as transport:
        with pytest.raises(TransportTimeout, match="did not start within") as caught:
            await transport.send(request(timeout=0.02))
        assert caught.value.phase is Phase.NOTHING_SENT
        app.events.append("go")
        assert (await transport.send(request(timeout=None))).status == 200
    # The start went on in the meantime.
    assert app.events == ["starting", "go", "startup", "shutdown"]
    assert len(app.scopes) == 1


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
async def test_a_transport_that_is_closed_while_the_app_starts(way: str) -> None:
    app = Slow()
    transport = make(way, app)
    async with anyio.create_task_group() as tasks:

        async def call() -> None:
            with pytest.raises(ClientClosedError):
                await transport.send(request())

        tasks.start_soon(call)
        await app.until("starting")
        tasks.start_soon(transport.close)
        await anyio.sleep(0.02)
        app.events.append("go")
    assert app.events == ["starting", "go", "startup", "shutdown"]
    assert app.scopes == []


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
async def test_a_request_during_the_shutdown_waits_and_starts_the_app_again(way: str) -> None:
    class Lingers(App):
        async def live(self, scope: Any, receive: Any, send: Any) -> None:
            await super().live(scope, receive, send)
            self.events.append("stopping")
            await self.until("go")
            self.events.append("stopped")

    app = Lingers()
    first, second = make(way, app), make(way, app)
    await first.send(request())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first.close)
        await app.until("stopping")
        tasks.start_soon(second.send, request())
        await anyio.sleep(0.02)
        app.events.append("go")
    await second.close()
    assert app.events[:5] == ["startup", "shutdown", "stopping", "go", "stopped"]
    assert app.events[5:7] == ["startup", "shutdown"]


class EndsBadly(App):
    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        if self.how == "raises early":
            raise LookupError("broken")
        await receive()
        if self.how == "says":
            await send({"type": "lifespan.shutdown.failed", "message": "cannot flush"})
        elif self.how == "raises":
            raise LookupError("broken")
        else:
            await receive()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("says", "the app's shutdown failed: cannot flush"),
        ("raises", "broken"),
        ("raises early", "broken"),
        ("hangs", "the app did not stop within 0.02 seconds and was cancelled"),
    ],
)
async def test_a_bad_end_is_reported_and_holds_nobody_up(way: str, how: str, message: str) -> None:
    reported: list[BaseException] = []
    app = EndsBadly(how)
    async with opened(way, app, on_background_error=reported.append, shutdown_timeout=0.02) as transport:
        assert (await transport.send(request())).status == 200
    assert [str(error) for error in reported] == [message]


@pytest.mark.parametrize("library", LOOPS)
def test_the_end_of_the_loop_stops_an_app_that_nobody_closed(library: str) -> None:
    class Careful(App):
        async def live(self, scope: Any, receive: Any, send: Any) -> None:
            await super().live(scope, receive, send)
            await anyio.sleep(0.01)
            self.events.append("flushed")

    app = Careful()
    transport = AsyncASGITransport(app)

    async def main() -> None:
        assert (await transport.send(request())).status == 200

    # The transport outlives its loops.
    anyio.run(main, backend=library)
    anyio.run(main, backend=library)
    assert app.events == ["startup", "shutdown", "flushed"] * 2


@pytest.mark.parametrize("library", LOOPS)
def test_the_end_of_the_loop_ends_a_start(library: str) -> None:
    app = Slow()

    async def main() -> None:
        transport = AsyncASGITransport(app)
        with pytest.raises(TransportTimeout):
            await transport.send(request(timeout=0.02))

    anyio.run(main, backend=library)
    assert app.events == ["starting"]


def test_a_loop_that_was_closed_under_the_app_is_forgotten() -> None:
    app = App()
    transport = AsyncASGITransport(app)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(transport.send(request()))
    loop.close()

    async def main() -> None:
        assert (await transport.send(request())).status == 200
        await transport.aclose()

    asyncio.run(main())
    assert app.events == ["startup", "startup", "shutdown"]


@pytest.mark.parametrize("library", LOOPS)
def test_a_transport_of_two_loops_is_closed_in_both(library: str) -> None:
    busy = threading.Event()
    closed = threading.Event()

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if scope["path"].endswith("/long"):
            busy.set()
            await anyio.sleep_forever()
        await send(start())
        await send(body())

    app = App(handler)
    transport = AsyncASGITransport(app)

    async def first() -> None:
        with pytest.raises(IncompleteResponse, match="transport was closed"):
            await transport.send(request("/long"))
        await app.until("shutdown")
        closed.set()

    async def second() -> None:
        assert (await transport.send(request())).status == 200
        await transport.aclose()
        with anyio.fail_after(10):
            while not closed.is_set():
                await anyio.sleep(0.002)

    thread = threading.Thread(target=lambda: anyio.run(first, backend=library))
    thread.start()
    assert busy.wait(10)
    anyio.run(second, backend=library)
    thread.join(10)
    assert sorted(app.events) == ["shutdown", "shutdown", "startup", "startup"]
