"""The body of an answer: counted, unpacked, and never larger than it may be."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping

from prefectkit.core.errors import IncompleteResponse, TransportError

PIECE = 1 << 20

_GZIP = 16 + zlib.MAX_WBITS


class Body:
    """Takes the bytes off the wire and gives the body in pieces of at most 1 MiB.

    Args:
        headers: Of the answer, by lower-case name.
        limit: The most bytes to take and the most to give; None for no end.

    Raises:
        TransportError: The body has a coding other than gzip, or more than one.
    """

    __slots__ = ("_gzip", "_limit", "_room", "_started", "_wire")

    def __init__(self, headers: Mapping[str, str], limit: int | None) -> None:
        self._limit = limit
        self._room = self._wire = math.inf if limit is None else limit
        self._gzip = zlib.decompressobj(_GZIP) if _is_gzip(headers) else None
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that these bytes complete.

        Raises:
            TransportError: The body is larger than it may be.
            IncompleteResponse: It is no gzip although it should be.
        """
        self._wire -= len(data)
        if self._wire < 0:
            raise self._too_large()
        if self._gzip is None:
            yield data
            return
        self._started = True
        while data:
            if self._gzip.eof:
                self._gzip = zlib.decompressobj(_GZIP)
            try:
                piece = self._gzip.decompress(data, PIECE)
            except zlib.error as error:
                raise IncompleteResponse(f"the answer is damaged: its gzip cannot be unpacked ({error})") from None
            data = self._gzip.unconsumed_tail or self._gzip.unused_data
            self._room -= len(piece)
            if self._room < 0:
                raise self._too_large()
            yield piece

    def finish(self) -> None:
        """Check that nothing is missing.

        Raises:
            IncompleteResponse: The gzip breaks off.
        """
        if self._gzip is not None and self._started and not self._gzip.eof:
            raise IncompleteResponse("the answer breaks off: its gzip has no end")

    def _too_large(self) -> TransportError:
        return TransportError(
            f"the answer is larger than {self._limit} bytes: ask for less at once, or raise max_body_bytes",
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
        f"the answer's content-encoding is {', '.join(codings)[:80]!r}, and only gzip was asked for", retryable=False
    )
