"""`python -m tests.faults`: a ledger in a process of its own. It prints its URL, and ends with its input.

A first argument is how many of the requests go wrong, from 0 to 1.
"""

from __future__ import annotations

import sys
from random import Random

from tests.faults.ledger import LedgerServer
from tests.faults.server import FAULTS, Connection, Fault, Received

BRIEF = (
    "reset-before-read",
    "close-before-read",
    "reset-after-apply",
    "close-after-apply",
    "close-idle",
    "fail",
    "half-status",
    "half-headers",
    "half-body",
    "half-chunk",
    "half-json",
    "bad-gzip",
)


class Unreliable(LedgerServer):
    """Goes wrong at random, and remembers nothing."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate
        self._dice = Random(12)

    def fault_of(self, connection: Connection) -> Fault:
        if self._dice.random() < self._rate:
            return FAULTS[self._dice.choice(BRIEF)]
        return super().fault_of(connection)

    def apply(self, connection: Connection, received: Received) -> None:
        super().apply(connection, received)
        self.received.clear()
        self.ledger.applied.clear()
        self.ledger.keys.clear()
        self.ledger.objects.clear()


if __name__ == "__main__":
    with Unreliable(float(sys.argv[1]) if sys.argv[1:] else 0.0) as server:
        print(server.api, flush=True)
        sys.stdin.read()
