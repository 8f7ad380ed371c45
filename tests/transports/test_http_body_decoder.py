"""Counting and unpacking a body, piece by piece."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.errors import IncompleteResponse, TransportError
from prefectkit.transports.wire.body_decoder import MAX_CHUNK, BodyDecoder

GZIP = {"content-encoding": "gzip"}


def whole(body: BodyDecoder, data: bytes, size: int) -> bytes:
    pieces = [piece for i in range(0, len(data), size) for piece in body.feed(data[i : i + size])]
    body.finish()
    assert all(len(piece) <= MAX_CHUNK for piece in pieces)
    return b"".join(pieces)


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.integers(1, 64))
def test_gzip_of_any_members_and_cuts(members: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(member) for member in members)
    assert whole(BodyDecoder(GZIP, 1000), packed, size) == b"".join(members)


@given(st.binary(max_size=200), st.integers(1, 64))
def test_plain_of_any_cuts(data: bytes, size: int) -> None:
    assert whole(BodyDecoder({}, 200), data, size) == data


@given(st.binary(min_size=1, max_size=200), st.data())
def test_gzip_that_breaks_off(content: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(content)
    cut = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(IncompleteResponse):
        whole(BodyDecoder(GZIP, 1000), packed[:cut], 64)


def test_large_pieces_are_cut() -> None:
    assert whole(BodyDecoder(GZIP, None), gzip.compress(bytes(3 * MAX_CHUNK + 1)), 1 << 20) == bytes(3 * MAX_CHUNK + 1)


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_the_limit_is_inclusive(headers: dict[str, str]) -> None:
    data = bytes(1000)
    sent = gzip.compress(data) if headers else data
    assert whole(BodyDecoder(headers, 1000), sent, 100) == data
    with pytest.raises(TransportError, match="larger than 999 bytes"):
        whole(BodyDecoder(headers, 999), sent, 100)


def test_the_wire_counts_too() -> None:
    # Empty deflate blocks: any number of bytes that unpack to none.
    packer = zlib.compressobj(wbits=31)
    empty = packer.compress(b"") + b"".join(packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    block = b"\x00\x00\x00\xff\xff"
    with pytest.raises(TransportError, match="larger than 500 bytes"):
        whole(BodyDecoder(GZIP, 500), empty + block * 200, 100)


def test_an_empty_body_needs_no_gzip() -> None:
    assert whole(BodyDecoder(GZIP, 10), b"", 1) == b""


@pytest.mark.parametrize("coding", ["", "identity", "identity, identity", "GZIP", "x-gzip", "identity, gzip"])
def test_known_codings(coding: str) -> None:
    BodyDecoder({"content-encoding": coding}, 10)


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "deflate, gzip", "none"])
def test_other_codings(coding: str) -> None:
    with pytest.raises(TransportError, match="content-encoding") as caught:
        BodyDecoder({"content-encoding": coding}, 10)
    assert not caught.value.retryable
