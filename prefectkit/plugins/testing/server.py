"""A fake server: a table of routes and replies, behind a transport for either client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias, cast
from urllib.parse import unquote

import msgspec

from prefectkit.core.http.messages import Request, Response
from prefectkit.core.serialization.codec import encode
from prefectkit.core.transport import AsyncTransport, Transport

Reply: TypeAlias = object
"""The reply of a route: a `Response`, an exception to raise, such as `ConnectError("down")`, or a body: bytes as
they are, None for 204 and no body, anything else as JSON with 200.

A list is all rows of a route: `limit` and `offset` in the body of the request select from it, as on the server. Several
lists of one route are pages, and are sent as they are. A function is called with the request, and with the values in
the path by name, and returns one of these; a list that it returns is sent as it is."""

_PARAMETER = re.compile(r"\\\{(\w+)\\\}")


class FakeServer:
    """Responds to the requests of a client without a network.

    With `server = FakeServer()` a client is made by `Prefect(server.url, transport=server.transport)`, or by
    `AsyncPrefect(server.url, transport=server.async_transport)`. A route that it does not have gets a 404.

    Args:
        routes: Replies by method and path: `{("GET", "/flows/{id}"): {"name": "etl"}}`.

    Attributes:
        url: The root of its API. The host cannot be resolved.
        requests: The requests that were sent, in order, plugins' own requests included.
        closed: How often its transports were closed.
    """

    url: Final = "http://prefect.test/api"

    def __init__(self, routes: Mapping[tuple[str, str], Reply] | None = None) -> None:
        self._routes: dict[tuple[str, str], _Route] = {}
        self.requests: list[Request] = []
        self.closed = 0
        for (method, path), reply in (routes or {}).items():
            self.route(method, path, reply)

    def route(self, method: str, path: str, *replies: Reply) -> None:
        """Set the replies of a route.

        Args:
            method: GET, POST, ...
            path: Path below the root, `/flow_runs/{id}`; a name in braces stands for anything but a slash.
            replies: One for each request, in order; the last one for all that follow.

        Raises:
            ValueError: A path without its slash, or no reply.
        """
        if not path.startswith("/"):
            raise ValueError(f"a path starts with a slash, got {path!r}")
        if not replies:
            raise ValueError(f"{method} {path} needs a reply; None is a 204")
        self._routes[method.upper(), path] = _Route(method.upper(), path, list(replies))

    @property
    def sent(self) -> list[str]:
        """Method and target of each request: `["GET /flows/1"]`."""
        return [f"{request.method} {request.target}" for request in self.requests]

    @property
    def transport(self) -> Transport:
        """For `Prefect`."""
        return _Blocking(self)

    @property
    def async_transport(self) -> AsyncTransport:
        """For `AsyncPrefect`, on asyncio or trio."""
        return _Async(self)

    def respond(self, request: Request) -> Response:
        """The response to a request. A copy of the request is recorded, as the client may change it later.

        Args:
            request: The request.
        """
        self.requests.append(request.copy())
        path = request.target.partition("?")[0]
        for route in self._routes.values():
            values = route.match(request.method, path)
            if values is not None:
                return _response(route.next(request), request, values)
        return _json({"detail": f"the fake server has no {request.method} {path}"}, 404)

    def __repr__(self) -> str:
        return f"<FakeServer {', '.join(f'{method} {path}' for method, path in self._routes)}>"


class _Route:
    def __init__(self, method: str, path: str, replies: list[Reply]) -> None:
        self._method = method
        self._pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path)))
        self._replies = replies
        self._is_paged = sum(isinstance(reply, list) for reply in replies) == 1

    def match(self, method: str, path: str) -> dict[str, str] | None:
        found = self._pattern.fullmatch(path) if method == self._method else None
        return found and {name: unquote(value) for name, value in found.groupdict().items()}

    def next(self, request: Request) -> Reply:
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return _page(cast("list[object]", reply), request) if self._is_paged and isinstance(reply, list) else reply


class _Blocking:
    def __init__(self, server: FakeServer) -> None:
        self._server = server

    def send(self, request: Request) -> Response:
        return self._server.respond(request)

    def close(self) -> None:
        self._server.closed += 1


class _Async:
    def __init__(self, server: FakeServer) -> None:
        self._server = server

    async def send(self, request: Request) -> Response:
        return self._server.respond(request)

    async def aclose(self) -> None:
        self._server.closed += 1


def _response(reply: Reply, request: Request, values: Mapping[str, str]) -> Response:
    if isinstance(reply, BaseException):
        raise reply
    if isinstance(reply, Response):
        # A client may change the response, and the next request gets this reply again.
        return Response(reply.status, dict(reply.headers), reply.body, chunks=reply.chunks)
    if callable(reply):
        return _response(reply(request, **values), request, {})
    if reply is None:
        return Response(204)
    return Response(200, {}, reply) if isinstance(reply, bytes) else _json(reply, 200)


def _page(rows: list[object], request: Request) -> list[object]:
    """The rows that the body of the request selects."""
    try:
        page = msgspec.json.decode(request.body, type=_Page)
    except msgspec.MsgspecError:
        return rows
    return rows[page.offset :] if page.limit is None else rows[page.offset : page.offset + page.limit]


class _Page(msgspec.Struct):
    limit: Annotated[int, msgspec.Meta(ge=0)] | None = None
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0


def _json(body: object, status: int) -> Response:
    return Response(status, {"content-type": "application/json"}, encode(body))
