"""Counts calls, and says so in the text format of Prometheus."""

from __future__ import annotations

import atexit
import os
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prefectkit.errors import StatusError
from prefectkit.plugins import CallView, ResponseView, hookimpl

FILE: Final = "PREFECTKIT_PROMETHEUS_FILE"
"""The environment variable with the file to write when the process ends."""

CALLS: Final = "prefectkit_calls_total"
SECONDS: Final = "prefectkit_call_seconds_total"
RETRIES: Final = "prefectkit_retries_total"

_HELP: Final = {
    CALLS: "Calls by operation and outcome: the status, or the name of the error.",
    SECONDS: "How long they took, retries and pauses included.",
    RETRIES: "Attempts that failed and were made again, by the name of the error.",
}

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Observes calls, of any number of clients and from any thread.

    Labels are names of operations and errors and never values, so that there are few series.
    """

    prefectkit_api = "1"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, dict[Labels, float]] = {name: defaultdict(float) for name in _HELP}

    @hookimpl
    def retry_decided(self, call: CallView, error: Exception) -> None:
        self._add(RETRIES, 1, operation=call.operation.name, error=type(error).__name__)

    @hookimpl
    def after_call(self, call: CallView, response: ResponseView) -> None:
        self._ended(call, str(response.status))

    @hookimpl
    def call_failed(self, call: CallView, error: BaseException) -> None:
        self._ended(call, str(error.status) if isinstance(error, StatusError) else type(error).__name__)

    def _ended(self, call: CallView, outcome: str) -> None:
        self._add(CALLS, 1, operation=call.operation.name, outcome=outcome)
        self._add(SECONDS, call.elapsed, operation=call.operation.name)

    def _add(self, name: str, value: float, **labels: str) -> None:
        with self._lock:
            self._values[name][tuple(labels.items())] += value

    def text(self) -> str:
        """What Prometheus scrapes."""
        with self._lock:
            return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        for name, series in self._values.items():
            yield f"# HELP {name} {_HELP[name]}"
            yield f"# TYPE {name} counter"
            for labels, value in sorted(series.items()):
                shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
                yield f"{name}{{{shown}}} {value:.9g}"

    def write(self, path: str | Path) -> None:
        """Write the text into a file, at once: a reader sees the old one or the new one, and no half."""
        path = Path(path)
        handle, new = tempfile.mkstemp(prefix=path.name, dir=path.parent)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(self.text())
            # What `mkstemp` makes is for its owner alone, and the collector is another user.
            os.chmod(new, 0o644)
            os.replace(new, path)
        except BaseException:
            os.unlink(new)
            raise


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


metrics: Final = Metrics()
"""What the entry point names: one for all clients of the process."""

# Hooks do no I/O: the file is written once, when all calls were made.
if os.environ.get(FILE):
    atexit.register(metrics.write, os.environ[FILE])
