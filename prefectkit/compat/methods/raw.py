"""Requests by method and path: `client.request(...)` and `client._client.get(...)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, quote

import msgspec

from prefectkit.compat.async_resources import AsyncResources, with_timeout
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import Async, M, Sync
from prefectkit.core.errors import InvalidParameterError, RedirectError
from prefectkit.core.http.headers import check_headers

if TYPE_CHECKING:
    import httpx

    from prefectkit.client import AsyncPrefect, Prefect
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
    **timeout: Any,
) -> httpx.Response:
    """The response to a request; within a flat method.

    If the server has the route only with, or only without, a trailing slash, the request is redirected there.

    Args:
        api: The resources.
        method: The HTTP method.
        path: The path below the API's root, with a query or without.
        params: The query's parameters.
        path_params: The values of the names in braces.
        json: The body, as an object.
        content: The body, as JSON.
        headers: Further headers.
        **timeout: `timeout`, as for `httpx`: seconds, one of its objects, or None for no timeout.

    Raises:
        TypeError: There is another keyword.
    """
    if unknown := timeout.keys() - {"timeout"}:
        raise TypeError(f"a request takes params, json, content, headers and timeout, and not {sorted(unknown)}")
    path, _, query = path.partition("?")
    if content is not None:
        try:
            json = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidParameterError(
                f"only JSON can be sent, and content, of {len(content)} characters or bytes, is none: {error}"
            ) from None
    api = with_timeout(api, timeout) if timeout else api

    async def respond(path: str) -> httpx.Response:
        return await raw_response(
            api.request(
                method,
                path,
                path_params=path_params,
                query={**parse_qs(query, keep_blank_values=True), **(params or {})},
                body=json,
                headers=headers,
            )
        )

    path = "/" + quote(path.lstrip("/"), safe=_PATH + "{}" * bool(path_params))
    try:
        return await respond(path)
    except RedirectError as error:
        other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
        if not error.response.headers.get("location", "").partition("?")[0].endswith(other):
            raise
    return await respond(other)


class Headers(MutableMapping[str, str]):
    """The headers that a flat client sends with every request, besides those of `httpx_settings` and of plugins.

    Their names are case-insensitive. A change applies to later requests.

    Args:
        sent: The headers that the client sends, by lower-case name. Changes are made there.
    """

    def __init__(self, sent: dict[str, str]) -> None:
        self._sent = sent

    def __getitem__(self, name: str) -> str:
        return self._sent[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        self._sent.update(check_headers({name: value}))

    def __delitem__(self, name: str) -> None:
        del self._sent[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sent)

    def __len__(self) -> int:
        return len(self._sent)

    def __repr__(self) -> str:
        return f"Headers({list(self._sent)})"


class RawMethods(MethodGroup[M]):
    """The HTTP methods. Each takes a path and, as keywords, what `httpx` calls `params`, `json`, `content`, `headers`
    and `timeout`.

    Args:
        api: The resources of the client.
        base_url: The root of the API, with a trailing slash.
        headers: The headers that the client sends.

    Attributes:
        base_url: The root of the API, with a trailing slash.
        headers: Headers of every request, which may be changed.
    """

    def __init__(self, api: AsyncResources, base_url: httpx.URL, headers: dict[str, str]) -> None:
        self._api = api
        self._owner = api.client
        self.base_url = base_url
        self.headers = Headers(headers)

    @client_method()
    async def request(self, /, method: str, url: str, **options: Any) -> httpx.Response:
        """Send a request.

        Args:
            method: The HTTP method.
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content`, `headers` and `timeout`, as for `httpx`.
        """
        return await send(self._api, method, url, **options)

    @client_method()
    async def get(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a GET request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content`, `headers` and `timeout`, as for `httpx`.
        """
        return await send(self._api, "GET", url, **options)

    @client_method()
    async def post(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a POST request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content`, `headers` and `timeout`, as for `httpx`.
        """
        return await send(self._api, "POST", url, **options)

    @client_method()
    async def put(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a PUT request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content`, `headers` and `timeout`, as for `httpx`.
        """
        return await send(self._api, "PUT", url, **options)

    @client_method()
    async def patch(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a PATCH request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content`, `headers` and `timeout`, as for `httpx`.
        """
        return await send(self._api, "PATCH", url, **options)

    @client_method()
    async def delete(self, /, url: str, **options: Any) -> httpx.Response:
        """Send a DELETE request.

        Args:
            url: The path below the API's root, with a query or without.
            **options: `params`, `json`, `content`, `headers` and `timeout`, as for `httpx`.
        """
        return await send(self._api, "DELETE", url, **options)


class AsyncRaw(RawMethods[Async]):
    """The HTTP methods, to await."""

    async def aclose(self) -> None:
        """Close the connections of the client."""
        await cast("AsyncPrefect", self._owner).aclose()


class SyncRaw(RawMethods[Sync]):
    """The HTTP methods, that block."""

    _sync = True

    def close(self) -> None:
        """Close the connections of the client."""
        cast("Prefect", self._owner).close()
