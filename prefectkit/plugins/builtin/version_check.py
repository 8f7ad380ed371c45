"""Checks once whether the server's version is compatible with this SDK."""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from prefectkit.core.errors import ConfigError
from prefectkit.core.hooks import AuthFlow
from prefectkit.core.http.messages import Request
from prefectkit.core.http.urls import origin
from prefectkit.core.settings import load_settings
from prefectkit.core.versions import release
from prefectkit.plugins import hookimpl
from prefectkit.version import SERVER_VERSION

logger = logging.getLogger("prefectkit")

ROUTE: Final = "/admin/version"

_checked: set[str] = set()
"""The API URLs that were checked, shared by all clients of the process."""


class VersionCheck:
    """Asks each server for its version before the first call to it: `Prefect(plugins=[VersionCheck()])`.

    A server of another major version is an error, an older one a warning on the log. One request for each server in the
    life of the process; none to Prefect Cloud, and none where `PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED` is off. Not
    in use by default, as a route or a field that the server does not have is reported together with its version anyway.

    Raises:
        ConfigError: A setting makes no sense.
    """

    def __init__(self) -> None:
        settings = load_settings()
        self._is_on = settings.client_server_version_check_enabled
        self._cloud = origin(settings.cloud_api_url)

    @hookimpl
    def authenticate(self, request: Request) -> AuthFlow | None:
        if not self._is_on or request.base_url in _checked or request.target == ROUTE:
            return None
        if origin(request.base_url) == self._cloud:
            return None
        return self._flow(request)

    def _flow(self, request: Request) -> AuthFlow:
        response = yield request.sibling("GET", ROUTE)
        if response.is_success:
            _compare(request.base_url, response.body)
        if response.status < 500:
            _checked.add(request.base_url)
        return False


def _compare(url: str, body: bytes) -> None:
    try:
        server = msgspec.json.decode(body, type=str)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return
    found, made_for = release(server), release(SERVER_VERSION)
    if found[0] == 0:
        # A server that was installed from its source, without a version.
        return
    if found[0] != made_for[0]:
        raise ConfigError(
            f"{url} runs Prefect {server}, and this SDK is for Prefect {made_for[0]}: their major versions must be the "
            "same. Use another server, or the SDK that was made for this one"
        )
    if found < made_for:
        logger.warning("%s runs Prefect %s, which is older than %s that this SDK is for", url, server, SERVER_VERSION)
