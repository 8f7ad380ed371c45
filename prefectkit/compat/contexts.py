"""`get_client`, and the contexts that keep a client for it: whoever asks within one is given that client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar, Token
from typing import Any, Literal, Self, overload

from prefectkit.compat.client import PrefectClient, SyncPrefectClient, running_loop
from prefectkit.core.suggestions import explained


@overload
def get_client(httpx_settings: dict[str, Any] | None = None, sync_client: Literal[False] = False) -> PrefectClient: ...
@overload
def get_client(httpx_settings: dict[str, Any] | None = None, *, sync_client: Literal[True]) -> SyncPrefectClient: ...
@overload
def get_client(httpx_settings: dict[str, Any] | None, sync_client: Literal[True]) -> SyncPrefectClient: ...
@overload
def get_client(
    httpx_settings: dict[str, Any] | None = None, sync_client: bool = False
) -> PrefectClient | SyncPrefectClient: ...


@explained
def get_client(
    httpx_settings: dict[str, Any] | None = None, sync_client: bool = False
) -> PrefectClient | SyncPrefectClient:
    """A client of the API that the settings name.

    Within a `SyncClientContext` or `AsyncClientContext` of the same `httpx_settings` it is that context's client; the
    async one only in the event loop in which the context was entered, or outside of any.

    Where the settings name no API and `PREFECT_SERVER_EPHEMERAL_ENABLED` is on, as it is in the built-in profile, it is
    a client of the embedded server, which runs in this process and needs the extra `server`.

    Args:
        httpx_settings: Keyword arguments of `httpx.Client` or `httpx.AsyncClient`.
        sync_client: A client that blocks, instead of one to await.

    Raises:
        ValueError: The settings name no API, and the embedded server is off or not installed.
        ConfigError: A setting makes no sense.
    """
    context = SyncClientContext.get() if sync_client else AsyncClientContext.get()
    if context is not None and context.serves(httpx_settings):
        return context.client
    kind = SyncPrefectClient if sync_client else PrefectClient
    return kind._configured(httpx_settings)  # pyright: ignore[reportPrivateUsage] -- the classes have the official names only


class SyncClientContext:
    """Keeps a sync client: `get_client(sync_client=True)` gives it to whoever asks within the context.

    Entering it compares the versions of server and client, once for each server in the life of the process, unless
    `PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED` is off. It may be entered again while it is open.

    Args:
        httpx_settings: Those of `get_client`.

    Attributes:
        client: The client.

    Raises:
        ValueError: As `get_client`.
        RuntimeError: On entering: the server cannot be reached, or is of another major version.
    """

    def __init__(self, httpx_settings: dict[str, Any] | None = None) -> None:
        self.client = get_client(httpx_settings, sync_client=True)
        self._httpx_settings = httpx_settings
        self._depth = 0
        self._token: Token[SyncClientContext | None] | None = None

    @classmethod
    def get(cls) -> SyncClientContext | None:
        """The context in which this is called, if any."""
        return _sync_context.get()

    @classmethod
    @contextmanager
    def get_or_create(cls) -> Generator[SyncClientContext]:
        """The context in which this is called, or a new one that is open within the `with` block."""
        if (context := cls.get()) is not None:
            yield context
        else:
            with cls() as context:
                yield context

    def serves(self, httpx_settings: dict[str, Any] | None) -> bool:
        """Whether its client is one for these settings.

        Args:
            httpx_settings: The settings that are asked for.
        """
        return self._httpx_settings == httpx_settings

    def __enter__(self) -> Self:
        if self._depth == 0:
            with ExitStack() as undo:
                undo.enter_context(self.client)
                if self.client._checks_versions:  # pyright: ignore[reportPrivateUsage] -- as above
                    self.client.raise_for_api_version_mismatch_once()
                undo.pop_all()
            self._token = _sync_context.set(self)
        self._depth += 1
        return self

    def __exit__(self, *error: Any) -> None:
        self._depth -= 1
        if self._depth == 0 and self._token is not None:
            _sync_context.reset(self._token)
            self.client.__exit__(*error)


class AsyncClientContext:
    """Keeps an async client: `get_client()` gives it to whoever asks within the context, in the same event loop.

    All else is as in `SyncClientContext`.

    Args:
        httpx_settings: Keyword arguments of `httpx.AsyncClient`, as for `get_client`.
    """

    def __init__(self, httpx_settings: dict[str, Any] | None = None) -> None:
        self.client = get_client(httpx_settings)
        self._httpx_settings = httpx_settings
        self._depth = 0
        self._token: Token[AsyncClientContext | None] | None = None

    @classmethod
    def get(cls) -> AsyncClientContext | None:
        """The context in which this is called, if any."""
        return _async_context.get()

    @classmethod
    @asynccontextmanager
    async def get_or_create(cls) -> AsyncGenerator[AsyncClientContext]:
        """The context in which this is called, or a new one that is open within the `async with` block."""
        if (context := cls.get()) is not None:
            yield context
        else:
            async with cls() as context:
                yield context

    def serves(self, httpx_settings: dict[str, Any] | None) -> bool:
        """Whether its client is one for these settings, and for the running event loop.

        Args:
            httpx_settings: The settings that are asked for.
        """
        return self._httpx_settings == httpx_settings and running_loop() in (self.client.loop, None)

    async def __aenter__(self) -> Self:
        if self._depth == 0:
            async with AsyncExitStack() as undo:
                await undo.enter_async_context(self.client)
                if self.client._checks_versions:  # pyright: ignore[reportPrivateUsage] -- as above
                    await self.client.raise_for_api_version_mismatch_once()
                undo.pop_all()
            self._token = _async_context.set(self)
        self._depth += 1
        return self

    async def __aexit__(self, *error: Any) -> None:
        self._depth -= 1
        if self._depth == 0 and self._token is not None:
            _async_context.reset(self._token)
            await self.client.__aexit__(*error)


_sync_context: ContextVar[SyncClientContext | None] = ContextVar("prefectkit.compat.sync_context", default=None)
_async_context: ContextVar[AsyncClientContext | None] = ContextVar("prefectkit.compat.async_context", default=None)
