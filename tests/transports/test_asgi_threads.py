"""Event loop thread: shared by threads, event loops and kinds of caller; forks; the interpreter's exit."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
import trio

from prefectkit.core.errors import ConnectError, IncompleteResponse, TransportError
from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport
from prefectkit.transports.asgi.event_loop_thread import EventLoopThread
from tests.transports.asgi_drivers import App, body, pieces, request, start


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    await anyio.lowlevel.checkpoint()
    await send(start())
    await send(body(message["body"]))


def _app_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "prefectkit-asgi"]


def test_one_transport_serves_many_threads_at_once() -> None:
    app = App(_echo)
    transport = ASGITransport(app)
    tokens = [b"%d" % number for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda token: transport.send(request(body=token)).body, tokens))
    transport.close()
    assert responses == tokens
    assert app.events == ["startup", "shutdown"]


def test_sync_asyncio_and_trio_callers_share_one_app_in_one_thread() -> None:
    app = App(_echo)
    sync = ASGITransport(app)
    transport = AsyncASGITransport(app, threaded=True)

    async def call() -> bytes:
        response = await transport.send(request(body=b"async", stream=True))
        return b"".join(await pieces(response))

    before = len(_app_threads())
    assert asyncio.run(call()) == b"async"
    assert trio.run(call) == b"async"
    assert asyncio.run(call()) == b"async"
    assert sync.send(request(body=b"sync")).body == b"sync"
    assert len(_app_threads()) == before + 1
    sync.close()
    assert len(_app_threads()) == before + 1
    asyncio.run(transport.aclose())
    assert len(_app_threads()) == before
    assert app.events == ["startup", "shutdown"]


def test_a_lost_race_for_the_thread_gives_its_lease_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(_echo)
    transport = ASGITransport(app)
    lease = EventLoopThread.lease

    def lease_late(leased: object) -> EventLoopThread:
        monkeypatch.undo()
        assert transport.send(request(body=b"first")).body == b"first"
        return lease(leased)

    monkeypatch.setattr(EventLoopThread, "lease", lease_late)
    assert transport.send(request(body=b"second")).body == b"second"
    before = len(_app_threads())
    transport.close()
    assert len(_app_threads()) == before - 1


def test_a_lease_in_the_middle_of_a_lease_shares_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal handler may use the app while its thread is being started."""
    app, inner = object(), []

    class Interrupted(EventLoopThread):
        def __init__(self, app: object) -> None:
            super().__init__(app)
            if not inner:
                inner.append(self)
                inner.append(Interrupted.lease(app))

    outer = Interrupted.lease(app)
    loser, winner = inner
    assert outer is winner and outer is not loser
    loser._thread.join(10)
    assert not loser._thread.is_alive()
    assert outer.release() is None
    ended = outer.release()
    assert ended is not None
    ended.result(10)
    outer.join()
    assert id(app) not in EventLoopThread._by_app.get()


FIRST_AT_EXIT = """
import atexit
from prefectkit import Prefect

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"true"})

def call():
    print(client.health())
"""
MADE_BEFORE = "client = Prefect(app)\natexit.register(call)"
MADE_AT_EXIT = "atexit.register(lambda: print(Prefect(app).health()))"


@pytest.mark.slow
@pytest.mark.parametrize("made", [MADE_BEFORE, MADE_AT_EXIT])
def test_an_exit_handler_may_be_the_first_to_use_an_app(made: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_AT_EXIT + made], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)


