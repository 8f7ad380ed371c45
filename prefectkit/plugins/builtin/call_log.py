"""Logs a line for each call, and for each failed attempt that is retried."""

from __future__ import annotations

import logging
from typing import Final

from prefectkit.core.errors import CallError, StatusError
from prefectkit.plugins import hookimpl
from prefectkit.plugins.builtin.request_ids import HEADER
from prefectkit.plugins.views import CallView, ResponseView

logger: Final = logging.getLogger("prefectkit.calls")


def is_wanted() -> bool:
    """Whether the logger is enabled. Checked when a client is made, so that a disabled one costs nothing."""
    return logger.isEnabledFor(logging.DEBUG)


class CallLog:
    """Logs calls at DEBUG on `prefectkit.calls`: path templates and names of errors, no values and no messages."""

    @hookimpl
    def retry_decided(self, call: CallView, error: Exception, delay: float) -> None:
        if is_wanted():
            logger.debug(
                "%s %s: attempt %d failed with %s, again in %.2f s, request id %s",
                call.operation.name,
                call.operation,
                call.attempt,
                _name(error),
                delay,
                _request_id(call, error),
            )

    @hookimpl(trylast=True)
    def after_call(self, call: CallView, response: ResponseView) -> None:
        if is_wanted():
            _log(call, str(response.status), response.headers.get(HEADER) or _request_id(call))

    @hookimpl(trylast=True)
    def call_failed(self, call: CallView, error: BaseException) -> None:
        if is_wanted():
            _log(call, _name(error), _request_id(call, error))


def _log(call: CallView, outcome: str, request_id: str) -> None:
    logger.debug(
        "%s %s: %s, attempts %d, %.1f ms, request id %s",
        call.operation.name,
        call.operation,
        outcome,
        call.attempt,
        call.elapsed * 1000,
        request_id,
    )


def _name(error: BaseException) -> str:
    kind = type(error).__name__
    return f"{error.status} {kind}" if isinstance(error, StatusError) else kind


def _request_id(call: CallView, error: BaseException | None = None) -> str:
    """The request id of the response, or else the one that was sent."""
    given = error.request_id if isinstance(error, CallError) else None
    return given or call.request.headers.get(HEADER, "none")
