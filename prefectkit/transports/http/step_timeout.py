"""How long one step of a request may take, in the shape in which httpcore hands it down to the socket."""

from __future__ import annotations

from collections.abc import Mapping

from prefectkit.core.concurrency.waits import LONGEST_WAIT
from prefectkit.transports.wire.attempt import Attempt

STEPS = ("connect", "read", "write", "pool")


class Patience(float):
    """The seconds that one step may take: connecting, one write, one read.

    httpx and httpcore hand the numbers of a request's `timeout` extension down to the socket as they are. This one
    is a plain number to any other transport, and brings the attempt along to ours.
    """

    __slots__ = ("attempt",)
    attempt: Attempt

    def __new__(cls, seconds: float, attempt: Attempt) -> Patience:
        self = super().__new__(cls, seconds)
        self.attempt = attempt
        return self

    def left(self) -> float:
        """The seconds that this step may take from now on, within what the whole attempt has left."""
        return min(self, self.attempt.left())


def patience(attempt: Attempt, steps: Mapping[str, float | None]) -> dict[str, Patience | None]:
    """The `timeout` extension of a request: the limits of its steps, none above the limit of the whole.

    Args:
        attempt: The whole.
        steps: Seconds for those that have a limit of their own.
    """
    whole = None if attempt.timeout is None else Patience(attempt.timeout, attempt)
    limits: dict[str, Patience | None] = dict.fromkeys(STEPS, whole)
    for step, seconds in steps.items():
        if seconds is not None and seconds < (LONGEST_WAIT if whole is None else whole):
            limits[step] = Patience(seconds, attempt)
    return limits
