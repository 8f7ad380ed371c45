"""The time of an attempt, from waiting for a connection to the last byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpcore
import httpx
import pytest

from prefectkit.core.errors import ConnectError, TransportError, TransportTimeout
from prefectkit.core.http.messages import Request
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.http import HTTPSettings, network
from prefectkit.transports.http.name_resolution import resolve_host
from prefectkit.transports.http.pooled_body import AsyncPooledBody, PooledBody
from prefectkit.transports.http.step_timeout import StepTimeout
from prefectkit.transports.wire.attempt import Attempt
from tests.faults import FaultServer
from tests.transports.http_senders import (
    ALL_KINDS,
    ASYNC_KINDS,
    SYNC_KINDS,
    Send,
    async_transport,
    eventually,
    run,
    run_async,
    sync_transport,
)

ONE = HTTPSettings(max_connections=1)


@pytest.fixture(params=ALL_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def full() -> Any:
    """The address of a server whose queue is full, so that connecting hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for client in waiting:
            client.close()


def failing(kind: str, url: str, path: str = "/echo", **options: Any) -> TransportError:
    def script(send: Send) -> TransportError:
        with pytest.raises(TransportError) as caught:
            send(path, **options)
        return caught.value

    return run(kind, url, script)


def test_connecting_hangs(kind: str, full: str) -> None:
    error = failing(kind, full, timeout=0.2)
    assert isinstance(error, TransportTimeout)
    assert error.phase is Phase.NOTHING_SENT
    assert f"no connection to {full} within 0.2 s" in str(error)


def test_no_time_at_all(kind: str) -> None:
    with FaultServer() as server:
        assert failing(kind, server.url, timeout=-1.0).phase is Phase.NOTHING_SENT
        assert not server.received


def test_no_time_on_a_connection_that_is_there(kind: str) -> None:
    def script(send: Send) -> TransportTimeout:
        send("/echo")
        with pytest.raises(TransportTimeout) as caught:
            send("/echo", method="POST", timeout=-1.0)
        return caught.value

    with FaultServer() as server:
        assert run(kind, server.url, script).phase is Phase.NOTHING_SENT
        assert len(server.received) == 1


def test_a_name_without_an_address(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failing(kind, "http://prefect.example")
    assert isinstance(error, ConnectError)
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, True)
    assert "http://prefect.example" in str(error) and "its name has no address" in str(error)


class NameServer:
    """Says nothing of one name until it is released, and knows all others."""

    def __init__(self) -> None:
        self.asked = 0
        self.release = threading.Event()
        self._lookup = socket.getaddrinfo

    def getaddrinfo(self, host: Any, *args: Any, **options: Any) -> Any:
        if host not in ("prefect.example", b"prefect.example"):
            return self._lookup(host, *args, **options)
        if len(args) == 5 and args[4] & socket.AI_NUMERICHOST:
            # trio first asks, without a thread, whether it is an address.
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        self.asked += 1
        self.release.wait(30)
        return self._lookup("127.0.0.1", *args, **options)


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    server = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", server.getaddrinfo)
    yield server
    server.release.set()


def test_a_name_server_that_hangs(kind: str, name_server: NameServer) -> None:
    def script(send: Send) -> TransportTimeout:
        with pytest.raises(TransportTimeout) as caught:
            send("/echo", timeout=0.2)
        assert not name_server.release.is_set()
        # An event loop waits for its threads at its end.
        name_server.release.set()
        return caught.value

    error = run(kind, "http://prefect.example", script)
    assert error.phase is Phase.NOTHING_SENT
    assert "no connection to http://prefect.example within 0.2 s" in str(error)
    assert name_server.asked == 1


def test_threads_share_a_lookup(name_server: NameServer) -> None:
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(resolve_host, "prefect.example", 80, 20)
        assert eventually(lambda: name_server.asked == 1)
        for _ in range(2):
            with pytest.raises(TimeoutError, match=r"prefect\.example"):
                resolve_host("prefect.example", 80, 0.01)
        assert name_server.asked == 1
        name_server.release.set()
        assert first.result() == ["127.0.0.1"]
    # What was found is not kept.
    assert resolve_host("prefect.example", 80, 20) == ["127.0.0.1"]
    assert name_server.asked == 2


