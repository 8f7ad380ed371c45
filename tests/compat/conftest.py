"""Says in the end how many flat methods were compared."""

from __future__ import annotations

import pytest

from tests.compat import tally


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if told := tally.line():
        terminalreporter.write_line(told)
