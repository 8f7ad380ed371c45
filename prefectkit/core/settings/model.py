"""The settings of a client: checked values."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import msgspec

from prefectkit.core.security.redaction import redact
from prefectkit.core.security.secrets import MASK, Secret


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings from the environment, the files and the active profile, with defaults.

    Its `repr` shows no key, no password, and only the names of custom headers.

    Attributes:
        api_url: The API's address as it was configured, possibly `""`; None if it was not configured.
        api_request_timeout: Seconds.
        client_max_retries: None if it was not configured.
        client_retry_extra_codes: Status codes to retry besides the usual ones.
        server_ephemeral_enabled: None if it was not configured.
        server_ephemeral_startup_timeout_seconds: Seconds.
        home: The directory of Prefect's own files.
        profiles_path: The path of the profiles file, which may not exist.
        profile: The name of the active profile; None if no profile was read.
    """

    api_url: str | None = None
    api_key: Secret | None = None
    api_auth_string: Secret | None = None
    api_tls_insecure_skip_verify: bool = False
    api_ssl_cert_file: str | None = None
    api_enable_http2: bool = False
    api_request_timeout: float = 60.0
    client_max_retries: int | None = None
    client_retry_jitter_factor: float = 0.2
    client_retry_extra_codes: frozenset[int] = frozenset()
    client_csrf_support_enabled: bool = True
    client_custom_headers: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    client_server_version_check_enabled: bool = True
    client_metrics_enabled: bool = False
    client_metrics_port: int = 4201
    cloud_api_url: str = "https://api.prefect.cloud/api"
    server_ephemeral_enabled: bool | None = None
    server_ephemeral_startup_timeout_seconds: int = 20
    server_api_default_limit: int = 200
    silence_api_url_misconfiguration: bool = False
    home: Path = msgspec.field(default_factory=lambda: Path("~/.prefect").expanduser())
    profiles_path: Path | None = None
    profile: str | None = None

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, _shown(getattr(self, name))) for name in self.__struct_fields__]


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return dict.fromkeys(cast("dict[str, str]", value), MASK)
    return redact(value) if isinstance(value, str) else value
