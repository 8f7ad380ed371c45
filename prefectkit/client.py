"""`Prefect` and `AsyncPrefect`: settings, a transport, plugins and the resources, put together."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

import msgspec

from prefectkit.assembly import Api, Wrapper, changed, load_plugins
from prefectkit.client_config import ClientConfig, build
from prefectkit.core.concurrency.bulk import IN_FLIGHT, F, Progress, outcomes_of
from prefectkit.core.concurrency.outcomes import A, AsyncBulk, Bulk, T
from prefectkit.core.endpoint import Async, M, Sync
from prefectkit.core.engine import Engine
from prefectkit.core.http.headers import check_headers
from prefectkit.core.io import closed_error, run
from prefectkit.core.misuse import AwaitedClient, BlockingClient
from prefectkit.core.suggestions import explained
from prefectkit.core.transport import AsyncTransport, Transport
from prefectkit.resources.catalogue import Resources

if TYPE_CHECKING:
    from prefectkit.plugins.manager import Plugins
    from prefectkit.plugins.plugin_list import PluginList


class Client(Resources[M]):
    """What both clients share. Use `Prefect` or `AsyncPrefect`."""

    def __init__(self, engine: Engine, plugins: Plugins) -> None:
        self._engine = engine
        self._sync = engine.io.sync
        self._plugins = plugins
        for name, resource in plugins.contributions.resources.items():
            self.__dict__[name] = resource(self)

    def _open(self, config: ClientConfig) -> None:
        engine, plugins = build(config, sync=isinstance(self, Prefect), is_taken=_is_taken)
        cast(Any, Client).__init__(self, engine, plugins)
        plugins.notify("client_opened", self.api_url, self._sync)

    @property
    def api_url(self) -> str:
        """The root of the API, without a trailing slash."""
        return self._engine.base_url

    @property
    def plugins(self) -> PluginList:
        """The plugins in use, in call order, and how they fare; `.refused` says which are not in use, and why."""
        return self._plugins.listed()

    @explained
    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
        headers: Mapping[str, str] | None = None,
        prefetch: bool | None = None,
        at_least_once: bool | None = None,
        follow_redirects: bool | None = None,
    ) -> Self:
        """The same client with other options for the calls made through it: connections and plugins are shared.

        Args:
            timeout: Seconds that one attempt may take.
            deadline: Seconds that a whole call may take, with its retries and pauses.
            max_attempts: How often a request is sent at most; 1 for no retry.
            headers: Sent with every request, in addition to those of this client.
            prefetch: Let each `iterate` ask for a page while the rows of the page before are used: in a thread on
                `Prefect`, in a task on `AsyncPrefect`. Leaving such a loop early throws a page away; the thread is
                waited for, the task cancelled.
            at_least_once: Send again even what a second copy does twice, such as logs, where the first may have
                arrived: rather twice than not at all.
            follow_redirects: Let GET and HEAD go where the server points to, within the API. By default nothing does.

        Returns:
            A client that closes together with this one.

        Raises:
            ConfigError: A number that makes no sense, or something other than True or False where one of them is due.
            InvalidParameterError: A header that cannot be sent.
        """
        options = changed(
            self._engine.options,
            timeout=timeout,
            deadline=deadline,
            max_attempts=max_attempts,
            prefetch=prefetch,
            at_least_once=at_least_once,
            follow_redirects=follow_redirects,
        )
        options = msgspec.structs.replace(options, headers={**options.headers, **check_headers(headers or {})})
        other = type(self).__new__(type(self))
        cast(Any, Client).__init__(other, self._engine.with_options(options), self._plugins)
        return other

    async def _close(self) -> None:
        if not self._engine.io.closed:
            await self._engine.io.close()
            self._plugins.notify("client_closed", self.api_url, self._sync)

    def _enter(self) -> Self:
        if self._engine.io.closed:
            raise closed_error()
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.api_url}{' closed' if self._engine.io.closed else ''}>"


class Prefect(BlockingClient, Client[Sync]):
    """A client of the Prefect API that blocks. Safe to share between threads.

    Args:
        api: The API's URL, such as `http://127.0.0.1:4200/api`, or an ASGI app. By default what the settings say
            (`PREFECT_API_URL`, the active profile), and without one the embedded server, where it is installed.
        api_key: A Prefect Cloud key. By default from the settings.
        auth_string: `user:password` of a self-hosted server; wins over the key. By default from the settings.
        transport: What moves the bytes instead of HTTP, or the name of one that is built in (`http`, `asgi`,
            `embedded`) or a plugin's; or a function that is given the transport the client would use and returns one
            around it.
        plugins: Further plugins: objects, modules, or names of installed ones. Objects and modules see keys, custom
            headers and the bodies of routes that hold secrets; a name loads the plugin and allows it no secrets.
        plugin_secrets: Names of installed plugins that may see these secrets, if they ask to, besides those in
            `PREFECTKIT_PLUGIN_SECRETS`.
        httpx_settings: Keyword arguments of `httpx.Client`: `verify`, `proxy`, `headers`, `limits`, `event_hooks`,
            `transport` and so on.
        timeout: Seconds that one attempt may take. By default `PREFECT_API_REQUEST_TIMEOUT`, 60.
        deadline: Seconds that a whole call may take, with its retries and pauses. By default 90, or `timeout` where
            that is longer.
        max_attempts: How often a request is sent at most. By default `PREFECT_CLIENT_MAX_RETRIES` + 1 where that is
            set, else 5.

    Raises:
        ConfigError: No API to talk to, or a setting or argument that makes no sense.
        PluginError: One of `plugins` is refused.
    """

    @explained
    def __init__(
        self,
        api: Api | None = None,
        *,
        api_key: str | None = None,
        auth_string: str | None = None,
        transport: Transport | Wrapper[Transport] | str | None = None,
        plugins: Iterable[object] = (),
        plugin_secrets: Iterable[str] = (),
        httpx_settings: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> None:
        self._open(
            ClientConfig(
                api=api,
                api_key=api_key,
                auth_string=auth_string,
                transport=transport,
                plugins=plugins,
                plugin_secrets=plugin_secrets,
                httpx_settings=httpx_settings,
                timeout=timeout,
                deadline=deadline,
                max_attempts=max_attempts,
            )
        )

    @overload
    def bulk(
        self,
        method: Callable[[A], T],
        items: Iterable[A],
        *,
        in_flight: int = IN_FLIGHT,
        progress: Progress | None = None,
    ) -> Bulk[A, T]: ...
    @overload
    def bulk(
        self,
        method: Callable[..., T],
        items: Iterable[F],
        *,
        in_flight: int = IN_FLIGHT,
        progress: Progress | None = None,
    ) -> Bulk[F, T]: ...
    @explained
    def bulk(
        self,
        method: Callable[..., T],
        items: Iterable[A],
        *,
        in_flight: int = IN_FLIGHT,
        progress: Progress | None = None,
    ) -> Bulk[A, T]:
        """Call a method for each item, several at a time: `client.bulk(client.flow_runs.read, ids).results()`.

        Loop over it for the outcome of each call, an error being one of them, or take all `results()`, which raises
        the errors as one. Nothing is sent before. When the server refuses a call (429 or 503), fewer are under way for
        a while, and where it says for how long (Retry-After), all of them wait. A loop that is left early waits for
        the calls that are under way.

        Args:
            method: A method of this client or of another one that blocks, or a function of one item.
            items: One for each call: its argument; a dict of keywords, a tuple or a Struct such as `FlowRunCreate` for
                a method that does not take one argument. They are taken when there is room for them.
            in_flight: How many calls are under way at most, each in a thread.
            progress: Called when a call has ended, in the thread of the caller, with how many have ended, how many of
                them failed, and how many there are, None if `items` has no length.

        Returns:
            The outcomes, in the order of the items.

        Raises:
            ConfigError: `in_flight` is not a whole number, or less than 1; or the method is to be awaited, or none.
        """
        return Bulk(outcomes_of(self._engine.io, method, items, in_flight, progress))

    def close(self) -> None:
        """Close the connections. A closed client refuses further calls; closing it again does nothing."""
        run(self._close())

    def __enter__(self) -> Self:
        return self._enter()

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncPrefect(AwaitedClient, Client[Async]):
    """A client of the Prefect API to await, on asyncio or trio. `Prefect` says more about the arguments.

    Args:
        api: The API's URL, or an ASGI app. By default what the settings say, and without one the embedded server.
        api_key: A Prefect Cloud key. By default from the settings.
        auth_string: `user:password` of a self-hosted server; wins over the key. By default from the settings.
        transport: An async transport instead of HTTP, or its name, or a function that wraps the default one.
        plugins: Further plugins: objects, modules, or names of installed ones. Objects and modules see secrets.
        plugin_secrets: Names of installed plugins that may see secrets, if they ask to, besides those in
            `PREFECTKIT_PLUGIN_SECRETS`.
        httpx_settings: Keyword arguments of `httpx.AsyncClient`.
        timeout: Seconds that one attempt may take. By default `PREFECT_API_REQUEST_TIMEOUT`, 60.
        deadline: Seconds that a whole call may take, with its retries. By default 90, or `timeout` if that is longer.
        max_attempts: How often a request is sent at most. By default `PREFECT_CLIENT_MAX_RETRIES` + 1, else 5.
    """

    @explained
    def __init__(
        self,
        api: Api | None = None,
        *,
        api_key: str | None = None,
        auth_string: str | None = None,
        transport: AsyncTransport | Wrapper[AsyncTransport] | str | None = None,
        plugins: Iterable[object] = (),
        plugin_secrets: Iterable[str] = (),
        httpx_settings: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> None:
        self._open(
            ClientConfig(
                api=api,
                api_key=api_key,
                auth_string=auth_string,
                transport=transport,
                plugins=plugins,
                plugin_secrets=plugin_secrets,
                httpx_settings=httpx_settings,
                timeout=timeout,
                deadline=deadline,
                max_attempts=max_attempts,
            )
        )

    @overload
    def bulk(
        self,
        method: Callable[[A], Awaitable[T]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        in_flight: int = IN_FLIGHT,
        progress: Progress | None = None,
    ) -> AsyncBulk[A, T]: ...
    @overload
    def bulk(
        self,
        method: Callable[..., Awaitable[T]],
        items: Iterable[F] | AsyncIterable[F],
        *,
        in_flight: int = IN_FLIGHT,
        progress: Progress | None = None,
    ) -> AsyncBulk[F, T]: ...
    @explained
    def bulk(
        self,
        method: Callable[..., Awaitable[T]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        in_flight: int = IN_FLIGHT,
        progress: Progress | None = None,
    ) -> AsyncBulk[A, T]:
        """Call a method for each item, several at a time: `await client.bulk(client.flow_runs.read, ids).results()`.

        As `Prefect.bulk`, with methods to await, in tasks; one that blocks is a `ConfigError`. Leaving a loop early
        calls for `contextlib.aclosing`, which cancels the calls that are under way.

        Args:
            method: An async method of this client or of another one, or an async function of one item.
            items: One for each call, as for `Prefect.bulk`. May be an async iterable.
            in_flight: How many calls are under way at most, each in a task.
            progress: Called when a call has ended: with how many ended, how many failed, and how many there are.
        """
        return AsyncBulk(outcomes_of(self._engine.io, method, items, in_flight, progress))

    async def aclose(self) -> None:
        """Close the connections. A closed client refuses further calls; closing it again does nothing."""
        await self._close()

    async def __aenter__(self) -> Self:
        return self._enter()

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


C = TypeVar("C", bound=Prefect | AsyncPrefect)


def open_client(kind: type[C], config: ClientConfig) -> C:
    """A client of a configuration."""
    client = kind.__new__(kind)
    cast(Any, client)._open(config)
    return client


def installed_plugins() -> Plugins:
    """The plugins that are installed, for `ClientConfig.loaded`."""
    return load_plugins((), (), _is_taken)


def _is_taken(name: str) -> bool:
    return hasattr(Prefect, name) or hasattr(AsyncPrefect, name)
