"""Settings of the HTTP transports: TLS, HTTP/2, the size of the connection pool, limits."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from prefectkit.core.settings import Settings

CLOUD_EXPIRY = 25.0
SERVER_EXPIRY = 4.0
"""Seconds; uvicorn closes an idle connection after 5."""

SERVER_ERROR = 500
"""After a response with this status or above, its connection is closed instead of used again.

A server that failed may close the connection right after its response without announcing it, as uvicorn does, and the
next request on that connection would be lost.
"""


class HTTPSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of an HTTP transport.

    Attributes:
        verify: Whether to verify the server's certificate.
        ca_file: A file or directory of certificates to trust; None for certifi's.
        http2: Use HTTP/2 if the server supports it; needs the `h2` package.
        max_connections: The most open connections; None for no limit.
        max_keepalive_connections: The most idle connections to keep; None for no limit.
        keepalive_expiry: Seconds to keep an idle connection; None for 25 with Prefect Cloud and 4 elsewhere.
        max_body_bytes: The largest response to read into memory, compressed and decompressed.
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
        """Derive them from the settings of the SDK.

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
