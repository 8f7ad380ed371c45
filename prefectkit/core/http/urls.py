"""The API's root URL: parsed and checked once."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from prefectkit.core.errors import ConfigError

_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f]")
# An `@` in any form: literal, percent-encoded (also twice), fullwidth and small.
_UP_TO_LOGIN = re.compile(r".*(?:@|%(?:25){0,4}40|\uff20|\ufe6b)", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
HTTP = frozenset({"http", "https"})
_LIKE_THIS = "write something like 'http://127.0.0.1:4200/api'"


def parse_api_url(url: str, *, schemes: frozenset[str] = HTTP) -> str:
    """The API's root without a trailing slash. Schemes other than HTTP do not need a host.

    Raises:
        ConfigError: It has no scheme or host, a bad port, credentials, a query or a fragment.
    """
    text = url.strip()
    if not text:
        raise ConfigError(f"the API URL is empty: {_LIKE_THIS}")
    if _UNFIT.search(text):
        raise ConfigError(f"API URL {shown(text)!r} has a blank, a backslash or a control character: {_LIKE_THIS}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        # The reason is left out: it quotes the text before the host, which may be a password.
        raise ConfigError(f"API URL {shown(text)!r} has an impossible host or port: {_LIKE_THIS}") from None
    if parts.scheme not in schemes or "://" not in text:
        if "://" in text:
            known = ", ".join(f"{scheme}://" for scheme in sorted(schemes))
            raise ConfigError(f"API URL {shown(text)!r} has a scheme that no transport serves: use {known}")
        half = text.startswith(("/", *(f"{scheme}:" for scheme in schemes)))
        like_this = _LIKE_THIS if half else f"write 'http://{shown(text)}' or the like"
        raise ConfigError(f"API URL {shown(text)!r} has no scheme: {like_this}")
    if not parts.hostname and parts.scheme in HTTP:
        raise ConfigError(f"API URL {shown(text)!r} names no host: {_LIKE_THIS}")
    if parts.scheme in HTTP and "%" in parts.netloc.rpartition("]")[2]:
        # A percent-encoded `@` does not end the credentials, and the password would be sent to a resolver.
        raise ConfigError(f"API URL {shown(text)!r} has an impossible host or port: {_LIKE_THIS}")
    if port == 0:
        raise ConfigError(f"API URL {shown(text)!r} has port 0")
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            f"API URL {shown(text)!r} carries credentials, which end up in logs: "
            "pass auth_string='user:password' (PREFECT_API_AUTH_STRING) instead"
        )
    if parts.query or parts.fragment:
        raise ConfigError(f"API URL {shown(text)!r} has a query or a fragment: leave out what follows the path")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def shown(url: str) -> str:
    """The URL without user, password and query, for messages."""
    scheme, separator, rest = url.partition("://")
    if not _SCHEME.fullmatch(scheme):
        scheme, separator, rest = "", "", url
    # A password may contain a slash, a question mark or a number sign, so it ends at the last `@`.
    login = _UP_TO_LOGIN.match(rest)
    if login is not None:
        rest = "..." if "?" in login[0] or "#" in login[0] else rest[login.end() :]
    rest = rest.partition("?")[0].partition("#")[0]
    place, slash, path = rest.partition("/")
    host, colon, port = place.rpartition(":")
    if colon and port and not port.isdigit() and "]" not in port:
        # It may be a password, if the host was forgotten.
        place = f"{host}:..."
    return scheme + separator + place + slash + path
