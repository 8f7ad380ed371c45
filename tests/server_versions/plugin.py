"""A pytest plugin that counts operations: sent, as expected, absent on this server, failed.

A test that fails for the sole reason that the server lacks the route or the field is skipped with that reason, provided
that the server's own document lacks it too and that the error says so.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

import prefectkit
from prefectkit.errors import CallError, NotSupportedByServer, UnprocessableEntity
from prefectkit.plugins import Call, hookimpl
from prefectkit.plugins.manager import Plugins
from prefectkit.plugins.plugin_list import BUILT_IN
from prefectkit.version import SERVER_VERSION
from tests.real_server import RealServer
from tests.server_versions.served import Served
from tests.server_versions.suite_result import SuiteResult
from tests.versions import INSTALLED

NAME = "server-versions-counter"
ROUTES = {name: str(operation) for name, operation in prefectkit.operations().items() if not operation.cloud}
BY_ROUTE = {route: name for name, route in ROUTES.items()}


class Counter:
    """A plugin of every client, and of pytest. Only what goes to the server under test is counted."""

    # Errors are checked to the word, on every route.
    prefectkit_secrets = True

    def __init__(self, report: Path) -> None:
        self.report = report
        self.result = SuiteResult(INSTALLED)
        self.last = ""
        self.unsupported: set[str] = set()
        self.url = ""
        self.served: Served | None = None

    @hookimpl
    def before_call(self, call: Call) -> None:
        if call.request.base_url == self.url:
            self.last = BY_ROUTE.get(str(call.operation), call.operation.name)
            if call.operation.name in ROUTES:
                self.result.tried.add(call.operation.name)

    @hookimpl
    def call_failed(self, call: Call, error: Exception) -> None:
        name = call.operation.name
        if isinstance(error, NotSupportedByServer) and call.request.base_url == self.url and name in ROUTES:
            self.unsupported.add(name)
            if not names_both_versions(error):
                self.result.fail(name, f"the error does not name both versions: {error}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "setup":
            self.last = ""
        if report.outcome != "failed" or call.excinfo is None:
            return report
        if lacking := self.lacking(call.excinfo.value):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), item.location[1] or 0, lacking)
        else:
            name = blamed(call.excinfo.value) or self.last
            why = call.excinfo.exconly().partition("\n")[0]
            self.result.fail(name if name in ROUTES else item.nodeid, f"{item.nodeid}: {why}")
        return report

    def lacking(self, raised: BaseException) -> str | None:
        """What the server lacks, where that is why a test failed."""
        for error in causes(raised):
            if isinstance(error, (NotSupportedByServer, UnprocessableEntity)) and error.operation is not None:
                name = error.operation.name
                if isinstance(error, NotSupportedByServer):
                    return f"{name} is absent on {INSTALLED}" if self.is_absent(name) else None
                if fields := self.refused_fields(error):
                    self.result.refused_fields.setdefault(name, set()).update(fields)
                    return f"{name} takes no {', '.join(sorted(fields))} on {INSTALLED}"
        return None

    def is_absent(self, name: str) -> bool:
        return self.served is not None and name in ROUTES and ROUTES[name] not in self.served

    def refused_fields(self, error: UnprocessableEntity) -> set[str]:
        """The fields that were refused, if the server knows none of them and the error says which, and the versions."""
        faults = error.detail if isinstance(error.detail, list) else []
        if not faults or self.served is None or not names_both_versions(error):
            return set()
        for fault in faults:
            place = fault["loc"]
            if fault["type"] != "extra_forbidden" or self.served.takes(str(error.operation), place):
                return set()
            if ".".join(map(str, place)) not in str(error):
                return set()
        return {".".join(map(str, fault["loc"][1:])) for fault in faults}

    def pytest_sessionfinish(self) -> None:
        for name in sorted(self.result.tried | self.unsupported):
            if self.is_absent(name) and name in self.unsupported:
                self.result.absent.add(name)
            elif self.is_absent(name):
                self.result.fail(name, "the server has no such route, and no error said so")
            elif name in self.unsupported:
                self.result.fail(name, "the server has this route, and an error said that it has not")
        self.result.not_tried = ROUTES.keys() - self.result.tried
        self.result.save(self.report)


def names_both_versions(error: CallError) -> bool:
    return f"Prefect {INSTALLED}" in str(error) and SERVER_VERSION in str(error)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what is in it if it is a group, and what it was raised from."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from causes(inner)
        error = error.__cause__ or error.__context__


def blamed(raised: BaseException) -> str:
    """The operation whose call raised, if one did."""
    named = (error.operation for error in causes(raised) if isinstance(error, CallError) and error.operation)
    return next((operation.name for operation in named), "")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--result", type=Path, required=True, help="where to write what was counted")


@pytest.fixture(scope="session", autouse=True)
def _served(server: RealServer, request: pytest.FixtureRequest) -> None:
    counter: Any = request.config.pluginmanager.get_plugin(NAME)
    counter.url = server.url
    counter.served = Served.installed()


def pytest_configure(config: pytest.Config) -> None:
    counter = Counter(config.getoption("--result"))
    config.pluginmanager.register(counter, NAME)
    add_installed = Plugins.add_installed

    def with_counter(plugins: Plugins) -> None:
        add_installed(plugins)
        plugins.add(counter, NAME, BUILT_IN)

    pytest.MonkeyPatch().setattr(Plugins, "add_installed", with_counter)
