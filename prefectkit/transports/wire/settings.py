"""How to reach a server over HTTP: what the SDK's settings say of it."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from prefectkit.core.settings import Settings

CLOUD_EXPIRY = 25.0
SERVER_EXPIRY = 4.0
"""Seconds; uvicorn closes an idle connection after 5."""

FAILED = 500
"""The status from which on a connection is not used again.

A server that failed inside may close the connection right after its answer without saying so, as uvicorn does, and the
next request on it would be lost.
"""


class HTTPSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a server over HTTP.

    Attributes:
        verify: Off: the server's certificate is not looked at.
        ca_file: A file or directory of certificates to trust; None for certifi's.
        http2: Speak HTTP/2 where the server does; needs the `h2` package.
        max_connections: Open at once; None for no limit.
        max_keepalive_connections: Kept open while idle; None for no limit.
        keepalive_expiry: Seconds to keep an idle connection; None for 25 with Prefect Cloud and 4 elsewhere.
        max_body_bytes: The largest answer that is read into memory, on the wire and unpacked.
    """

    verify: bool = True
    ca_file: str | None = None
    http2: bool = False
    max_connections: int | None = 16
    max_keepalive_connections: int | None = 8
    keepalive_expiry: float | None = None
    max_body_bytes: int = 64 * 1024 * 1024

    @classmethod
    def of(cls, settings: Settings, *, is_cloud: bool) -> HTTPSettings:
        """Those that the SDK's settings stand for.

        Args:
            settings: The settings of the SDK.
            is_cloud: Whether the API is that of Prefect Cloud.
        """
        return cls(
            verify=not settings.api_tls_insecure_skip_verify,
            ca_file=settings.api_ssl_cert_file,
            http2=settings.api_enable_http2,
            keepalive_expiry=CLOUD_EXPIRY if is_cloud else SERVER_EXPIRY,
        )

    def expiry(self, base_url: str) -> float:
        """Seconds to keep an idle connection to this API.

        Args:
            base_url: The root of the API.
        """
        if self.keepalive_expiry is not None:
            return self.keepalive_expiry
        host = urlsplit(base_url).hostname or ""
        return CLOUD_EXPIRY if host == "prefect.cloud" or host.endswith(".prefect.cloud") else SERVER_EXPIRY
