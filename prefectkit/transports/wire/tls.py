"""TLS contexts, shared by all clients with the same settings: making one takes 20 ms or more."""

from __future__ import annotations

import os
import ssl
from functools import cache

import certifi

from prefectkit.core.errors import ConfigError

Certificate = str | tuple[str, ...]
"""A file, or (file, key), or (file, key, password)."""


@cache
def shared_context(verify: bool, ca_file: str | None, http2: bool) -> ssl.SSLContext:
    """The TLS context of this process for these settings.

    Args:
        verify: Whether to verify the server's certificate.
        ca_file: A file or directory of certificates to trust; None for certifi's.
        http2: Part of the key only: httpcore sets other protocols (ALPN) on a context for HTTP/2.

    Raises:
        ConfigError: `ca_file` cannot be read.
    """
    return _context(verify, ca_file)


def own_context(verify: bool, ca_file: str | None, certificate: Certificate) -> ssl.SSLContext:
    """A TLS context with a client certificate."""
    context = _context(verify, ca_file)
    load_certificate(context, certificate)
    return context


def load_certificate(context: ssl.SSLContext, certificate: Certificate) -> None:
    """Add a client certificate to a context.

    Raises:
        ConfigError: A file cannot be read or is not a certificate.
    """
    parts = (certificate,) if isinstance(certificate, str) else certificate
    try:
        context.load_cert_chain(*parts)
    except (OSError, TypeError) as error:
        raise ConfigError(f"the client certificate {parts[0]!r} cannot be loaded: {error}") from None


def _context(verify: bool, ca_file: str | None) -> ssl.SSLContext:
    if not verify:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    path = ca_file or certifi.where()
    try:
        if os.path.isdir(path):
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        raise ConfigError(
            f"no certificates can be read from {path!r} ({error}): "
            "point PREFECT_API_SSL_CERT_FILE to a file of certificates in PEM form"
        ) from None
