"""Output of tests: lines, and counts over several tests, also with several workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

Capture = pytest.CaptureFixture[str]

LINE = "line"
COUNT = "count"


def say(capsys: Capture, text: str) -> None:
    """Print a line although pytest captures what is printed."""
    capsys.request.node.user_properties.append((LINE, text))


def count(capsys: Capture, text: str, cell: str) -> None:
    """Count a cell, if its test passes; in the end the text is printed with the number of cells in place of `{}`."""
    capsys.request.node.user_properties.append((COUNT, (text, cell)))


class Reporter:
    """Prints them where the results come together: a test's properties travel with its report."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._cells: defaultdict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            for name, value in report.user_properties:
                if name == COUNT and report.passed:
                    text, cell = value
                    self._cells[text].add(cell)
                elif name == LINE:
                    self._print(str(value))

    def pytest_terminal_summary(self) -> None:
        for line in self.counts():
            self._print(line)

    def counts(self) -> Iterator[str]:
        for text, cells in self._cells.items():
            yield text.replace("{}", str(len(cells)))

    def _print(self, line: str) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.write_line(line)
