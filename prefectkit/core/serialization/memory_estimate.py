"""Limits the memory that decoded JSON takes: the two bytes `[]` become an object of eighty bytes."""

from __future__ import annotations

import re

from prefectkit.core.errors import TransportError

LEAST = 192 << 20
TIMES = 4
"""A decoded body may take `LEAST` bytes, or `TIMES` the length of its text if that is more."""

SMALL = 2 << 20
"""A body of this many bytes can never exceed the limit."""

# The memory in bytes for each such character of the text: a list, a dictionary, an item, a key.
_WEIGHTS = ((b"[", 80), (b"{", 160), (b",", 64), (b":", 48))
# A string without an end extends to the end of the body. Else each escaped quote in it would be tried as a start.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STRINGS = re.compile(rb'(?:[^"]*+"(?:[^"\\]++|\\.)*+"){1,10000}', re.DOTALL)


def check_memory_estimate(body: bytes) -> None:
    """Refuse a body that would take too much memory when it is decoded.

    Raises:
        TransportError: The estimate exceeds the limit.
    """
    most = max(LEAST, TIMES * len(body))
    # Strings may contain any number of these characters, so a body that seems too large is measured without them.
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
