"""The HTTP transport of a sync client."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from prefectkit.core.concurrency.loop_local import ProcessLocal
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.http.error_mapping import safe_cause
from prefectkit.transports.http.http_request import UNCHANGED_ERRORS, HTTPRequest, response_head
from prefectkit.transports.http.options import resolve
from prefectkit.transports.http.sender import Sender
from prefectkit.transports.wire.settings import HTTPSettings


class HTTPTransport:
    """Sends requests over HTTP, from any thread.

    Args:
        base_url: The root of the API.
        httpx_settings: Keyword arguments of `httpx.Client`, for what `settings` does not offer. Not modified.
        settings: TLS, connections, limits.

    Raises:
        ConfigError: `httpx_settings` has a key or a value that cannot be used.
    """

    def __init__(
        self,
        *,
        base_url: str,
        httpx_settings: Mapping[str, Any] | None = None,
        settings: HTTPSettings | None = None,
    ) -> None:
        self._options = resolve(base_url, httpx_settings, settings, required_method="handle_request")
        self._senders = ProcessLocal(partial(Sender, self._options, base_url))

    def send(self, request: Request) -> Response:
        """Send one request and read its response.

        Args:
            request: The request to send.

        Raises:
            TransportError: No complete response arrived; `phase` says how far the request got.
            ConfigError: The certificates to trust cannot be read.
        """
        outgoing = HTTPRequest(request, self._options)
        sender = self._senders.get()
        try:
            received = sender.send(outgoing)
        except UNCHANGED_ERRORS:
            raise
        except Exception as error:
            raise outgoing.error_for(error) from safe_cause(error)
        response = response_head(received)
        chunks = Chunks(received.stream, response.headers, outgoing)
        if request.stream:
            response.chunks = chunks
            return response
        with closing(chunks):
            response.body = b"".join(chunks)
        return response

    def close(self) -> None:
        """Close every connection of this process. Calling it again does nothing."""
        sender = self._senders.close()
        if sender is not None:
            sender.close()


class Chunks(Iterator[bytes]):
    """The body of a response as it arrives."""

    def __init__(self, stream: Any, headers: Mapping[str, str], request: HTTPRequest) -> None:
        self._stream = stream
        # Not a method of this object: a reference cycle would keep a lost connection until garbage collection.
        self._decoded = _decode(stream, headers, request)

    def __next__(self) -> bytes:
        return next(self._decoded)

    def close(self) -> None:
        """Release the connection. It is closed if the body was not read to the end."""
        self._decoded.close()
        _close(self._stream)


def _decode(stream: Any, headers: Mapping[str, str], request: HTTPRequest) -> Generator[bytes]:
    try:
        decoder = request.body_decoder(headers)
        for data in stream:
            yield from decoder.feed(data)
            if request.attempt.remaining() <= 0:
                raise request.timed_out()
        decoder.finish()
    except UNCHANGED_ERRORS:
        raise
    except Exception as error:
        raise request.error_for(error) from safe_cause(error)
    finally:
        _close(stream)


def _close(stream: Any) -> None:
    # A `BytesBody` has nothing to close.
    if hasattr(stream, "close"):
        stream.close()
