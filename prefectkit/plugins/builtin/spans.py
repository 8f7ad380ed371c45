"""The spans and metrics that `telemetry` records, named as in the semantic conventions for HTTP clients."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from opentelemetry import metrics, propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Status, StatusCode

from prefectkit.core.errors import StatusError, TransportError
from prefectkit.core.operation import Operation
from prefectkit.core.security.redaction import redact
from prefectkit.plugins.builtin.request_ids import HEADER
from prefectkit.plugins.editable_views import EditableRequestView
from prefectkit.plugins.views import RequestView, ResponseView
from prefectkit.version import __version__

SCHEMA: Final = "https://opentelemetry.io/schemas/1.38.0"
DURATION: Final = "http.client.request.duration"
BOUNDARIES: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)

Attributes: TypeAlias = dict[str, str | int | list[str]]

_METHODS: Final = frozenset(
    os.environ.get(
        "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "CONNECT,DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT,TRACE"
    ).split(",")
)
_PORTS: Final = {"http": 80, "https": 443}
_MEASURED: Final = frozenset({"http.request.method", "server.address", "server.port"})


class Recorder:
    """Makes spans and measurements with the providers of the process, also with those that are set later."""

    def __init__(self) -> None:
        self.tracer = trace.get_tracer("prefectkit", __version__, schema_url=SCHEMA)
        self.duration = metrics.get_meter("prefectkit", __version__, schema_url=SCHEMA).create_histogram(
            DURATION,
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=BOUNDARIES,
        )

    def start(self, operation: Operation) -> CallSpans:
        """The spans of a call that starts here and now."""
        return CallSpans(self, self.tracer.start_span(operation.name))


class CallSpans:
    """The span of a call, and the span of its current request: there is one at a time.

    Times are in seconds since the start of the call.
    """

    __slots__ = ("_context", "_recorder", "_request", "_sent", "_span")

    def __init__(self, recorder: Recorder, span: trace.Span) -> None:
        self._recorder = recorder
        self._span = span
        self._context = trace.set_span_in_context(span)
        self._request: RequestSpan | None = None
        self._sent = 0

    def start_request(self, request: EditableRequestView, elapsed: float) -> None:
        """Start the span of a request about to be sent, and add the trace context to its headers."""
        # The previous span may not have been ended: another plugin raised, or the client was closed.
        self.end_request(elapsed)
        attributes = attributes_of(request)
        if request.operation is not None:
            if self._sent:
                attributes["http.request.resend_count"] = self._sent
            self._sent += 1
        self._request = RequestSpan(self._recorder, self._context, attributes, elapsed)
        propagate.inject(request.headers, self._request.context)

    def end_request(
        self, elapsed: float, response: ResponseView | None = None, error: BaseException | None = None
    ) -> None:
        """End the span of the current request, if any, with this response or this error."""
        request, self._request = self._request, None
        if request is not None:
            request.end(elapsed, response, error)

    def end(self, elapsed: float, error: BaseException | None = None) -> None:
        """End the span of the call."""
        self.end_request(elapsed, error=error)
        if error is not None:
            self._span.set_attribute("error.type", error_type(error))
            self._span.set_status(failure(error))
        self._span.end()


class RequestSpan:
    """The span of one request, and its duration: from right before it is sent until its headers or its failure.

    Attributes:
        context: The context in which the span is current.
    """

    __slots__ = ("_attributes", "_elapsed", "_recorder", "_span", "_started", "context")

    def __init__(self, recorder: Recorder, context: Context, attributes: Attributes, elapsed: float) -> None:
        self._recorder = recorder
        self._attributes = attributes
        self._started = time.time_ns()
        self._elapsed = elapsed
        self._span = recorder.tracer.start_span(
            name_of(attributes), context, SpanKind.CLIENT, attributes, start_time=self._started
        )
        self.context = trace.set_span_in_context(self._span, context)

    def end(self, elapsed: float, response: ResponseView | None, error: BaseException | None) -> None:
        """End it with this response or this error."""
        lasted = elapsed - self._elapsed
        found: Attributes = {}
        if response is not None:
            found["http.response.status_code"] = response.status
        if response is None or response.status >= 400:
            found["error.type"] = error_type(error) if response is None else str(response.status)
            self._span.set_status(failure(error))
        self._span.set_attributes(found)
        self._span.end(self._started + round(lasted * 1e9))
        measured = {name: value for name, value in self._attributes.items() if name in _MEASURED}
        self._recorder.duration.record(lasted, measured | found, self.context)


def attributes_of(request: RequestView) -> Attributes:
    """The attributes that are known before a request is sent."""
    known = request.method in _METHODS
    attributes: Attributes = {"http.request.method": request.method if known else "_OTHER"}
    if not known:
        attributes["http.request.method_original"] = request.method
    attributes |= _server(request.base_url)
    attributes["url.full"] = request.base_url + _without_values(request)
    operation = request.operation
    # The path of a route that has no method here may have ids in it.
    if operation is not None and (operation.declared or operation.path.parameters):
        attributes["url.template"] = operation.path.text
    if (request_id := request.headers.get(HEADER)) is not None:
        attributes[f"http.request.header.{HEADER}"] = [request_id]
    return attributes


def name_of(attributes: Attributes) -> str:
    """The name of a request's span."""
    method = "HTTP" if "http.request.method_original" in attributes else attributes["http.request.method"]
    return f"{method} {attributes.get('url.template', '')}".rstrip()


def error_type(error: BaseException | None) -> str:
    """The kind of an error: a status, or the name of a class."""
    if error is None:
        return "_OTHER"
    if isinstance(error, StatusError):
        return str(error.status)
    return f"{type(error).__module__}.{type(error).__qualname__}"


def failure(error: BaseException | None) -> Status:
    """The status of a span that failed. The server's message is left out, since it may repeat the request."""
    return Status(StatusCode.ERROR, redact(error.args[0]) if isinstance(error, TransportError) else None)


@lru_cache(maxsize=16)
def _server(base_url: str) -> Attributes:
    parts = urlsplit(base_url)
    port = parts.port or _PORTS.get(parts.scheme)
    attributes: Attributes = {"server.address": parts.hostname} if parts.hostname else {}
    return attributes | ({"server.port": port} if port else {})


def _without_values(request: RequestView) -> str:
    """Path and query with the names of its parameters only; of a plugin's own request not even these."""
    path, _, query = request.target.partition("?")
    if not query or request.operation is None:
        return path
    return path + "?" + "&".join(pair.partition("=")[0] + "=REDACTED" for pair in query.split("&"))
