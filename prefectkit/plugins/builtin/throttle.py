"""Client-side rate limit: calls wait instead of exceeding the rate limit of an account."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

import msgspec

from prefectkit.core.concurrency.rate_limiter import LONGEST_PAUSE, PAUSING_STATUSES, RateLimiter
from prefectkit.core.errors import ConfigError
from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request
from prefectkit.core.http.urls import origin
from prefectkit.core.retries.retry_after import parse_retry_after
from prefectkit.plugins import hookimpl
from prefectkit.plugins.views import CallView, RequestView, ResponseView

Kind: TypeAlias = Literal["requests", "logs"]

_ROWS: Final = frozenset({"POST /logs", "POST /events"})


class Throttle:
    """Keeps to the limits of an account: `Prefect(plugins=[throttle])`; clients that share the object share the limits.

    Prefect Cloud counts requests, and the rows of logs and events. If the server rejects a call for some time
    (`Retry-After`, 429 or 503), the others wait as well, for a minute at most. A call that would have to wait longer
    than it has time fails at once.

    Args:
        requests: How many requests a minute.
        logs: How many rows of logs and events a minute.

    Raises:
        ConfigError: A limit that is not above 0.
    """

    def __init__(
        self,
        *,
        requests: float | None = None,
        logs: float | None = None,
    ) -> None:
        self._limits: dict[Kind, float] = {"requests": _limit("requests", requests), "logs": _limit("logs", logs)}
        self._limiters: dict[tuple[str, Kind], RateLimiter] = {}

    @hookimpl
    def throttle(self, call: CallView) -> float:
        limiter = self._limiter(call.request)
        # Counting rows takes time, since the body is decoded.
        counts_rows = self._limits["logs"] < math.inf and _kind(call.request) == "logs"
        count = _rows(call.request) if counts_rows else 1
        call.state["taken"] = limiter, count
        return limiter.reserve(count, _now(call))

    @hookimpl
    def before_send(self, call: Call, request: Request) -> None:
        call.state.pop("taken", None)

    @hookimpl
    def after_response(self, call: CallView, request: RequestView, response: ResponseView) -> None:
        if response.status in PAUSING_STATUSES:
            seconds = parse_retry_after(response.headers.get("retry-after"), response.headers.get("date"))
            if seconds is not None:
                self._limiter(request).pause_until(_now(call) + min(seconds, LONGEST_PAUSE))

    @hookimpl
    def call_failed(self, call: CallView) -> None:
        # It was cancelled while it waited, or its deadline was too near to wait.
        limiter, count = call.state.pop("taken", (None, 0))
        if limiter is not None:
            limiter.release(count)

    def _limiter(self, request: RequestView) -> RateLimiter:
        key = origin(request.base_url), _kind(request)
        return self._limiters.get(key) or self._limiters.setdefault(key, RateLimiter(self._limits[key[1]]))


def _now(call: CallView) -> float:
    return call.started + call.elapsed


def _limit(name: str, per_minute: float | None) -> float:
    if per_minute is None:
        return math.inf
    if not per_minute > 0:
        raise ConfigError(f"{name} must be a number a minute above 0, got {per_minute!r}")
    return per_minute


def _kind(request: RequestView) -> Kind:
    operation = request.operation
    return "logs" if operation is not None and str(operation).rstrip("/") in _ROWS else "requests"


def _rows(request: RequestView) -> int:
    try:
        return len(msgspec.json.decode(request.body, type=list[msgspec.Raw]))
    except msgspec.MsgspecError:
        return 1