def test_a_lookup_where_no_thread_starts(name_server: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    name_server.release.set()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert resolve_host("prefect.example", 80, 5) == ["127.0.0.1"]


def test_a_server_that_reads_slowly(kind: str) -> None:
    started = time.monotonic()
    with FaultServer() as server:
        error = failing(kind, server.url, "/read-slowly", method="POST", body=bytes(16 << 20), timeout=0.3)
        assert not server.received
    assert isinstance(error, TransportTimeout)
    assert error.phase is Phase.AMBIGUOUS
    # At its own pace the server would take 80 s.
    assert time.monotonic() - started < 20


def test_a_port_that_does_not_exist(kind: str) -> None:
    error = failing(kind, "http://127.0.0.1:99999")
    assert error.phase is Phase.NOTHING_SENT


@pytest.mark.parametrize("kind", SYNC_KINDS)
def test_waiting_for_a_connection_in_a_thread(kind: str) -> None:
    with FaultServer() as server:
        transport = sync_transport(kind, server.url, settings=ONE)
        first = transport.send(Request("GET", server.url, "/hang-body", stream=True, timeout=5))
        with pytest.raises(TransportTimeout) as caught:
            transport.send(Request("POST", server.url, "/echo", timeout=0.2))
        assert caught.value.phase is Phase.NOTHING_SENT
        assert "none of the 1 connections" in str(caught.value)
        first.chunks.close()
        assert transport.send(Request("GET", server.url, "/echo", timeout=5)).status == 200
        transport.close()


@pytest.mark.parametrize("kind", ASYNC_KINDS)
def test_waiting_for_a_connection_in_a_task(kind: str) -> None:
    async def main(url: str) -> None:
        transport = async_transport(kind, url, settings=ONE)
        first = await transport.send(Request("GET", url, "/hang-body", stream=True, timeout=5))
        with pytest.raises(TransportTimeout) as caught:
            await transport.send(Request("POST", url, "/echo", timeout=0.2))
        assert caught.value.phase is Phase.NOTHING_SENT
        assert "none of the 1 connections" in str(caught.value)
        await first.chunks.aclose()
        await first.chunks.aclose()
        assert (await transport.send(Request("GET", url, "/echo", timeout=5))).status == 200
        await transport.aclose()

    with FaultServer() as server:
        run_async(kind, main, server.url)


class TestAddresses:
    """A name with several addresses: each gets its share of the time."""

    @pytest.fixture(autouse=True)
    def _addresses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [(0, 0, 0, "", (address, 80)) for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        self.tried: list[tuple[str, float | None]] = []
        self.results: list[Exception | None] = []

        def connect(_: object, host: str, port: int, timeout: float | None, *__: object) -> Any:
            self.tried.append((host, timeout))
            result = self.results.pop(0)
            if result is not None:
                raise result
            return httpcore.MockStream([])

        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)

    def test_the_second_address_connects(self) -> None:
        self.results = [httpcore.ConnectTimeout(), None]
        timeout = StepTimeout(10, Attempt(10, sent=False))
        assert isinstance(network.Backend().connect_tcp("name", 80, timeout), network.Stream)
        (first, half), (second, rest) = self.tried
        assert (first, second) == ("10.0.0.1", "10.0.0.2")
        assert half is not None and 4 < half <= 5
        assert rest is not None and 9 < rest <= 10

    def test_no_address_connects(self) -> None:
        self.results = [httpcore.ConnectError("first"), httpcore.ConnectError("last")]
        with pytest.raises(httpcore.ConnectError, match="last"):
            network.Backend().connect_tcp("name", 80)
        assert self.tried == [("10.0.0.1", None), ("10.0.0.2", None)]


@pytest.mark.parametrize("timeout", [5, None])
def test_waiting_ends_well(kind: str, timeout: float | None) -> None:
    with FaultServer() as server:
        request = Request("GET", server.url, "/slow", timeout=timeout)
        if kind in SYNC_KINDS:
            transport = sync_transport(kind, server.url, settings=ONE)
            threads = [threading.Thread(target=transport.send, args=(request,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            transport.close()
        else:
            run_async(kind, _all_at_once, kind, server.url, request)
        assert (len(server.received), server.connections) == (3, 1)


async def _all_at_once(kind: str, url: str, request: Request) -> None:
    transport = async_transport(kind, url, settings=ONE)
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(transport.send, request)
    await transport.aclose()


@pytest.mark.parametrize("kind", ["asyncio", "trio", "asyncio+httpx", "trio+httpx"])
def test_waiting_has_its_own_limit(kind: str) -> None:
    async def main(url: str) -> None:
        limit = {"timeout": httpx.Timeout(None, pool=0.1)}
        transport = async_transport(kind, url, settings=ONE, httpx_settings=limit)
        first = await transport.send(Request("GET", url, "/hang-body", stream=True, timeout=5))
        with pytest.raises(TransportTimeout) as caught:
            await transport.send(Request("POST", url, "/echo", timeout=5))
        assert caught.value.phase is Phase.NOTHING_SENT
        assert "none of the 1 connections" in str(caught.value)
        await first.chunks.aclose()
        await transport.aclose()

    with FaultServer() as server:
        run_async(kind, main, server.url)


@pytest.mark.parametrize("kind", SYNC_KINDS)
def test_no_limit_of_connections(kind: str) -> None:
    with FaultServer() as server:
        settings = HTTPSettings(max_connections=None, max_keepalive_connections=1)
        transport = sync_transport(kind, server.url, settings=settings)
        open_ones = [transport.send(Request("GET", server.url, "/echo", stream=True, timeout=5)) for _ in range(20)]
        assert server.connections == 20
        for response in open_ones:
            assert b"".join(response.chunks)
        assert eventually(lambda: server.open == 1)
        transport.close()


@pytest.mark.parametrize("backend", ["sync", "asyncio"])
def test_a_connection_is_released_once(backend: str) -> None:
    released: list[int] = []
    if backend == "sync":
        body = PooledBody(httpx.ByteStream(b""), lambda reusable: released.append(1), reusable=True)
        body.close()
        body.close()
    else:

        async def release() -> None:
            released.append(1)

        async def main() -> None:
            body = AsyncPooledBody(httpx.ByteStream(b""), release)
            await body.aclose()
            await body.aclose()

        anyio.run(main)
    assert released == [1]


def test_a_connection_is_reusable_after_a_body_read_to_the_end() -> None:
    released: list[bool] = []
    for read, reusable in ((True, True), (True, False), (False, True)):
        body = PooledBody(httpx.ByteStream(b"abc"), released.append, reusable=reusable)
        if read:
            assert b"".join(body) == b"abc"
        body.close()
    assert released == [True, False, False]


def test_a_connection_is_not_reusable_if_its_body_cannot_be_closed() -> None:
    class Stuck(httpx.ByteStream):
        def close(self) -> None:
            raise KeyboardInterrupt

    released: list[bool] = []
    body = PooledBody(Stuck(b"abc"), released.append, reusable=True)
    assert b"".join(body) == b"abc"
    with pytest.raises(KeyboardInterrupt):
        body.close()
    assert released == [False]


def test_a_step_is_limited_by_the_remaining_time() -> None:
    assert StepTimeout(3, Attempt(None, sent=False)).remaining() == 3
    assert StepTimeout(3, Attempt(1, sent=False)).remaining() <= 1


@pytest.mark.parametrize("kind", SYNC_KINDS)
def test_many_threads_get_their_own_responses(kind: str) -> None:
    wrong: list[object] = []

    def work(name: int) -> None:
        for i in range(20):
            body = f"{name}-{i}".encode()
            echo = transport.send(Request("POST", server.url, "/echo", body=body, timeout=10)).json()
            if echo["body"] != body.decode():
                wrong.append(echo)

    with FaultServer() as server:
        transport = sync_transport(kind, server.url, settings=HTTPSettings(max_connections=4))
        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        transport.close()
        assert not wrong
        assert len(server.received) == 160 and server.connections <= 8
