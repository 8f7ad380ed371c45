"""The table of settings: the names of each in every source, and the function that parses its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from prefectkit.core.settings.values import boolean, directory, headers, integer, number, secret, status_codes, text


class Setting(msgspec.Struct, frozen=True):
    """One setting.

    Attributes:
        path: Its dotted key in TOML. With `_` for `.` it is the attribute of `Settings`, and the end of the variable's
            name.
        parse: Converts the value of a source, or raises `ValueError` that says what the value must be.
        is_secret: Whether a message may never show the value.
        alias: An older name of the variable, used if the current one is absent.
    """

    path: str
    parse: Callable[[object], Any]
    is_secret: bool = False
    alias: str | None = None

    @property
    def attribute(self) -> str:
        return self.path.replace(".", "_")

    @property
    def variable(self) -> str:
        return f"PREFECT_{self.attribute.upper()}"

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.variable,) if self.alias is None else (self.variable, self.alias)


SETTINGS = (
    Setting("api.url", text),
    Setting("api.key", secret, is_secret=True),
    Setting("api.auth_string", secret, is_secret=True),
    Setting("api.tls_insecure_skip_verify", boolean),
    Setting("api.ssl_cert_file", text),
    Setting("api.enable_http2", boolean),
    Setting("api.request_timeout", number(above=0)),
    Setting("client.max_retries", integer(minimum=0)),
    Setting("client.retry_jitter_factor", number(minimum=0)),
    Setting("client.retry_extra_codes", status_codes),
    Setting("client.csrf_support_enabled", boolean),
    Setting("client.custom_headers", headers, is_secret=True),
    Setting("client.server_version_check_enabled", boolean),
    Setting("client.metrics.enabled", boolean, alias="PREFECT_CLIENT_ENABLE_METRICS"),
    Setting("client.metrics.port", integer(minimum=0, maximum=65535)),
    Setting("cloud.api_url", text),
    Setting("server.ephemeral.enabled", boolean, alias="PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"),
    Setting("server.ephemeral.startup_timeout_seconds", integer(minimum=1)),
    Setting("server.api.default_limit", integer(minimum=1), alias="PREFECT_API_DEFAULT_LIMIT"),
    Setting("silence_api_url_misconfiguration", boolean),
    Setting("home", directory),
    Setting("profiles_path", directory),
)
