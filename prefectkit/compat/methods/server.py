"""The server itself: its health and its version; and requests to any of its routes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prefectkit.compat.client_method import MethodGroup, ServerType, client_method
from prefectkit.compat.error_mapping import ErrorRules, to_official_error
from prefectkit.compat.last_call import LastCall, last_call
from prefectkit.compat.methods.raw import send
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import M
from prefectkit.core.errors import CallError
from prefectkit.core.versions import release
from prefectkit.version import CLIENT_VERSION

if TYPE_CHECKING:
    import httpx

    from prefectkit.core.endpoint import Async
    from prefectkit.resources.catalogue import Resources

logger = logging.getLogger("prefectkit")

_compatible: set[str] = set()


class ServerMethods(MethodGroup[M]):
    """The flat methods about the server itself."""

    _base_url: str

    @property
    def api_url(self) -> httpx.URL:
        """The root of the API, with a trailing slash."""
        # httpx takes long to import, and a client of an API in this process does not need it.
        import httpx

        return httpx.URL(f"{self._base_url}/")

    @client_method()
    async def request(
        self,
        /,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        path_params: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> httpx.Response:
        """Send a request to any route of the API.

        Args:
            method: The HTTP method.
            path: The path below the API's root; `{name}` stands for a path parameter.
            params: The query's parameters.
            path_params: The path's parameters.
            **kwargs: `json`, `content`, `headers` or `timeout`.

        Raises:
            PrefectHTTPStatusError: The status is not a success.
        """
        return await send(self._api, method, path, params, path_params, **kwargs)

    @client_method()
    async def api_healthcheck(self) -> Exception | None:
        """Check whether the server is available.

        Returns:
            None if it is available; else the error, which is not raised.
        """
        try:
            await self._api.request("GET", "/health")
        except CallError as error:
            return to_official_error(error, last_call.get() or LastCall(), ErrorRules())
        except Exception as error:
            return error
        return None

    @client_method()
    async def hello(self) -> httpx.Response:
        """Get the greeting of the server, as an HTTP response. Prefect Cloud has no such route."""
        return await raw_response(self._api.request("GET", "/hello"))

    @client_method()
    async def api_version(self) -> str:
        """Read the version of Prefect that the server runs."""
        return await self._api.version()

    def client_version(self) -> str:
        """The version of Prefect whose client this one replaces."""
        return CLIENT_VERSION

    @client_method()
    async def raise_for_api_version_mismatch(self) -> None:
        """Compare the versions of server and client; a server that is older is logged as a warning.

        Raises:
            RuntimeError: The major versions differ, or there is no server.
        """
        await _compare(self._api, self.server_type, self._base_url, self.client_version())

    @client_method()
    async def raise_for_api_version_mismatch_once(self) -> None:
        """As `raise_for_api_version_mismatch`, once in a process for each server."""
        if self._base_url not in _compatible:
            await _compare(self._api, self.server_type, self._base_url, self.client_version())
            _compatible.add(self._base_url)


async def _compare(api: Resources[Async], server_type: ServerType, url: str, client: str) -> None:
    if server_type == ServerType.CLOUD:
        return
    try:
        server = await api.version()
    except CallError as error:
        if "Unauthorized" in str(error):
            raise
        raise RuntimeError(f"Failed to reach API at {url}/") from error
    if release(server)[0] != release(client)[0]:
        raise RuntimeError(
            f"Found incompatible versions: client: {client}, server: {server}. Major versions must match."
        )
    if release(server) < release(client):
        logger.warning("the server runs Prefect %s, which is older than the %s that this client is for", server, client)
