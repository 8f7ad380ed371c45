"""OpenTelemetry: a span for each call and for each request that it takes, and how long each request took.

Imports nothing of OpenTelemetry before the process has a provider, since that takes longer than making a client.
"""

from __future__ import annotations

import logging
import math
import sys
from typing import TYPE_CHECKING, Final

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request
from prefectkit.plugins import hookimpl
from prefectkit.plugins.views import CallView, RequestView, ResponseView

if TYPE_CHECKING:
    from prefectkit.plugins.builtin.spans import Recorder

logger = logging.getLogger("prefectkit")

SPANS: Final = "spans"

PAUSE: Final = 0.1
"""Seconds between two lookups of a provider while there is none: each takes longer than the rest of this plugin."""


def is_loaded() -> bool:
    """Whether anything has imported OpenTelemetry; without it the process cannot have a provider."""
    return "opentelemetry.trace" in sys.modules


def has_provider() -> bool:
    """Whether the process has a provider of spans or metrics that is not the API's own, which does nothing."""
    # Another thread may be importing them: a module without its attribute has set no provider yet.
    trace = getattr(sys.modules.get("opentelemetry.trace"), "get_tracer_provider", None)
    metrics = getattr(sys.modules.get("opentelemetry.metrics"), "get_meter_provider", None)
    providers = trace and trace(), metrics and metrics()
    own = ("opentelemetry.trace", "opentelemetry.metrics")
    return any(provider and not type(provider).__module__.startswith(own) for provider in providers)


class Telemetry:
    """Records calls by the HTTP client conventions of OpenTelemetry, and propagates the trace context.

    The span of a call is a child of the span that is current where the call is made, and the spans of its requests are
    children of that one. None of them is made current.
    """

    def __init__(self) -> None:
        self._recorder: Recorder | None = None
        self._next_lookup = -math.inf
        self._has_failed = False

    @hookimpl(tryfirst=True)
    def before_call(self, call: Call) -> None:
        try:
            recorder = self._recorder or self._find_recorder(call.started)
            if recorder is not None:
                call.state[SPANS] = recorder.start(call.operation)
        except Exception as error:
            self._note(error)

    @hookimpl(trylast=True)
    def before_send(self, call: Call, request: Request) -> None:
        if self._recorder is not None and (spans := call.state.get(SPANS)) is not None:
            try:
                spans.start_request(request, call.elapsed)
            except Exception as error:
                self._note(error)

    @hookimpl(tryfirst=True)
    def after_response(self, call: CallView, request: RequestView, response: ResponseView) -> None:
        if self._recorder is not None and (spans := call.state.get(SPANS)) is not None:
            spans.end_request(call.elapsed, response=response)

    @hookimpl(tryfirst=True)
    def send_failed(self, call: CallView, request: RequestView, error: Exception) -> None:
        if self._recorder is not None and (spans := call.state.get(SPANS)) is not None:
            spans.end_request(call.elapsed, error=error)

    @hookimpl(trylast=True)
    def after_call(self, call: CallView, response: ResponseView) -> None:
        if self._recorder is not None and (spans := call.state.get(SPANS)) is not None:
            spans.end(call.elapsed)

    @hookimpl(trylast=True)
    def call_failed(self, call: CallView, error: BaseException) -> None:
        if self._recorder is not None and (spans := call.state.get(SPANS)) is not None:
            spans.end(call.elapsed, error)

    def _find_recorder(self, now: float) -> Recorder | None:
        if now < self._next_lookup:
            return None
        if not has_provider():
            self._next_lookup = now + PAUSE
            return None
        # Its import is what waits for a provider.
        from prefectkit.plugins.builtin.spans import Recorder

        self._recorder = Recorder()
        return self._recorder

    def _note(self, error: Exception) -> None:
        # What a hook that may change a request raises would end the call.
        if self._recorder is None:
            self._next_lookup = math.inf
        if not self._has_failed:
            self._has_failed = True
            logger.warning("OpenTelemetry raised %s; the call goes on without it", type(error).__name__)
