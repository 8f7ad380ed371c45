"""Credentials: an API key, or an auth string."""

from __future__ import annotations

from base64 import b64encode

from prefectkit.core.errors import ConfigError, InvalidParameterError
from prefectkit.core.http.headers import check_headers
from prefectkit.core.http.messages import Request
from prefectkit.core.security.secrets import Secret
from prefectkit.plugins import hookimpl

_LINE_BREAK = "\r\n"


class Auth:
    """Sends `Authorization`: `Basic` for an auth string, which wins, `Bearer` for an API key.

    A line break at the end, as of a file, is removed from both, and so are blanks around a key.

    Args:
        api_key: A Prefect Cloud key.
        auth_string: `user:password` of a self-hosted server.

    Raises:
        InvalidParameterError: The key or the auth string has a character that is not allowed in a header.
        ConfigError: The auth string has no colon, or the key is blank.
    """

    prefectkit_secrets = True

    def __init__(self, api_key: Secret | None = None, auth_string: Secret | None = None) -> None:
        self._value = ""
        if auth_string and ":" not in auth_string.reveal():
            raise ConfigError(
                "the auth string (PREFECT_API_AUTH_STRING) has no colon: it is user:password, such as 'admin:' and the "
                "password; a key goes into api_key (PREFECT_API_KEY)"
            )
        if api_key and not auth_string and not api_key.reveal().strip():
            raise ConfigError("the API key (PREFECT_API_KEY) is blank: give it one, or leave it out")
        given = "the auth string (PREFECT_API_AUTH_STRING)" if auth_string else "the API key (PREFECT_API_KEY)"
        try:
            if auth_string:
                self._value = f"Basic {b64encode(auth_string.reveal().rstrip(_LINE_BREAK).encode()).decode()}"
            elif api_key:
                self._value = f"Bearer {api_key.reveal().strip()}"
            check_headers({"authorization": self._value})
        except (InvalidParameterError, UnicodeEncodeError):
            raise InvalidParameterError(
                f"{given} has a line break or a character that the header 'authorization' cannot carry: copy it again"
            ) from None

    @hookimpl
    def authenticate(self, request: Request) -> None:
        if self._value:
            request.headers.setdefault("authorization", self._value)
