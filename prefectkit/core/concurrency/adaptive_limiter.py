"""Calls that are made together, and wait together: what the server tells one of them, all of them heed."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from prefectkit.core.concurrency.rate_limiter import HOLDING, LONGEST, Bucket
from prefectkit.core.errors import CallError, PrefectKitError, StatusError
from prefectkit.core.io import IO

FIRST: Final = 4
"""How many calls are under way at first. As long as none is refused there is one more with each that ends."""

REGROWTH: Final = 0.1
"""How many more there are with each call that ends, once one was refused: ten successes for one further call."""


class Together:
    """What the calls of one bulk share.

    Args:
        most: How many of them may ever be under way.

    Attributes:
        width: How many of them may be under way now.
        ended: Whether nobody waits for them any more, so that nothing further is sent.
    """

    def __init__(self, most: int) -> None:
        self.width = float(min(most, FIRST))
        self.ended = False
        self._most = most
        self._growth = 1.0
        self._was_refused = False
        self._bucket = Bucket()

    def heed(self, error: CallError, now: float) -> None:
        """Note that the server refused one of them for now (429 or 503); for how long (`Retry-After`), all wait."""
        if isinstance(error, StatusError) and error.status in HOLDING:
            self._was_refused = True
            if error.retry_after is not None:
                self._bucket.hold(now + min(error.retry_after, LONGEST))

    def note_end(self) -> None:
        """Note that one has ended: after a refusal there is room for half as many, else for a few more."""
        if self._was_refused:
            self._was_refused, self._growth = False, REGROWTH
            self.width = max(1.0, self.width / 2)
        else:
            self.width = min(self._most, self.width + self._growth)

    async def turn(self, io: IO, seconds: float) -> bool:
        """Wait until none of them has to wait; False, at once, where that is longer than so many seconds.

        Raises:
            PrefectKitError: They have ended.
        """
        until: float | None = None
        # A longer time may have been named meanwhile. The same one again means that this clock is not waited for.
        while (wait := self._bucket.take(1, io.monotonic())) and self._bucket.paid_until != until:
            until = self._bucket.paid_until
            if wait >= seconds:
                return False
            await io.sleep(wait)
            seconds -= wait
        if self.ended:
            raise PrefectKitError("not sent: the bulk that this call belongs to was left")
        return True


together: ContextVar[Together | None] = ContextVar("prefectkit together", default=None)
"""What the calls in this context share with others, if they do."""
