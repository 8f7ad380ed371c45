"""Requests by method and path: `client.request(...)` and `client._client.get(...)`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

import msgspec

from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import Async, M, Sync
from prefectkit.core.errors import InvalidParameterError

if TYPE_CHECKING:
    import httpx

    from prefectkit.resources.catalogue import Resources

# Characters that are not quoted in a path; nor are braces, if there are path parameters.
_PATH = "/%:@!$&'()*+,;=~"


async def send(
    api: Resources[Async],
    method: str,
    path: str,
    params: Mapping[str, Any] | None = None,
    path_params: Mapping[str, Any] | None = None,
    *,
    json: Any = None,
    content: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The response to a request; within a flat method.

    Args:
        api: The resources.
        method: The HTTP method.
        path: The path below the API's root, with a query or without.
        params: The query's parameters.
        path_params: The values of the names in braces.
        json: The body, as an object.
        content: The body, as JSON.
        headers: Further headers.
    """
    path, _, query = path.partition("?")
    if content is not None:
        try:
            json = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidParameterError(
                f"only JSON can be sent, and content, of {len(content)} characters or bytes, is none: {error}"
            ) from None
    return await raw_response(
        api.request(
            method,
            "/" + quote(path.lstrip("/"), safe=_PATH + "{}" * bool(path_params)),
            path_params=path_params,
            query={**parse_qs(query, keep_blank_values=True), **(params or {})},
            body=json,
            headers=headers,
        )
    )


class RawMethods(MethodGroup[M]):
    """The HTTP methods. Each takes a path and, as keywords, what `httpx` calls `params`, `json`, `content`, `headers`.

    Attributes:
        base_url: The root of the API, with a trailing slash.
    """

    def __init__(self, api: Resources[Async], base_url: httpx.URL) -> None:
        self._api = api
        self.base_url = base_url

    @client_method()
    async def request(self, /, method: str, url: str, **options: Any) -> httpx.Response:
        """Send a request.

        Args:
            method: The HTTP method.
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content` and `headers`, as for `httpx`.
        """
        return await send(self._api, method, url, **options)

    @client_method()
    async def get(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a GET request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content` and `headers`, as for `httpx`.
        """
        return await send(self._api, "GET", url, **options)

    @client_method()
    async def post(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a POST request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content` and `headers`, as for `httpx`.
        """
        return await send(self._api, "POST", url, **options)

    @client_method()
    async def put(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a PUT request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content` and `headers`, as for `httpx`.
        """
        return await send(self._api, "PUT", url, **options)

    @client_method()
    async def patch(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a PATCH request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content` and `headers`, as for `httpx`.
        """
        return await send(self._api, "PATCH", url, **options)

    @client_method()
    async def delete(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a DELETE request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content` and `headers`, as for `httpx`.
        """
        return await send(self._api, "DELETE", url, **options)


class AsyncRaw(RawMethods[Async]):
    """The HTTP methods, to await."""


class SyncRaw(RawMethods[Sync]):
    """The HTTP methods, that block."""

    _sync = True
