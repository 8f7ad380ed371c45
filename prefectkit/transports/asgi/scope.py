"""ASGI scopes: of a request, and of the lifespan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeAlias
from urllib.parse import unquote, urlsplit

from prefectkit.core.http.messages import Request

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class ASGIApp(Protocol):
    """An ASGI 3 application."""

    def __call__(self, scope: Message, receive: Receive, send: Send, /) -> Awaitable[None]: ...


ASGI_VERSION = {"version": "3.0", "spec_version": "2.3"}


class _Root(NamedTuple):
    scheme: str
    host: bytes
    server: tuple[str, int]
    path: str


@lru_cache(maxsize=32)
def _root(base_url: str) -> _Root:
    parts = urlsplit(base_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return _Root(parts.scheme, parts.netloc.encode("idna"), (parts.hostname or "", port), parts.path)


def http_scope(request: Request, state: dict[str, Any]) -> Message:
    """The scope of a request, with a copy of the lifespan's `state`."""
    root = _root(request.base_url)
    target, _, query = (root.path + request.target).partition("?")
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
    if "host" not in request.headers:
        headers.insert(0, (b"host", root.host))
    if "content-length" not in request.headers and (request.body or request.method in ("POST", "PUT", "PATCH")):
        headers.append((b"content-length", b"%d" % len(request.body)))
    return {
        "type": "http",
        "asgi": ASGI_VERSION.copy(),
        "http_version": "1.1",
        "method": request.method,
        "scheme": root.scheme,
        "path": unquote(target) if "%" in target else target,
        "raw_path": target.encode("ascii"),
        "root_path": "",
        "query_string": query.encode("ascii"),
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": root.server,
        "state": state.copy(),
    }


def lifespan_scope(state: dict[str, Any]) -> Message:
    """The scope of a lifespan. The app stores in `state` what its requests share."""
    return {"type": "lifespan", "asgi": ASGI_VERSION.copy(), "state": state}
