"""`get_client`, and the contexts within which it returns the same client."""

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
    """A client of the API that the settings name; those of Prefect's current settings context, while it is imported.

    Within a `SyncClientContext` or `AsyncClientContext` with the same `httpx_settings`, it is the context's client.
    An `AsyncClientContext` applies in the event loop in which it was entered, and outside of any event loop.

    If the settings name no API and `PREFECT_SERVER_EPHEMERAL_ENABLED` is on, as in the built-in profile, it is a client
    of the server that Prefect starts for its flows, while it is imported; else of the embedded server, which runs in
    this process and needs the extra `server`.

    Args:
        httpx_settings: Keyword arguments of `httpx.Client` or `httpx.AsyncClient`.
        sync_client: Whether to return the blocking client instead of the async one.

    Raises:
        ValueError: The settings name no API, and the embedded server is off or not installed.
        ConfigError: A setting makes no sense.
        RuntimeError: The server of Prefect's flows does not start.
    """
    context = SyncClientContext.get() if sync_client else AsyncClientContext.get()
    if context is not None and context.serves(httpx_settings):
        return context.client
    kind = SyncPrefectClient if sync_client else PrefectClient
    return kind._configured(httpx_settings)  # pyright: ignore[reportPrivateUsage] -- the classes have the official names only


def separate_client() -> SyncPrefectClient:
    """A blocking client of the API that the settings name, which no context shares.

    Raises:
        ValueError: As `get_client`.
    """
    return SyncPrefectClient._configured(None)  # pyright: ignore[reportPrivateUsage] -- as above


class SyncClientContext:
    """A context manager within which `get_client(sync_client=True)` returns one client.

    Entering it compares the versions of server and client, once in a process for each server, unless
    `PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED` is off. It may be entered again while it is open.

    Args:
        httpx_settings: As for `get_client`.

    Attributes:
        client: The client.

    Raises:
        ValueError: As `get_client`.
        RuntimeError: On entering, if the server cannot be reached or is of another major version.
    """

    def __init__(self, httpx_settings: dict[str, Any] | None = None) -> None:
        self.client = get_client(httpx_settings, sync_client=True)
        self._httpx_settings = httpx_settings
        self._depth = 0
        self._token: Token[SyncClientContext | None] | None = None

    @classmethod
    def get(cls) -> SyncClientContext | None:
        """The current context; None outside of any."""
        return _sync_context.get()

    @classmethod
    @contextmanager
    def get_or_create(cls) -> Generator[SyncClientContext]:
        """The current context, or a new one for the `with` block."""
        if (context := cls.get()) is not None:
            yield context
        else:
            with cls() as context:
                yield context

    def serves(self, httpx_settings: dict[str, Any] | None) -> bool:
        """Whether the client has these settings.

        Args:
            httpx_settings: The requested settings.
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
    """An async context manager within which `get_client()` returns one client, in the same event loop.

    Otherwise it is like `SyncClientContext`.

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
        """The current context; None outside of any."""
        return _async_context.get()

    @classmethod
    @asynccontextmanager
    async def get_or_create(cls) -> AsyncGenerator[AsyncClientContext]:
        """The current context, or a new one for the `async with` block."""
        if (context := cls.get()) is not None:
            yield context
        else:
            async with cls() as context:
                yield context

    def serves(self, httpx_settings: dict[str, Any] | None) -> bool:
        """Whether the client has these settings, and belongs to the running event loop.

        Args:
            httpx_settings: The requested settings.
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
