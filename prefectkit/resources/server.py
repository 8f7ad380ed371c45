"""The server itself, and routes that have no method of their own: the methods of the client itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from prefectkit.core.endpoint import Async, M, Resource, composed, endpoint
from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.http.messages import Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.operation import Operation
from prefectkit.core.representation import shown
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.admin import CsrfToken

_READS = re.compile(
    r".*/(filter|paginate|counts?|count-[\w-]+|count-by/[\w{}-]+|history|lateness|next-runs|get_runs"
    r"|get_scheduled_flow_runs|concurrency_status|validate)/?"
)
"""The paths that a POST only reads from, as the server names them."""

_BY_METHOD = {
    "GET": RetrySafety.READ,
    "HEAD": RetrySafety.READ,
    "OPTIONS": RetrySafety.READ,
    "DELETE": RetrySafety.DELETE,
}


class Server(Resource[M]):
    """The methods of the client itself."""

    @endpoint("GET", "/health")
    async def health(self) -> bool:
        """Check whether the server is up (`GET /health`).

        Returns:
            True; a server that is not up is an error.

        Raises:
            TransportError: It cannot be reached.
        """
        return await self._call(bool)

    @endpoint("GET", "/ready")
    async def ready(self) -> dict[str, Any]:
        """Check whether the server can reach its database (`GET /ready`).

        Returns:
            The server's message.

        Raises:
            ServerError: 503: it cannot reach the database.
        """
        return await self._call(dict[str, Any])

    @endpoint("GET", "/hello")
    async def hello(self) -> str:
        """Get a greeting from the server (`GET /hello`). Prefect Cloud has no such route.

        Returns:
            The greeting.
        """
        return await self._call(str)

    @endpoint("GET", "/admin/version")
    async def version(self) -> str:
        """Read the version of Prefect that the server runs (`GET /admin/version`).

        Returns:
            A version such as `3.8.8`.
        """
        return await self._call(str)

    @endpoint("GET", "/version")
    async def api_version(self) -> str:
        """Read the version of the API that the server speaks (`GET /version`).

        Returns:
            A version such as `0.8.4`.
        """
        return await self._call(str)

    @endpoint("GET", "/csrf-token")
    async def create_csrf_token(self, client: str) -> CsrfToken:
        """Get a CSRF token (`GET /csrf-token`). The client gets its own when it needs one.

        Args:
            client: Any id for the client, which it sends with the token.

        Returns:
            The token, for the headers `Prefect-Csrf-Token` and `Prefect-Csrf-Client`.

        Raises:
            UnprocessableEntity: CSRF protection is off.
        """
        return await self._call(CsrfToken, query={"client": client})

    @composed
    async def request(
        self: Server[Async],
        method: str,
        path: str,
        *,
        path_params: Mapping[str, object] | None = None,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        retry_safety: RetrySafety | None = None,
        check: bool = True,
    ) -> Response:
        """Send a request to any route, with authentication, retries and plugins, and return the raw response.

        Args:
            method: The HTTP method.
            path: The path below the API's root; `{name}` and `{name:uuid}` are replaced by `path_params`.
            path_params: Their values, which are quoted.
            query: The query parameters; None is left out.
            body: Anything that can be encoded as JSON: dicts, lists, Structs.
            headers: Further headers.
            retry_safety: What a second copy of the request does. Default: `READ` for GET and for a POST to a path that
                ends in `/filter`, `/count`, `/paginate` and the like; `DELETE` for DELETE; otherwise `NEVER`.
            check: Raise for a status that is not 2xx.

        Returns:
            Status, headers and body as received; `.json()` parses the body.

        Raises:
            InvalidParameterError: The method, the path or a parameter cannot be sent safely.
            StatusError: The status is not 2xx, and `check` is on.
        """
        if not (isinstance(cast(object, method), str) and method.isascii() and method.isalpha()):
            raise InvalidParameterError(f"{method!r} is not an HTTP method")
        if not isinstance(cast(object, path), str):
            raise InvalidParameterError(f"path must be text, got {shown(path)}")
        if query is not None and not isinstance(cast(object, query), Mapping):
            raise InvalidParameterError(f"query must be a dict, got {shown(query)}")
        operation = Operation(
            name="request",
            method=method.upper(),
            path=PathTemplate(path),
            retry_safety=retry_safety or retry_safety_of(method.upper(), path),
        )
        return await self._engine.raw(operation, path_params or {}, query, body, headers=headers, check=check)


def retry_safety_of(method: str, path: str) -> RetrySafety:
    """The retry safety of a request, by its method and path."""
    if method == "POST" and _READS.fullmatch(path):
        return RetrySafety.READ
    return _BY_METHOD.get(method, RetrySafety.NEVER)
