"""OpenTelemetry's SDK with exporters in memory, for the tests of what is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, Metric
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Sampler

from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.operation import Operation
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.plugins.builtin.request_ids import RequestIds
from prefectkit.plugins.builtin.telemetry import Telemetry
from prefectkit.plugins.manager import Plugins
from tests.core.calls import METHODS
from tests.fakes import Clock, engine_of


class Recorded:
    """What a process with these providers records."""

    def __init__(self, sampler: Sampler | None = None) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracers = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.tracer = self.tracers.get_tracer("tests")

    def provide(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be the providers of this process. It has one in its life, so that a test cannot set one as users do."""
        monkeypatch.setattr(trace, "_TRACER_PROVIDER", self.tracers)
        monkeypatch.setattr(metrics._internal, "_METER_PROVIDER", self.meters)

    @contextmanager
    def current(self, name: str = "mine") -> Iterator[trace.Span]:
        """A span of the user's own, current in the block."""
        with self.tracer.start_as_current_span(name) as span:
            yield span

    @property
    def spans(self) -> list[ReadableSpan]:
        """All that ended, in the order in which they began."""
        return sorted(self._exporter.get_finished_spans(), key=lambda span: span.start_time or 0)

    def of_kind(self, kind: trace.SpanKind) -> list[ReadableSpan]:
        return [span for span in self.spans if span.kind is kind and span.name != "mine"]

    @property
    def calls(self) -> list[ReadableSpan]:
        return self.of_kind(trace.SpanKind.INTERNAL)

    @property
    def requests(self) -> list[ReadableSpan]:
        return self.of_kind(trace.SpanKind.CLIENT)

    @property
    def metrics(self) -> list[Metric]:
        data = self._reader.get_metrics_data()
        resources = data.resource_metrics if data else ()
        return [metric for each in resources for scope in each.scope_metrics for metric in scope.metrics]

    @property
    def points(self) -> list[HistogramDataPoint]:
        """Of the one metric that there is."""
        (metric,) = self.metrics
        return [point for point in metric.data.data_points if isinstance(point, HistogramDataPoint)]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join([span.to_json() for span in self.spans] + [metric.to_json() for metric in self.metrics])


def declared(path: str = "/flows/{name}", retry_safety: RetrySafety = RetrySafety.READ) -> Operation:
    """An operation as a resource has it."""
    method = METHODS.get(retry_safety, "POST")
    return Operation(
        name="flows.do", method=method, path=PathTemplate(path), retry_safety=retry_safety, declared="flows:do"
    )


def engine(transport: Any, *built_in: tuple[str, object], clock: Clock | None = None, **given: Any) -> Any:
    """An engine with the plugin, and a clock that is never waited for."""
    plugins = Plugins(environ={})
    plugins.add_built_in([*built_in, ("request_ids", RequestIds()), ("telemetry", Telemetry())])
    return engine_of(transport, hooks=plugins.compile(), clock=clock or Clock(), **given)
