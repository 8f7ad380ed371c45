"""How long anything may wait."""

from __future__ import annotations

from typing import Final

LONGEST_WAIT: Final = 2_000_000.0
"""Seconds, 23 days. The operating system counts some waits in milliseconds of 31 bits; a longer wait has no limit."""


def limit(seconds: float) -> float | None:
    """The seconds as a limit that every kind of wait takes, None for no limit."""
    return None if seconds > LONGEST_WAIT else seconds
