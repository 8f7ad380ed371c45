"""The real server, one for the session, and the six ways to reach it."""

from __future__ import annotations

import gc
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.openapi import document
from tests.real_server import UNATTENDED, RealServer, start
from tests.report import Reporter
from tests.surfaces import SURFACES, Awaited, Sent, open_client

_CATALOGUES = Path(__file__).parent / "reliability"
# Where no server is installed, the tests that need none of it can still run.
_OF_SERVER = ("prefect", "pydantic", "pendulum", "fastapi")
_SERVER_IMPORT = re.compile(rf"^(from|import) ({'|'.join(_OF_SERVER)})\b", re.MULTILINE)
collect_ignore = [
    str(path)
    for path in Path(__file__).parent.rglob("test_*.py")
    if find_spec("prefect") is None and _SERVER_IMPORT.search(path.read_text("utf-8"))
]
_LEAVES_CONNECTIONS_OPEN = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
_HOME = tempfile.TemporaryDirectory(prefix="prefectkit-tests-", ignore_cleanup_errors=True)

# Before anything imports prefect: nothing of the user's is read or touched.
for name in [name for name in os.environ if name.startswith(("PREFECT_", "PREFECTKIT_"))]:
    del os.environ[name]
os.environ |= {
    "PREFECT_HOME": f"{_HOME.name}/prefect",
    "PREFECTKIT_HOME": f"{_HOME.name}/prefectkit",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "DO_NOT_TRACK": "1",
} | UNATTENDED


# On a busy machine any example may take long.
settings.register_profile("any-machine", settings.default, deadline=None)
settings.load_profile("any-machine")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Reporter(config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if " at 0x" in item.nodeid:
            raise pytest.UsageError(f"the id holds an address, so that workers do not agree on it: {item.nodeid}")
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.server)
        if item.path.is_relative_to(_CATALOGUES):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("prefect_engine"):
            item.add_marker(_LEAVES_CONNECTIONS_OPEN)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    # Under the filters of this test, so that what is left open fails no later one.
    if item.get_closest_marker("prefect_engine") and not (nextitem and nextitem.get_closest_marker("prefect_engine")):
        gc.collect()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Iterator[Any]:
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if find_spec("prefect") is None and error.name in _OF_SERVER:
            pytest.skip("Prefect is not installed")
        raise


def pytest_unconfigure() -> None:
    _HOME.cleanup()


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Settings are looked up in the working directory.
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # Prefect, which some test may have loaded, keeps the environment of that moment, and tests change it.
    monkeypatch.setattr("prefectkit.transports.embedded.app.settings_are_copied", True)


@pytest.fixture
def quick_threads() -> Iterator[None]:
    """The threads of a server get their turn although a loop is always busy."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(scope="session")
def server() -> Iterator[RealServer]:
    """The real Prefect server on loopback; `.url` for HTTP, `.app` for ASGI."""
    with start() as running:
        yield running


@pytest.fixture(scope="session")
def openapi() -> dict[str, Any]:
    """The OpenAPI document of the installed server's API."""
    return document()


@pytest.fixture(scope="session")
def schemas(openapi: dict[str, Any]) -> dict[str, Any]:
    """The schemas of that document, by name."""
    return openapi["components"]["schemas"]


@pytest.fixture(params=SURFACES)
def surface(request: pytest.FixtureRequest) -> str:
    """How the client is called and reaches the server: `trio-asgi`, `sync-http`, ..."""
    return str(request.param)


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The surface's event loop, for a test that has one; else both, one after the other."""
    if "surface" in request.fixturenames:
        return "trio" if str(request.getfixturevalue("surface")).startswith("trio") else "asyncio"
    return "asyncio"


@pytest.fixture
def sent() -> Sent:
    """A plugin that notes each request on its way out."""
    return Sent()


@pytest.fixture
async def client(surface: str, server: RealServer, sent: Sent) -> AsyncIterator[Awaited]:
    """A client of the real server, to await whichever surface it has."""
    async with open_client(surface, server, plugins=[sent]) as opened:
        yield opened
