"""The API's root URL: parsed and checked once."""

from __future__ import annotations

from urllib.parse import urlsplit

from prefectkit.core.errors import ConfigError


def parse_api_url(url: str, *, schemes: frozenset[str] = frozenset({"http", "https"})) -> str:
    """The API's root without a trailing slash.

    Raises:
        ConfigError: No scheme or host, an impossible port, credentials, a query or a fragment.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"API URL {shown(text)!r} cannot be read: {error}") from None
    if parts.scheme not in schemes or "://" not in text:
        if "://" in text:
            known = ", ".join(f"{scheme}://" for scheme in sorted(schemes))
            raise ConfigError(f"API URL {shown(text)!r} has a scheme that no transport serves: use {known}")
        raise ConfigError(f"API URL {shown(text)!r} has no scheme: write 'http://{shown(text)}' or the like")
    if not parts.hostname or any(character.isspace() for character in text):
        raise ConfigError(f"API URL {shown(text)!r} names no host: write something like 'http://127.0.0.1:4200/api'")
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
    """The URL without user, password and query, fit for a message."""
    head, separator, rest = url.partition("://")
    if not separator:
        head, rest = "", url
    authority, slash, path = rest.partition("/")
    return f"{head}{separator}{authority.rpartition('@')[2]}{slash}{path}".partition("?")[0].partition("#")[0]
