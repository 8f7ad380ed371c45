"""Redirects: an error by default. With the option `redirects`, GET and HEAD follow them within the API."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from prefectkit.core.errors import RedirectError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.error_redaction import redact_error
from prefectkit.core.security.redactor import Redactor

REDIRECTS = frozenset({301, 302, 303, 307, 308})

MOST_REDIRECTS = 5
"""How many redirects in a row are followed by default, where redirects are enabled."""

KEPT = frozenset({"accept", "authorization", "user-agent", "x-prefect-api-version"})
"""The headers that the redirected request keeps. Other headers are only for the original URL."""

_TARGET = re.compile(r"/[!-\[\]-~]*")
_MOST_QUOTINGS = 5
_PORTS = {"http": 80, "https": 443}


async def follow_redirects(
    request: Request, response: Response, most: int, send: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Follow at most `most` redirects, and return the final response.

    Raises:
        RedirectError: There are more; or one leads out of the API, or the method is not GET or HEAD.
    """
    for _ in range(most):
        request = _redirected(request, response)
        response = await send(request)
        if response.status not in REDIRECTS:
            return response
    raise redirect_error(request, response, f"after {most} redirects")


def redirect_error(request: Request, response: Response, why: str) -> RedirectError:
    """The error for a redirect that is not followed. It shows only the scheme and host of the target."""
    place = _place(request, response)
    host = "" if place is None else f"{place.scheme}://{place.netloc.rpartition('@')[2]}"
    where = request.base_url + request.target.partition("?")[0]
    to = f", to {host}" if host else ""
    error = RedirectError(
        f"{response.status} {response.reason} from {request.method} {where}{to}: {why}", response=response
    )
    error.location = host
    redact_error(error, Redactor.of(request))
    return error


def _redirected(request: Request, response: Response) -> Request:
    """The redirected request, with the headers that are allowed."""
    if request.method not in ("GET", "HEAD"):
        raise redirect_error(request, response, "only GET and HEAD follow a redirect; use the URL it points to")
    root, place = urlsplit(request.base_url), _place(request, response)
    if place is None or _server(place) != _server(root):
        raise redirect_error(request, response, "no key may reach another server; use the URL it points to")
    target = place.path.removeprefix(root.path) + (f"?{place.query}" if place.query else "")
    if not place.path.startswith(root.path + "/") or not _TARGET.fullmatch(target) or not _is_plain(place.path):
        raise redirect_error(request, response, "it leads out of the API; use the URL it points to")
    headers = {name: value for name, value in request.headers.items() if name in KEPT}
    return Request(
        request.method,
        request.base_url,
        target,
        headers=headers,
        stream=request.stream,
        operation=request.operation,
        known=request.known,
    )


def _is_plain(path: str) -> bool:
    """Whether a path is unambiguous: no dot segments, no doubled or encoded slashes, no backslashes."""
    for _ in range(_MOST_QUOTINGS):
        if "//" in path or "\\" in path or any(segment in (".", "..") for segment in path.split("/")):
            return False
        unquoted = unquote(path)
        if unquoted.count("/") > path.count("/"):
            return False
        if unquoted == path:
            return True
        path = unquoted
    return False


def _place(request: Request, response: Response) -> SplitResult | None:
    """The URL that the response redirects to; None if it has no host."""
    try:
        place = urlsplit(urljoin(request.url, response.headers.get("location", "")))
        _ = place.port
    except ValueError:
        return None
    return place if place.hostname else None


def _server(place: SplitResult) -> tuple[str, str | None, int | None, bool]:
    return place.scheme, place.hostname, place.port or _PORTS.get(place.scheme), "@" in place.netloc
