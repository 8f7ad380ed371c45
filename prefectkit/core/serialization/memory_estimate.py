"""The memory that JSON takes once it is decoded: two bytes, `[]`, become an object of eighty."""

from __future__ import annotations

import re

from prefectkit.core.errors import TransportError

LEAST = 192 << 20
TIMES = 4
"""What is decoded may take `LEAST` bytes, or `TIMES` the length of its text where that is more."""

SMALL = 2 << 20
"""Bytes of text that cannot take more than that, whatever is in them."""

# Bytes that stand behind a character of the text: a list, a dictionary, an item and its place, a key.
_WEIGHTS = ((b"[", 80), (b"{", 160), (b",", 64), (b":", 48))
# One without an end takes the rest, or each escaped quote in it would be tried as the beginning of one.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STRINGS = re.compile(rb'(?:[^"]*+"(?:[^"\\]++|\\.)*+"){1,10000}', re.DOTALL)


def check_memory_estimate(body: bytes) -> None:
    """Refuse a body that would take many times its length in memory.

    Raises:
        TransportError: It would.
    """
    most = max(LEAST, TIMES * len(body))
    # A text may hold any number of these characters, so what looks too large is looked at without its texts.
    if _weight(body) <= most:
        return
    weight = position = 0
    while position < len(body):
        found = _STRINGS.match(body, position)
        end = len(body) if found is None else found.end()
        weight += _weight(_STRING.sub(b"", body[position:end]))
        if weight > most:
            raise TransportError(
                f"the response is {len(body) >> 20} MiB of JSON, and would take more than {most >> 20} MiB in memory: "
                "ask for less at once, or read it undecoded with client.request()",
                retryable=False,
            )
        position = end


def _weight(text: bytes) -> int:
    return sum(weight * text.count(character) for character, weight in _WEIGHTS)
