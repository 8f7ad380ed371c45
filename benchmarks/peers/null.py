"""prefectkit over a transport that responds at once: what is left is its own cost."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from benchmarks.data import A_PAGE, ONE_RUN
from benchmarks.peers import Operations
from benchmarks.peers.ours import async_operations, operations
from prefectkit import AsyncPrefect, Prefect
from prefectkit.plugins import Call, CallView, Request, RequestView, Response, ResponseView, hookimpl

URL: Final = "http://127.0.0.1:4200/api"
HEADERS: Final = {"content-type": "application/json"}


class Null:
    """Responds without a network."""

    def send(self, request: Request) -> Response:
        return Response(200, HEADERS, ONE_RUN if request.method == "GET" else A_PAGE)

    def close(self) -> None:
        """It holds nothing."""


class AsyncNull:
    """The same to await."""

    async def send(self, request: Request) -> Response:
        return Response(200, HEADERS, ONE_RUN if request.method == "GET" else A_PAGE)

    async def aclose(self) -> None:
        """It holds nothing."""


class BeforeCall:
    """A plugin with one hook that does nothing; so are those below."""

    @hookimpl
    def before_call(self, call: Call) -> None:
        """Do nothing."""


class Throttle:
    @hookimpl
    def throttle(self, call: CallView) -> None:
        """Do nothing."""


class Authenticate:
    @hookimpl
    def authenticate(self, request: Request) -> None:
        """Do nothing."""


class BeforeSend:
    @hookimpl
    def before_send(self, call: Call, request: Request) -> None:
        """Do nothing."""


class AfterResponse:
    @hookimpl
    def after_response(self, call: CallView, request: RequestView, response: ResponseView) -> None:
        """Do nothing."""


class AfterCall:
    @hookimpl
    def after_call(self, call: CallView, response: ResponseView) -> None:
        """Do nothing."""


class Everything(BeforeCall, Throttle, Authenticate, BeforeSend, AfterResponse, AfterCall):
    """A plugin with all the hooks of a call that succeeds."""


PLUGINS: Final = {
    "before_call": BeforeCall,
    "throttle": Throttle,
    "authenticate": Authenticate,
    "before_send": BeforeSend,
    "after_response": AfterResponse,
    "after_call": AfterCall,
    "all": Everything,
}


@contextmanager
def blocking(count: int = 0, hook: str = "all") -> Generator[Operations]:
    """`Prefect` with so many plugins that have this hook."""
    with Prefect(URL, transport=Null(), plugins=[PLUGINS[hook]() for _ in range(count)]) as client:
        yield operations(client)


@asynccontextmanager
async def awaited(count: int = 0, hook: str = "all") -> AsyncGenerator[Operations]:
    """`AsyncPrefect` with so many plugins that have this hook."""
    async with AsyncPrefect(URL, transport=AsyncNull(), plugins=[PLUGINS[hook]() for _ in range(count)]) as client:
        yield async_operations(client)
