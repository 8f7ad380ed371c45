"""`PrefectClient` and `SyncPrefectClient`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, cast

from prefectkit.assembly import EMBEDDED, IN_PROCESS, Api, Server, choose_server
from prefectkit.client import AsyncPrefect, Client, Prefect, open_client
from prefectkit.client_config import ClientConfig
from prefectkit.compat.async_resources import AsyncResources
from prefectkit.compat.client_method import ServerType
from prefectkit.compat.last_call import LastCallRecorder
from prefectkit.compat.methods.artifacts import ArtifactMethods
from prefectkit.compat.methods.automations import AutomationMethods
from prefectkit.compat.methods.block_documents import BlockDocumentMethods
from prefectkit.compat.methods.block_schemas import BlockSchemaMethods
from prefectkit.compat.methods.block_types import BlockTypeMethods
from prefectkit.compat.methods.concurrency_limits import ConcurrencyLimitMethods
from prefectkit.compat.methods.concurrency_slots import ConcurrencySlotMethods
from prefectkit.compat.methods.deployments import DeploymentMethods
from prefectkit.compat.methods.events import EventMethods
from prefectkit.compat.methods.flow_run_inputs import FlowRunInputMethods
from prefectkit.compat.methods.flow_runs import FlowRunMethods
from prefectkit.compat.methods.flows import FlowMethods
from prefectkit.compat.methods.global_concurrency_limits import GlobalConcurrencyLimitMethods
from prefectkit.compat.methods.logs import LogMethods
from prefectkit.compat.methods.raw import AsyncRaw, SyncRaw
from prefectkit.compat.methods.result_storage import ResultStorageMethods
from prefectkit.compat.methods.schedules import ScheduleMethods
from prefectkit.compat.methods.server import ServerMethods
from prefectkit.compat.methods.slas import SlaMethods
from prefectkit.compat.methods.states import StateMethods
from prefectkit.compat.methods.task_runs import TaskRunMethods
from prefectkit.compat.methods.variables import VariableMethods
from prefectkit.compat.methods.work_pools import WorkPoolMethods
from prefectkit.compat.methods.work_queues import WorkQueueMethods
from prefectkit.compat.methods.workers import WorkerMethods
from prefectkit.compat.official_settings import official_server
from prefectkit.compat.strict_mode import flat_options, load_plugins_and_settings
from prefectkit.core.endpoint import Async, M, Sync
from prefectkit.core.errors import ConfigError
from prefectkit.core.misuse import Unsupported
from prefectkit.core.settings import Settings

if TYPE_CHECKING:
    import asyncio

    from prefectkit.plugins.manager import Plugins

CLOSED = "The client cannot be started again after closing. Retrieve a new client with `get_client()` instead."
NO_URL = "No Prefect API URL provided. Please set PREFECT_API_URL to the address of a running Prefect server."
NOT_SYNC = (
    "The `PrefectClient` must be entered with an async context. Use 'async with PrefectClient(...)' not "
    "'with PrefectClient(...)'"
)
TWO_SERVERS = (
    "Invalid httpx settings: `app` cannot be set when providing an api url. `app` is only for use with ephemeral "
    "instances. Provide it as the `api` parameter instead."
)

VERSION_HEADER = "x-prefect-api-version"

# The `httpx_settings` that do not apply to an API in this process, which has no connections, or are passed otherwise.
_IN_PROCESS = frozenset(
    {"cert", "follow_redirects", "headers", "http1", "http2", "limits", "timeout", "trust_env", "verify"}
)


class _BaseClient(
    FlowMethods[M],
    FlowRunMethods[M],
    FlowRunInputMethods[M],
    TaskRunMethods[M],
    StateMethods[M],
    LogMethods[M],
    DeploymentMethods[M],
    ScheduleMethods[M],
    WorkPoolMethods[M],
    WorkQueueMethods[M],
    WorkerMethods[M],
    ConcurrencyLimitMethods[M],
    GlobalConcurrencyLimitMethods[M],
    ConcurrencySlotMethods[M],
    EventMethods[M],
    SlaMethods[M],
    ResultStorageMethods[M],
    BlockTypeMethods[M],
    BlockSchemaMethods[M],
    BlockDocumentMethods[M],
    VariableMethods[M],
    ArtifactMethods[M],
    AutomationMethods[M],
    ServerMethods[M],
):
    """The base of both clients."""

    _native_class: ClassVar[type[Prefect] | type[AsyncPrefect]]
    _depth = 0
    _closed = False

    def __init__(
        self,
        api: Api | None,
        *,
        auth_string: str | None = None,
        api_key: str | None = None,
        api_version: str | None = None,
        httpx_settings: dict[str, Any] | None = None,
        server_type: ServerType | None = None,
    ) -> None:
        config = ClientConfig(api=api, auth_string=auth_string, api_key=api_key, httpx_settings=httpx_settings)
        self._open(config, *load_plugins_and_settings(), api_version=api_version, server_type=server_type)

    def _open(
        self,
        config: ClientConfig,
        plugins: Plugins,
        settings: Settings,
        *,
        api_version: str | None = None,
        server_type: ServerType | None = None,
    ) -> None:
        httpx_settings = dict(config.httpx_settings or {})
        api: Any = config.api
        if isinstance(api, str) and httpx_settings.pop("app", None):
            raise ValueError(TWO_SERVERS)
        base_url = httpx_settings.pop("base_url", None)
        if base_url is not None and (api is None or isinstance(api, str)):
            api = str(base_url)
        if api is EMBEDDED:
            server = Server(IN_PROCESS, EMBEDDED)
        else:
            server = choose_server(api, settings, has_transport=False, schemes=plugins.contributions.schemes)
        in_process = server.app is not None
        by_url = ServerType.CLOUD if server.is_cloud else ServerType.SERVER
        self.server_type = ServerType.EPHEMERAL if in_process else ServerType(server_type or by_url)
        chosen = ClientConfig(
            loaded=plugins,
            settings=settings,
            server=server._replace(is_cloud=self.server_type is ServerType.CLOUD),
            options=flat_options(settings, httpx_settings),
            api_key=config.api_key or "",
            auth_string=config.auth_string or "",
            built_in=[("flat", LastCallRecorder())],
            httpx_settings=_without(httpx_settings, _IN_PROCESS)
            if in_process
            else {"follow_redirects": True, **httpx_settings},
        )
        native = open_client(self._native_class, chosen)
        headers = {str(name).lower(): value for name, value in dict(httpx_settings.get("headers") or {}).items()}
        if api_version is not None:
            headers.setdefault(VERSION_HEADER, api_version)
        # Over HTTP, `httpx_settings` has the other headers.
        sent = headers if in_process else {VERSION_HEADER: headers.get(VERSION_HEADER)}
        self._native: Client[Any] = native.with_options(headers={name: text for name, text in sent.items() if text})
        self._resources = self._api = AsyncResources(self._native)
        self._headers = self._native._engine.options.headers  # pyright: ignore[reportPrivateUsage] -- `_client.headers` changes them
        self._base_url = self._native.api_url
        self._checks_versions = settings.client_server_version_check_enabled

    @classmethod
    def _configured(cls, httpx_settings: dict[str, Any] | None) -> Self:
        """A client with the API and the keys of the settings, as `get_client` returns it."""
        plugins, settings = load_plugins_and_settings()
        if not settings.api_url and not settings.server_ephemeral_enabled:
            raise ValueError(NO_URL)
        started = None if settings.api_url else official_server()
        key, auth = (secret.reveal() if secret else None for secret in (settings.api_key, settings.api_auth_string))
        client = cls.__new__(cls)
        try:
            api: Any = settings.api_url or started or EMBEDDED
            config = ClientConfig(api=api, auth_string=auth, api_key=key, httpx_settings=httpx_settings)
            client._open(config, plugins, settings, server_type=ServerType.EPHEMERAL if started else None)
        except ConfigError as error:
            if settings.api_url:
                raise
            raise ValueError(NO_URL) from error
        return client

    def _entered(self) -> bool:
        """Count an entry into the client; return whether it is the first."""
        if self._closed:
            raise RuntimeError(CLOSED)
        self._depth += 1
        return self._depth == 1

    def _left(self) -> bool:
        """Count an exit from the client; return whether it is the last."""
        self._depth -= 1
        self._closed = self._depth <= 0
        return self._closed

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._base_url}{' closed' if self._closed else ''}>"


class PrefectClient(_BaseClient[Async]):
    """An async client of the Prefect API with the flat names. It takes no keys from the settings.

    Args:
        api: The API's URL, or an ASGI app; None for the API of the settings, or the embedded server.
        auth_string: `user:password` of a self-hosted server; it takes precedence over the key.
        api_key: A Prefect Cloud key.
        api_version: The version of the API to ask for.
        httpx_settings: Keyword arguments of `httpx.AsyncClient`. Never changed.
        server_type: The kind of server. Default: inferred from the URL.

    Raises:
        ValueError: `httpx_settings` has an `app`.
        ConfigError: An argument or a setting makes no sense.
    """

    _native_class = AsyncPrefect
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop in which the client was entered; None before, and on trio."""
        return self._loop

    @property
    def _client(self) -> AsyncRaw:
        return AsyncRaw(self._resources, self.api_url, self._headers)

    async def __aenter__(self) -> Self:
        if self._entered():
            self._loop = running_loop()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._left():
            await cast(AsyncPrefect, self._native).aclose()

    def __enter__(self) -> NoReturn:
        raise RuntimeError(NOT_SYNC)

    def __exit__(self, *_: object) -> None:
        """Never called: it makes `with` raise the error of `__enter__`."""


class SyncPrefectClient(_BaseClient[Sync]):
    """A blocking client of the Prefect API with the flat names.

    The arguments are those of `PrefectClient`; `httpx_settings` are those of `httpx.Client`.
    """

    _native_class = Prefect
    _sync = True

    @property
    def _client(self) -> SyncRaw:
        return SyncRaw(self._resources, self.api_url, self._headers)

    def __enter__(self) -> Self:
        self._entered()
        return self

    def __exit__(self, *_: object) -> None:
        if self._left():
            cast(Prefect, self._native).close()

    if not TYPE_CHECKING:
        __aenter__ = Unsupported(
            "`SyncPrefectClient` blocks: write `with get_client(sync_client=True)`, or `async with get_client()`"
        )


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The running event loop; None outside of event loops, and on trio."""
    # Lazy: a program on trio does not need asyncio.
    from asyncio import get_running_loop

    try:
        return get_running_loop()
    except RuntimeError:
        return None


def _without(values: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
