"""Contexts keep a client, `get_client` finds it there, and functions are given it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from prefectkit.compat import (
    AsyncClientContext,
    PrefectClient,
    SyncClientContext,
    client_injector,
    get_client,
    get_or_create_client,
    inject_client,
)

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


class Versions:
    """A server that says of itself which version it runs."""

    def __init__(self, name: str, version: str = "3.8.8") -> None:
        self.asked = 0
        self.version = version
        self.settings: dict[str, Any] = {
            "transport": httpx.MockTransport(self.respond),
            "base_url": f"http://{name}.test/api",
        }

    def respond(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/admin/version"):
            self.asked += 1
            return httpx.Response(200, json=self.version)
        return httpx.Response(200, json="hi")


@pytest.fixture
def versions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Versions]:
    """A server with a name that no other test has: each is asked for its version once in the process."""
    monkeypatch.setenv("PREFECT_API_URL", "http://elsewhere.test/api")
    name = str(hash(request.node.nodeid)).strip("-")
    return lambda version="3.8.8": Versions(f"v{name}", version)


def test_a_sync_client_is_that_of_the_context(versions: Callable[..., Versions]) -> None:
    server = versions()
    assert SyncClientContext.get() is None
    with SyncClientContext(server.settings) as context:
        assert get_client(dict(server.settings), sync_client=True) is context.client
        assert get_client(server.settings) is not context.client
        assert get_client(sync_client=True) is not context.client
        assert get_client({"timeout": 1}, sync_client=True) is not context.client
        with context as again, get_client(server.settings, sync_client=True) as client:
            assert (again, client) == (context, context.client)
        assert client.hello().json() == "hi"
        with SyncClientContext.get_or_create() as found:
            assert found is context
        others = {**server.settings, "timeout": 1}
        with SyncClientContext(others) as inner:
            assert get_client(others, sync_client=True) is inner.client
        assert SyncClientContext.get() is context
    assert SyncClientContext.get() is None
    assert "closed" in repr(context.client)
    with pytest.raises(RuntimeError, match="cannot be started again"), context:
        pass


@BACKENDS
def test_an_async_client_is_that_of_the_context(versions: Callable[..., Versions], backend: str) -> None:
    server = versions()

    async def main() -> None:
        async with AsyncClientContext(server.settings) as context:
            assert get_client(server.settings) is context.client
            assert get_client(server.settings, sync_client=True) is not context.client
            assert get_client() is not context.client
            async with context as again, get_client(server.settings) as client:
                assert (again, client) == (context, context.client)
            assert (await client.hello()).json() == "hi"
            async with AsyncClientContext.get_or_create() as found:
                assert found is context
        assert AsyncClientContext.get() is None
        assert "closed" in repr(context.client)

    anyio.run(main, backend=backend)


def test_an_async_client_is_not_given_to_another_event_loop(versions: Callable[..., Versions]) -> None:
    server = versions()

    async def elsewhere() -> PrefectClient:
        return get_client(server.settings)

    async def main() -> None:
        async with AsyncClientContext(server.settings) as context:
            assert await asyncio.to_thread(asyncio.run, elsewhere()) is not context.client
            assert await asyncio.to_thread(get_client, server.settings) is context.client

    asyncio.run(main())


def test_a_new_context_is_made_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect.test/api")
    monkeypatch.setenv("PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED", "false")
    with SyncClientContext.get_or_create() as context:
        assert SyncClientContext.get() is context
        assert get_client(sync_client=True) is context.client
    assert SyncClientContext.get() is None

    async def main() -> None:
        async with AsyncClientContext.get_or_create() as context:
            assert get_client() is context.client
        assert AsyncClientContext.get() is None

    anyio.run(main)


def test_versions_are_compared_once_for_each_server(versions: Callable[..., Versions]) -> None:
    server = versions()
    with SyncClientContext(server.settings), SyncClientContext(server.settings):
        pass

    async def main() -> None:
        async with AsyncClientContext(server.settings):
            pass

    anyio.run(main)
    assert server.asked == 1


def test_versions_are_not_compared_where_the_settings_say_so(
    versions: Callable[..., Versions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED", "false")
    server = versions("2.20.0")

    async def main() -> None:
        async with AsyncClientContext(server.settings):
            pass

    with SyncClientContext(server.settings):
        anyio.run(main)
    assert server.asked == 0


def test_another_major_version_is_refused_and_leaves_nothing_open(versions: Callable[..., Versions]) -> None:
    server = versions("2.20.0")
    context = SyncClientContext(server.settings)
    with pytest.raises(RuntimeError, match="Major versions must match"), context:
        pass
    assert SyncClientContext.get() is None
    assert "closed" in repr(context.client)

    async def main() -> None:
        context = AsyncClientContext(server.settings)
        with pytest.raises(RuntimeError, match="Major versions must match"):
            await context.__aenter__()
        assert AsyncClientContext.get() is None
        assert "closed" in repr(context.client)

    anyio.run(main)


@BACKENDS
def test_a_function_is_given_a_client(backend: str, versions: Callable[..., Versions]) -> None:
    server = versions()

    @inject_client
    async def greeting(word: str, client: PrefectClient | None = None) -> tuple[str, PrefectClient]:
        """Greets."""
        assert client is not None
        assert "closed" not in repr(client)
        return word, client

    @client_injector
    async def seen(client: PrefectClient, word: str) -> tuple[str, PrefectClient]:
        return word, client

    async def main() -> None:
        assert greeting.__doc__ == "Greets."
        word, client = await greeting("hi")
        assert (word, "closed" in repr(client)) == ("hi", True)
        async with get_client(server.settings) as own:
            assert await greeting("hi", client=own) == ("hi", own)
            assert (await greeting(word="hi", client=None))[1] is not own
            assert "closed" not in repr(own)
            assert get_or_create_client(own) == (own, True)
        async with AsyncClientContext(server.settings) as context:
            assert (await greeting("hi"))[1] is context.client
            assert await seen("hi") == ("hi", context.client)
            assert "closed" not in repr(context.client)
            assert get_or_create_client() == (context.client, True)
        assert get_or_create_client()[1] is False

    anyio.run(main, backend=backend)
