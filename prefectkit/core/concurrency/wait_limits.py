"""The longest time that anything may wait."""

from __future__ import annotations

from typing import Final

LONGEST_WAIT: Final = 2_000_000.0
"""Seconds, 23 days. The operating system counts some waits in milliseconds of 31 bits. A longer wait has no limit."""


def as_timeout(seconds: float) -> float | None:
    """The seconds as a timeout that every kind of wait accepts; None for no timeout."""
    return None if seconds > LONGEST_WAIT else seconds
