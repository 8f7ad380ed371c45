"""Decodes the body of a response: decompresses gzip, and limits the size before and after."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping

from prefectkit.core.errors import IncompleteResponse, TransportError

MAX_CHUNK = 1 << 20  # bytes

_GZIP = 16 + zlib.MAX_WBITS


class BodyDecoder:
    """Turns the bytes received into the body, in chunks of at most 1 MiB if compressed.

    Args:
        headers: The headers of the response, by lower-case name.
        limit: The most bytes to receive, and the most bytes to return; None for no limit.

    Raises:
        TransportError: The content coding is not gzip, or there is more than one.
    """

    __slots__ = ("_gzip", "_limit", "_received_left", "_returned_left", "_started")

    def __init__(self, headers: Mapping[str, str], limit: int | None) -> None:
        self._limit = limit
        self._received_left = self._returned_left = math.inf if limit is None else limit
        self._gzip = zlib.decompressobj(_GZIP) if _is_gzip(headers) else None
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decode the next bytes.

        Raises:
            TransportError: The body is larger than the limit.
            IncompleteResponse: The body is not valid gzip, although the headers say so.
        """
        self._received_left -= len(data)
        if self._received_left < 0:
            raise self._too_large()
        if self._gzip is None:
            yield data
            return
        self._started = True
        while data:
            if self._gzip.eof:
                self._gzip = zlib.decompressobj(_GZIP)
            try:
                chunk = self._gzip.decompress(data, MAX_CHUNK)
            except zlib.error as error:
                raise IncompleteResponse(
                    f"the response is damaged: its gzip body cannot be decompressed ({error})"
                ) from None
            data = self._gzip.unconsumed_tail or self._gzip.unused_data
            self._returned_left -= len(chunk)
            if self._returned_left < 0:
                raise self._too_large()
            yield chunk

    def finish(self) -> None:
        """Check that the body is complete.

        Raises:
            IncompleteResponse: The gzip stream is truncated.
        """
        if self._gzip is not None and self._started and not self._gzip.eof:
            raise IncompleteResponse("the response is incomplete: its gzip body is truncated")

    def _too_large(self) -> TransportError:
        return TransportError(
            f"the response is larger than {self._limit} bytes: request less at once, or raise max_body_bytes",
            retryable=False,
        )


def _is_gzip(headers: Mapping[str, str]) -> bool:
    codings = [coding.strip().lower() for coding in headers.get("content-encoding", "").split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if not codings:
        return False
    if codings in (["gzip"], ["x-gzip"]):
        return True
    raise TransportError(
        f"the content-encoding of the response is {', '.join(codings)[:80]!r}, and only gzip was requested",
        retryable=False,
    )
