"""The corpus of inputs for a fuzz target, and random changes of them."""

from __future__ import annotations

from pathlib import Path
from random import Random

CORPUS = Path(__file__).parent / "corpus"
TOKENS = [
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"true", b"-", b"1e999", b"NaN", b"\\ud800", b"\\u0000", b"\xff",
    b"\xef\xbb\xbf", b"\r\n", b"\n", b"\0", b"%2e", b"%00", b"..", b"/", b"@", b"#", b"?", b"2024-01-02T03:04:60Z",
    b"P1D", b'"id":', b'"type":', b"99999999999999999999", b"GMT", b"http://", b"Infinity",
]  # fmt: skip


def corpus(target: str) -> list[bytes]:
    """The inputs that are kept for a target, in an order that stays."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]


def mutated(seeds: list[bytes], dice: Random) -> bytes:
    """One of the inputs, changed in a few places."""
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(6):
            case 0:
                data[at:at] = dice.choice(TOKENS)
            case 1:
                data[at : at + dice.randint(1, 8)] = b""
            case 2:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case 3:
                other = dice.choice(seeds)
                start = dice.randrange(len(other) + 1)
                data[at:at] = other[start : start + dice.randint(1, 40)]
            case 4:
                data[at:at] = data[at : at + dice.randint(1, 20)] * dice.randint(1, 30)
            case _:
                data = data[:at]
    return bytes(data)
