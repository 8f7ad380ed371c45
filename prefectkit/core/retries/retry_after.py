"""The Retry-After header in both of its forms."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_SECONDS = re.compile(r"\d{1,18}(\.\d{1,18})?", re.ASCII)


def parse_retry_after(value: str | None, date: str | None = None) -> float | None:
    """Seconds to wait, from a Retry-After value and the response's own Date; None if it has neither form.

    A date is compared with the server's `Date`, if it sent one, so that a wrong local clock does not matter. A date in
    the past gives 0.
    """
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    now = _http_date(date) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _http_date(value: str | None) -> datetime | None:
    if not value:
        return None
    # Imported lazily: the import takes milliseconds, and few responses need it.
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
