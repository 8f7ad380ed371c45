"""JSON that takes many times its length in memory is refused before it is decoded."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from prefectkit.core.errors import TransportError
from prefectkit.core.http.messages import Response
from prefectkit.core.serialization import codec, memory_estimate
from prefectkit.core.serialization.codec import decode
from prefectkit.core.serialization.memory_estimate import LEAST, SMALL, TIMES, check_memory_estimate

MIB = 1 << 20
SIZE = 128 << 10


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_estimate, "LEAST", MIB)
    monkeypatch.setattr(codec, "SMALL", SIZE // 2)


def repeated(item: bytes, size: int) -> bytes:
    return b"[" + b",".join([item] * (size // (len(item) + 1))) + b"]"


@pytest.mark.parametrize("item", [b"[]", b"{}", b"[[[[]]]]", b'{"":0}', b"0", b'""', b'"a":0', b'"\\\\"', b'"\\""'])
def test_small_pieces_are_refused(item: bytes) -> None:
    with pytest.raises(TransportError, match="MiB in memory: ask for less at once") as caught:
        check_memory_estimate(repeated(item, SIZE))
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "item",
    [
        msgspec.json.encode("a log message, with [brackets], {braces}: and commas, " * 20),
        msgspec.json.encode(msgspec.json.encode([{"a": [1, 2, {}]}] * 100).decode()),
        b'"00000000-0000-0000-0000-000000000001"',
        b'"' + b"[" * (SIZE) + b'"',
        b'"' + b"\\\\" * (SIZE) + b'"',
    ],
)
def test_what_takes_a_few_times_its_length_is_not(item: bytes) -> None:
    check_memory_estimate(repeated(item, SIZE))


def test_damaged_texts_are_looked_at_once() -> None:
    check_memory_estimate(b'"' + b"," * SIZE)
    check_memory_estimate(b'"' + b"," * SIZE + b"\\")
    check_memory_estimate(b'"' + b'\\"' * SIZE + b"," * SIZE)
    check_memory_estimate(b'"\\' * SIZE)
    with pytest.raises(TransportError):
        check_memory_estimate(b'["a", ' + b"[]," * (SIZE // 3))


def test_the_limit_is_a_multiple_of_what_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_estimate, "LEAST", 0)
    assert LEAST == 192 * MIB
    # An item weighs 64: four times the 16 bytes that it is long.
    check_memory_estimate(b"a" * 15 + b",")
    with pytest.raises(TransportError):
        check_memory_estimate(b"a" * 14 + b",")
    assert TIMES == 4


@pytest.mark.parametrize("body", [repeated(b"[]", SIZE), b'{"a": ' + repeated(b"{}", SIZE) + b"}"])
def test_a_response_is_refused_before_it_is_decoded(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prefectkit.core.serialization.codec.decoder", None)
    with pytest.raises(TransportError, match="MiB of JSON"):
        decode(Any, Response(200, {}, body))


def test_what_is_small_cannot_be_too_large() -> None:
    # `[` and `{}` stand for the most.
    assert SMALL * 80 <= 192 * MIB
    assert decode(Any, Response(200, {}, b"[" + b"[]," * 1000 + b"0]"))[-1] == 0
