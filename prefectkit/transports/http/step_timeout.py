"""Timeouts of the steps of a request, in the form in which httpcore passes them down to the socket."""

from __future__ import annotations

from collections.abc import Mapping

from prefectkit.core.concurrency.wait_limits import LONGEST_WAIT
from prefectkit.transports.wire.attempt import Attempt

STEPS = ("connect", "read", "write", "pool")


class StepTimeout(float):
    """The seconds for one step: waiting for a connection, connecting, one write, one read.

    httpx and httpcore pass the numbers of the `timeout` extension down to the socket unchanged. To other transports
    this is a plain number; to `network` it also carries the attempt, and so its deadline.
    """

    __slots__ = ("attempt",)
    attempt: Attempt

    def __new__(cls, seconds: float, attempt: Attempt) -> StepTimeout:
        self = super().__new__(cls, seconds)
        self.attempt = attempt
        return self

    def remaining(self) -> float:
        """The seconds that the step may take if it starts now: no more than the attempt has left."""
        return min(self, self.attempt.remaining())


def step_timeouts(attempt: Attempt, steps: Mapping[str, float | None]) -> dict[str, StepTimeout | None]:
    """The `timeout` extension of a request: for each step its own timeout, or that of the attempt if shorter.

    Args:
        attempt: The attempt.
        steps: Seconds for the steps with a timeout of their own.
    """
    attempt_timeout = None if attempt.timeout is None else StepTimeout(attempt.timeout, attempt)
    timeouts: dict[str, StepTimeout | None] = dict.fromkeys(STEPS, attempt_timeout)
    for step, seconds in steps.items():
        if seconds is not None and seconds < (LONGEST_WAIT if attempt_timeout is None else attempt_timeout):
            timeouts[step] = StepTimeout(seconds, attempt)
    return timeouts
