"""`CloudClient`: the API of Prefect Cloud above the workspaces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast

import anyio

from prefectkit.assembly import choose_server
from prefectkit.client import AsyncPrefect, open_client
from prefectkit.client_config import ClientConfig
from prefectkit.compat.arguments import ModelLike, to_plain
from prefectkit.compat.async_resources import AsyncResources
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import CloudUnauthorizedError, ObjectNotFound
from prefectkit.compat.last_call import LastCallRecorder
from prefectkit.compat.methods.raw import send
from prefectkit.compat.strict_mode import flat_options, load_plugins_and_settings
from prefectkit.core.endpoint import Async
from prefectkit.models.cloud import IPAllowlist, IPAllowlistMyAccessResponse, Workspace

if TYPE_CHECKING:
    import httpx

    from prefectkit.core.settings import Settings
    from prefectkit.plugins.manager import Plugins

_WORKSPACE = re.compile(r"accounts/(.{36})/workspaces/(.{36})")
_HEALTH_SECONDS = 10

NOT_SYNC = (
    "The `CloudClient` must be entered with an async context. Use 'async with CloudClient(...)' not "
    "'with CloudClient(...)'"
)


def get_cloud_client(
    host: str | None = None,
    api_key: str | None = None,
    httpx_settings: dict[str, Any] | None = None,
    infer_cloud_url: bool = False,
) -> CloudClient:
    """A client of Prefect Cloud itself.

    Args:
        host: The root of its API. Default: `PREFECT_CLOUD_API_URL`.
        api_key: A key. Default: that of the settings.
        httpx_settings: Keyword arguments of `httpx.AsyncClient`. Never changed.
        infer_cloud_url: Whether to take the root from `PREFECT_API_URL`, and ignore `host`.

    Raises:
        ValueError: `infer_cloud_url` is True, and `PREFECT_API_URL` is not set.
        ConfigError: A setting makes no sense.
    """
    return CloudClient._configured(host, api_key, httpx_settings, infer_cloud_url)  # pyright: ignore[reportPrivateUsage] -- the class has the official names only


class CloudClient(MethodGroup[Async]):
    """An async client of the API of Prefect Cloud above the workspaces.

    Args:
        host: The root of its API.
        api_key: A key; an `Authorization` header in `httpx_settings` takes precedence.
        httpx_settings: Keyword arguments of `httpx.AsyncClient`. Never changed.

    Attributes:
        account_id: The id in the URL or in `PREFECT_API_URL`; None if there is none.
        workspace_id: The same for the workspace.

    Raises:
        ConfigError: An argument or a setting makes no sense.
    """

    account_id: str | None = None
    workspace_id: str | None = None

    def __init__(self, host: str, api_key: str, httpx_settings: dict[str, Any] | None = None) -> None:
        self._open(*load_plugins_and_settings(), host, api_key, httpx_settings)

    @classmethod
    def _configured(
        cls, host: str | None, api_key: str | None, httpx_settings: dict[str, Any] | None, infer_cloud_url: bool
    ) -> Self:
        """A client with the root and the key of the settings, as `get_cloud_client` returns it."""
        plugins, settings = load_plugins_and_settings()
        if infer_cloud_url:
            host = _WORKSPACE.sub("", settings.api_url or "")
            if not host:
                raise ValueError("Host was not provided and could not be inferred")
        key = settings.api_key.reveal() if settings.api_key else ""
        client = cls.__new__(cls)
        client._open(plugins, settings, host or settings.cloud_api_url, api_key or key, httpx_settings)
        return client

    def _open(
        self, plugins: Plugins, settings: Settings, host: str, api_key: str, httpx_settings: dict[str, Any] | None
    ) -> None:
        httpx_settings = {"follow_redirects": True, **(httpx_settings or {})}
        root = str(httpx_settings.pop("base_url", host))
        server = choose_server(root, settings, has_transport=False, schemes=plugins.contributions.schemes)
        has_own = "authorization" in {str(name).lower() for name in dict(httpx_settings.get("headers") or {})}
        config = ClientConfig(
            loaded=plugins,
            settings=settings,
            server=server._replace(is_cloud=True),
            options=flat_options(settings, httpx_settings),
            api_key="" if has_own else api_key,
            auth_string="",
            built_in=[("flat", LastCallRecorder())],
            httpx_settings=httpx_settings,
        )
        self._native = open_client(AsyncPrefect, config)
        self._api = AsyncResources(self._native)
        self._current = (settings.api_url or "").rstrip("/")
        if match := _WORKSPACE.search(host) or _WORKSPACE.search(self._current):
            self.account_id, self.workspace_id = match.groups()

    @property
    def account_base_url(self) -> str:
        """The path of the account.

        Raises:
            ValueError: No URL names one.
        """
        if not self.account_id:
            raise ValueError("Account ID not set")
        return f"accounts/{self.account_id}"

    @property
    def workspace_base_url(self) -> str:
        """The path of the workspace.

        Raises:
            ValueError: No URL names one.
        """
        if not self.workspace_id:
            raise ValueError("Workspace ID not set")
        return f"{self.account_base_url}/workspaces/{self.workspace_id}"

    async def api_healthcheck(self) -> None:
        """Check whether Prefect Cloud responds to this key within ten seconds.

        Raises:
            CloudUnauthorizedError: The key is not accepted.
            TimeoutError: It does not respond.
        """
        with anyio.fail_after(_HEALTH_SECONDS):
            await self.read_workspaces()

    async def read_workspaces(self) -> list[Workspace]:
        """List the workspaces that the key gives access to."""
        return Workspace.model_validate_list(await self.get("/me/workspaces"))

    async def read_current_workspace(self) -> Workspace:
        """Read the workspace of `PREFECT_API_URL`.

        Raises:
            ValueError: The key gives no access to the workspace of that URL.
        """
        for workspace in await self.read_workspaces():
            if workspace.api_url() == self._current:
                return workspace
        raise ValueError("Current workspace not found")

    async def read_worker_metadata(self) -> dict[str, Any]:
        """Read the types of workers, with their defaults."""
        return cast("dict[str, Any]", await self.get(f"{self.workspace_base_url}/collections/work_pool_types"))

    async def read_account_settings(self) -> dict[str, Any]:
        """Read the settings of the account."""
        return cast("dict[str, Any]", await self.get(f"{self.account_base_url}/settings"))

    async def update_account_settings(self, settings: dict[str, Any]) -> None:
        """Change settings of the account.

        Args:
            settings: The settings to change.
        """
        await self.request("PATCH", f"{self.account_base_url}/settings", json=settings)

    async def read_account_ip_allowlist(self) -> IPAllowlist:
        """Read the IP allowlist of the account."""
        return IPAllowlist.model_validate(await self.get(f"{self.account_base_url}/ip_allowlist"))

    async def update_account_ip_allowlist(self, updated_allowlist: ModelLike[IPAllowlist]) -> None:
        """Replace the IP allowlist of the account.

        Args:
            updated_allowlist: The complete list.
        """
        await self.request("PUT", f"{self.account_base_url}/ip_allowlist", json=to_plain(updated_allowlist))

    async def check_ip_allowlist_access(self) -> IPAllowlistMyAccessResponse:
        """Check whether the IP allowlist permits requests from here."""
        response = await self.get(f"{self.account_base_url}/ip_allowlist/my_access")
        return IPAllowlistMyAccessResponse.model_validate(response)

    async def get(self, route: str, **kwargs: Any) -> Any:
        """Send a GET request: see `request`.

        Args:
            route: The path below the root.
            **kwargs: Further arguments of `request`.
        """
        return await self.request("GET", route, **kwargs)

    @client_method()
    async def raw_request(
        self,
        /,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        path_params: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> httpx.Response:
        """Send a request and get the HTTP response.

        Args:
            method: The HTTP method.
            path: The path below the root; `{name}` stands for a path parameter.
            params: The query's parameters.
            path_params: The path's parameters.
            **kwargs: `json`, `content` or `headers`.

        Raises:
            PrefectHTTPStatusError: The status is not a success.
        """
        return await send(self._api, method, path, params, path_params, **kwargs)

    @client_method(
        unauthorized=CloudUnauthorizedError, forbidden={"": CloudUnauthorizedError}, not_found=ObjectNotFound
    )
    async def request(self, /, method: str, route: str, **kwargs: Any) -> Any:
        """Send a request and get the JSON of the response.

        Args:
            method: The HTTP method.
            route: The path below the root.
            **kwargs: `params`, `path_params`, `json`, `content`, `headers` or `timeout`.

        Returns:
            The JSON of the response; None where there is none (204).

        Raises:
            CloudUnauthorizedError: 401 or 403: the key is not accepted, or gives no access.
            ObjectNotFound: There is no such object.
            PrefectHTTPStatusError: Another status that is not a success.
        """
        response = await send(self._api, method, route, **kwargs)
        return None if response.status_code == 204 else response.json()

    async def __aenter__(self) -> Self:
        await self._native.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._native.aclose()

    def __enter__(self) -> NoReturn:
        raise RuntimeError(NOT_SYNC)

    def __exit__(self, *_: object) -> None:
        """Never called: there for the error of `__enter__`."""
