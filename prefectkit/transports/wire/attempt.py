"""The deadline of one attempt to send a request, and whether any byte of the request was sent."""

from __future__ import annotations

import math
import time

from prefectkit.core.concurrency.wait_limits import as_timeout


class Attempt:
    """State of one attempt, shared by the transport and the connection.

    Attributes:
        timeout: Seconds for the whole attempt, None for no limit.
        sent: Whether a byte of the request may have been sent.
        queued: The size of the connection pool while the attempt waits for a connection, else None.
    """

    __slots__ = ("_deadline", "queued", "sent", "timeout")

    def __init__(self, timeout: float | None, *, sent: bool) -> None:
        self.timeout = timeout = None if timeout is None else as_timeout(timeout)
        self.sent = sent
        self.queued: int | None = None
        self._deadline = math.inf if timeout is None else time.monotonic() + timeout

    def remaining(self) -> float:
        """The seconds until the deadline: infinite without a timeout, negative after it."""
        return self._deadline - time.monotonic()
