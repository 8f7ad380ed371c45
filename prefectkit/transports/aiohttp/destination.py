"""The destination of requests to one API: how its connections are opened, and the head of a request in bytes."""

from __future__ import annotations

import asyncio
import re

from aiohttp import ClientRequest
from yarl import URL

from prefectkit.core.http.messages import Request
from prefectkit.core.http.urls import origin
from prefectkit.transports.aiohttp.idle_connections import IdleConnections
from prefectkit.transports.aiohttp.proxy import proxy_for
from prefectkit.transports.wire import tls
from prefectkit.transports.wire.errors import invalid_request
from prefectkit.transports.wire.settings import HTTPSettings

_REQUEST_LINE = re.compile(r"[A-Z]+ [!-~]+ HTTP/1\.1\r\n")
_HEADER_LINES = re.compile(r"(?:[!#-'*+\-.0-9A-Z^-z|~]+: [\t -~\x80-\xff]*\r\n)*")
_WITH_LENGTH = frozenset({"PATCH", "POST", "PUT"})


class Destination:
    """The destination of requests to one API.

    Attributes:
        where: Scheme, host and port, for messages.
        proxy: The proxy to use, None for none.
        connect_request: The request with which aiohttp opens a connection.
        idle: The idle connections.

    Raises:
        TransportError: The URL has an invalid host or port.
        ConfigError: The proxy or the certificates to trust cannot be used.
    """

    def __init__(self, base_url: str, settings: HTTPSettings, loop: asyncio.AbstractEventLoop) -> None:
        self.where = origin(base_url)
        self.idle = IdleConnections(settings.max_keepalive_connections, settings.expiry(base_url))
        try:
            url = URL(base_url)
            host = url.host_port_subcomponent or ""
        except ValueError as error:
            raise invalid_request(self.where, type(error).__name__) from error
        self.proxy = proxy_for(base_url)
        proxy_url, proxy_headers = (None, None) if self.proxy is None else self.proxy
        schemes = {url.scheme, "" if proxy_url is None else proxy_url.scheme}
        self._prefix = url.raw_path.rstrip("/")
        self._headers = {"host": host, "accept": "*/*", "accept-encoding": "gzip"}
        if self.proxy is not None and url.scheme == "http":
            # Without a tunnel the proxy needs the full URL.
            self._prefix = f"http://{host}{self._prefix}"
            self._headers |= self.proxy.headers
        self.connect_request = ClientRequest(
            "GET",
            url,
            loop=loop,
            # For http:// no TLS context is needed.
            ssl=tls.shared_context(settings.verify, settings.ca_file, False) if "https" in schemes else True,
            proxy=proxy_url,
            proxy_headers=proxy_headers,
        )

    def head(self, request: Request) -> bytes:
        """The request line and the headers of a request, as bytes.

        Raises:
            TransportError: They are not valid HTTP. The message does not quote them.
        """
        request_line = f"{request.method} {self._prefix}{request.target} HTTP/1.1\r\n"
        headers = {**self._headers, **request.headers}
        if request.body or request.method in _WITH_LENGTH:
            headers["content-length"] = str(len(request.body))
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if _REQUEST_LINE.fullmatch(request_line) is None:
            raise invalid_request(self.where, "its URL has a space or a character outside ASCII")
        # More lines than headers: one of them contains a line break.
        if _HEADER_LINES.fullmatch(lines) is None or lines.count("\n") != len(headers):
            raise invalid_request(self.where, "a header contains an invalid character or a line break")
        if "transfer-encoding" in headers:
            raise invalid_request(self.where, "the header transfer-encoding is not supported")
        return f"{request_line}{lines}\r\n".encode("latin-1")