def test_an_app_that_would_deadlock_by_calling_itself_gets_an_error() -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        transport.send(request())

    transport = ASGITransport(App(handler))
    with pytest.raises(IncompleteResponse) as caught:
        transport.send(request())
    transport.close()
    assert isinstance(caught.value.__cause__, ConnectError)
    assert "cannot call itself" in str(caught.value.__cause__)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell starts what it runs in the background with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_the_wait_and_the_request() -> None:
    waiting = threading.Event()

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        waiting.set()
        app.events.append((await receive())["type"])

    app = App(handler)
    transport = ASGITransport(app)

    def interrupt() -> None:
        waiting.wait(10)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        transport.send(request())
    transport.close()
    assert app.events == ["startup", "http.disconnect", "shutdown"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_response_that_arrives_when_its_caller_leaves_is_closed(
    monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(start())
        if stream:
            await send(body(b"x", more=True))
            app.events.append((await receive())["type"])
        else:
            await send(body(b"x"))

    def respond_and_cancel(future: Any) -> Any:
        future.result()
        monkeypatch.undo()
        raise KeyboardInterrupt

    app = App(handler)
    transport = ASGITransport(app)
    monkeypatch.setattr("prefectkit.transports.asgi.threaded_app.wait", respond_and_cancel)
    with pytest.raises(KeyboardInterrupt):
        transport.send(request(stream=stream))
    if stream:
        anyio.run(app.until, "http.disconnect")
    transport.close()


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_stopping_the_thread_fails_waiting_and_later_requests(library: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        app.events.append("waiting")
        await anyio.sleep_forever()

    app = App(handler)
    transport = AsyncASGITransport(app, threaded=True)
    sync = ASGITransport(app)

    def call_sync() -> None:
        with pytest.raises(TransportError, match="was stopped before the response was complete"):
            sync.send(request())
        app.events.append("told")

    async def main() -> None:
        async with anyio.create_task_group() as tasks:

            async def call() -> None:
                with pytest.raises(TransportError, match="was stopped before the response was complete"):
                    await transport.send(request())

            tasks.start_soon(call)
            tasks.start_soon(anyio.to_thread.run_sync, call_sync)
            while app.events.count("waiting") < 2:
                await anyio.sleep(0.002)
            # As the end of the interpreter does.
            await anyio.to_thread.run_sync(EventLoopThread.stop_all)
        with pytest.raises(ConnectError, match="has ended"):
            await transport.send(request())
        await transport.aclose()

    anyio.run(main, backend=library)
    sync.close()
    assert app.events == ["startup", "waiting", "waiting", "shutdown", "told"]


def test_an_ended_event_loop_gets_no_more_callbacks() -> None:
    """The app responses after the caller's loop is gone."""
    app = App(_echo)
    transport = AsyncASGITransport(app, threaded=True)
    asyncio.run(_given_up(transport))
    trio.run(_given_up, transport)
    anyio.run(transport.aclose)


async def _given_up(transport: AsyncASGITransport) -> None:
    with anyio.move_on_after(0):
        await transport.send(request())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_forked_child_gets_a_thread_of_its_own() -> None:
    app = App(_echo)
    transport = ASGITransport(app)
    assert transport.send(request(body=b"parent")).body == b"parent"

    def in_child() -> None:
        for token in (b"1", b"2"):
            assert transport.send(request(body=token)).body == token
        transport.close()
        assert app.events == ["startup", "startup", "shutdown"]
        other = ASGITransport(app)
        assert other.send(request(body=b"other")).body == b"other"
        other.close()

    assert _fork(in_child) == 0
    assert transport.send(request(body=b"parent")).body == b"parent"
    transport.close()
    assert app.events == ["startup", "shutdown"]


def _fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            os.write(2, repr(error).encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


APP = """
import anyio, asyncio, contextlib, logging, sys, trio
from prefectkit.core.http.messages import Request
from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        # Both need a thread pool that still takes work.
        await asyncio.to_thread(print, "stopped")
        await anyio.to_thread.run_sync(print, "really")
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    if scope["path"] == "/interrupt":
        raise KeyboardInterrupt
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok", "more_body": True})
    await send({"type": "http.response.body"})
    if scope["path"] == "/busy":
        await anyio.sleep_forever()

def request(path="/", **more):
    return Request("POST", "http://in-process", path, timeout=10, **more)
"""


def _script(text: str) -> tuple[int, str, str]:
    run = subprocess.run(
        [sys.executable, "-u", "-W", "default", "-c", APP + textwrap.dedent(text)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return run.returncode, run.stdout, run.stderr


# Python 3.12.0 and 3.12.1 start no thread while the interpreter ends (gh-113964), which this app's end needs.
starts_threads_at_exit = pytest.mark.skipif(
    (3, 12) <= sys.version_info < (3, 12, 2), reason="no thread starts at the end of Python 3.12.0 and 3.12.1"
)


@starts_threads_at_exit
@pytest.mark.parametrize(
    "text",
    [
        """
        transport = ASGITransport(app)
        print(transport.send(request()).body, transport.send(request("/busy")).body)
        """,
        """
        transport = AsyncASGITransport(app, threaded=True)
        async def main():
            print((await transport.send(request())).body, (await transport.send(request("/busy"))).body)
        anyio.run(main, backend="trio")
        """,
        """
        transport = AsyncASGITransport(app)
        async def main():
            print((await transport.send(request())).body, (await transport.send(request("/busy"))).body)
        anyio.run(main)
        """,
    ],
    ids=["sync", "trio-threaded", "asyncio"],
)
def test_a_script_that_closes_nothing_ends_without_a_word(text: str) -> None:
    assert _script(text) == (0, "b'ok' b'ok'\nstopped\nreally\n", "")


@starts_threads_at_exit
def test_a_stream_that_nobody_closes_ends_without_a_word() -> None:
    text = """
    transport = ASGITransport(app)
    response = transport.send(request("/busy", stream=True))
    print(next(response.chunks))
    """
    assert _script(text) == (0, "b'ok'\nstopped\nreally\n", "")


def test_an_interrupt_in_the_app_is_for_the_whole_program() -> None:
    text = """
    transport = AsyncASGITransport(app)
    async def main():
        await transport.send(request("/interrupt"))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
    print("interrupted")
    """
    assert _script(text)[:2] == (0, "stopped\nreally\ninterrupted\n")
