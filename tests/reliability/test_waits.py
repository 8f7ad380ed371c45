"""Whatever a server writes into Retry-After, a call waits no longer than its limit, and a longer wait fails at once."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

from prefectkit.core.errors import ServerError
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetryPolicy, RetrySafety
from tests.core.calls import call
from tests.fakes import Clock, FakeTransport, engine_of, response
from tests.reliability.bench import size
from tests.report import Capture, say

POLICY = RetryPolicy()
STRINGS = size(500, 5000)
NOW = "Wed, 21 Oct 2015 07:28:00 GMT"
TABLE = [
    "", " ", "0", "00", "1", " 5 ", "\t5", "59.9", "60", "60.5", "61", "89", "90", "3600", "1e9", "1000000000",
    "999999999999999999", "9" * 19, "9" * 5000, "-1", "-0", "+1", ".5", "5.", "1_000", "0x10", "inf", "-inf",
    "Infinity", "nan", "NaN", "\uff15", "\u0665", "5, 10", "5;", "5s", "soon", "null", "true", NOW,
    "Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 08:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
    "Wed, 31 Feb 2015 07:28:00 GMT", "Wed, 21 Oct 99999 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 +9999",
    "2015-10-21T07:28:30Z",
]  # fmt: skip


def strange(dice: Random) -> str:
    """A text that is nearly a Retry-After, or none at all."""
    moment = datetime(2015, 10, 21, 7, 28, tzinfo=UTC) + timedelta(seconds=dice.randint(-(10**6), 10**6))
    text = dice.choice(
        [
            str(dice.randint(-100, 10**6)),
            str(dice.uniform(-100, 1e6)),
            str(dice.choice([1e308, 1e-308, math.inf, math.nan]) * dice.random()),
            format_datetime(moment, usegmt=True),
            moment.isoformat(),
            "".join(chr(dice.choice([dice.randrange(32, 127), dice.randrange(0x2000)])) for _ in range(20)),
        ]
    )
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice("0123456789.,:;+-eE GMT\t\xa0٣") + text[at + dice.randrange(2) :]
    return text


def is_bounded(value: str) -> bool:
    """Whether a call of a server that always says this waits as long as it may, and tells what it may not wait for."""
    clock = Clock()
    transport = FakeTransport(response({"detail": "busy"}, 503, {"retry-after": value, "date": NOW}))
    engine = engine_of(transport, clock=clock, options=Options(policy=POLICY))
    try:
        call(engine, RetrySafety.READ)
    except ServerError as error:
        asked = error.retry_after
        finite = asked is None or (math.isfinite(asked) and asked >= 0)
        too_long = asked is not None and asked > POLICY.max_retry_after
        told = error.exhausted == "retry_after" or (error.exhausted in ("attempts", "deadline") and not too_long)
        # The spread on top of what the server asks for is a second at most.
        in_bounds = all(0 <= seconds <= POLICY.max_retry_after + 1 for seconds in clock.sleeps)
        return finite and told and in_bounds and sum(clock.sleeps) <= POLICY.deadline
    return False


def test_what_survives(capsys: Capture) -> None:
    dice = Random(9)
    values = TABLE + [strange(dice) for _ in range(STRINGS)]
    broken = [value for value in values if not is_bounded(value)]
    say(capsys, f"T9 Retry-After: survived {len(values) - len(broken)}/{len(values)}")
    assert broken == []
