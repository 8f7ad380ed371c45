"""The way to an API: what its connections are opened with, and what the head of a request to it looks like."""

from __future__ import annotations

import asyncio
import re

from aiohttp import ClientRequest
from yarl import URL

from prefectkit.core.http.messages import Request
from prefectkit.core.http.urls import origin
from prefectkit.transports.aiohttp.connections import Idle
from prefectkit.transports.aiohttp.proxy import proxy_for
from prefectkit.transports.wire import tls
from prefectkit.transports.wire.failures import malformed
from prefectkit.transports.wire.settings import HTTPSettings

_FIRST_LINE = re.compile(r"[A-Z]+ [!-~]+ HTTP/1\.1\r\n")
_FIELDS = re.compile(r"(?:[!#-'*+\-.0-9A-Z^-z|~]+: [\t -~\x80-\xff]*\r\n)*")
_WITH_LENGTH = frozenset({"PATCH", "POST", "PUT"})


class Route:
    """The way to one API.

    Attributes:
        where: Scheme, host and port, for messages.
        proxy: The proxy in between.
        dial: What aiohttp opens a connection for.
        idle: The connections that nobody uses.

    Raises:
        TransportError: The URL has an impossible host or port.
        ConfigError: The proxy or the certificates to trust are of no use.
    """

    def __init__(self, base_url: str, settings: HTTPSettings, loop: asyncio.AbstractEventLoop) -> None:
        self.where = origin(base_url)
        self.idle = Idle(settings.max_keepalive_connections, settings.expiry(base_url))
        try:
            url = URL(base_url)
            host = url.host_port_subcomponent or ""
        except ValueError as error:
            raise malformed(self.where, type(error).__name__) from error
        self.proxy = proxy_for(base_url)
        proxy_url, proxy_headers = (None, None) if self.proxy is None else self.proxy
        schemes = {url.scheme, "" if proxy_url is None else proxy_url.scheme}
        self._prefix = url.raw_path.rstrip("/")
        self._fields = {"host": host, "accept": "*/*", "accept-encoding": "gzip"}
        if self.proxy is not None and url.scheme == "http":
            # Such a proxy is handed the request itself, and has to be told where it goes.
            self._prefix = f"http://{host}{self._prefix}"
            self._fields |= self.proxy.headers
        self.dial = ClientRequest(
            "GET",
            url,
            loop=loop,
            # Without TLS on the way no context is needed.
            ssl=tls.shared_context(settings.verify, settings.ca_file, False) if "https" in schemes else True,
            proxy=proxy_url,
            proxy_headers=proxy_headers,
        )

    def head(self, request: Request) -> bytes:
        """The bytes of a request up to its body.

        Raises:
            TransportError: It has what HTTP cannot carry. The message does not quote it.
        """
        first = f"{request.method} {self._prefix}{request.target} HTTP/1.1\r\n"
        fields = {**self._fields, **request.headers}
        if request.body or request.method in _WITH_LENGTH:
            fields["content-length"] = str(len(request.body))
        lines = "".join([f"{name}: {value}\r\n" for name, value in fields.items()])
        if _FIRST_LINE.fullmatch(first) is None:
            raise malformed(self.where, "its URL has a blank or a character outside ASCII")
        # A line more than there are fields came out of one of them.
        if _FIELDS.fullmatch(lines) is None or lines.count("\n") != len(fields) or "transfer-encoding" in fields:
            raise malformed(self.where, "a header breaks out of its line or is of another layer")
        return f"{first}{lines}\r\n".encode("latin-1")
