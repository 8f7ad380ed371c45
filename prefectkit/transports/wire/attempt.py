"""One request on its way: how long it may still take, and whether any of it has left."""

from __future__ import annotations

import math
import time

from prefectkit.core.concurrency.waits import limit


class Attempt:
    """What the connection and the sender both know of a request.

    Attributes:
        timeout: Seconds for everything, None for no limit.
        sent: Whether a byte of the request may have left.
        queued: While it waits for a connection, how many there are.
    """

    __slots__ = ("_expires", "queued", "sent", "timeout")

    def __init__(self, timeout: float | None, *, sent: bool) -> None:
        self.timeout = timeout = None if timeout is None else limit(timeout)
        self.sent = sent
        self.queued: int | None = None
        self._expires = math.inf if timeout is None else time.monotonic() + timeout

    def left(self) -> float:
        """The seconds left, infinite without a limit, negative when they are over."""
        return self._expires - time.monotonic()
