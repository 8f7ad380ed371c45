"""Helper functions that block, or return a coroutine if an event loop is running.

Each is written once, as an `async def` whose name begins with `a`. `async_dispatch` derives the function without the
`a`, which runs the same coroutine on a blocking client, whose calls never suspend.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

import anyio
import sniffio

from prefectkit.compat.client import PrefectClient, SyncPrefectClient, running_loop
from prefectkit.compat.contexts import get_client
from prefectkit.compat.run_context import is_async_run
from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.io import run

if TYPE_CHECKING:
    from prefectkit.compat.client_method import ClientMethod

P = ParamSpec("P")
T = TypeVar("T")

_blocking: ContextVar[bool] = ContextVar("prefectkit.compat.blocking", default=False)


class async_class_method(Generic[P, T]):
    """A class method that is an async function, in a form that type checkers and `async_dispatch` understand."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object, owner: Any) -> Callable[P, Coroutine[Any, Any, T]]:
        return MethodType(self.function, owner)


class DispatchedClassMethod(Generic[P, T]):
    """The class method that `async_dispatch` derives from an `async_class_method`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object, owner: Any) -> Callable[P, T | Coroutine[Any, Any, T]]:
        return MethodType(self.function, owner)


@overload
def async_dispatch(function: async_class_method[P, T]) -> DispatchedClassMethod[P, T]: ...
@overload
def async_dispatch(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T | Coroutine[Any, Any, T]]: ...
def async_dispatch(function: Any) -> Any:
    """Derive from an async function one that blocks, or returns the coroutine if called where it can be awaited.

    That is where an event loop is running, asyncio's or trio's. In a run of Prefect's engine it is where the task or
    flow is an async function. The keyword `_sync=True` or `_sync=False` decides otherwise.

    Args:
        function: The async function, or an `async_class_method`. It gets its client from `open_client`.
    """
    if isinstance(function, async_class_method):
        return DispatchedClassMethod[Any, Any](async_dispatch(cast("Callable[..., Any]", function.function)))

    @wraps(function)
    def call(*args: Any, _sync: bool | None = None, **kwargs: Any) -> Any:
        coroutine = function(*args, **kwargs)
        return run_blocking(coroutine) if _sync or (_sync is None and not is_async_context()) else coroutine

    call.__name__ = function.__name__.removeprefix("a")
    call.__qualname__ = function.__qualname__.removesuffix(function.__name__) + call.__name__
    vars(call)["aio"] = function
    return call


def is_async_context() -> bool:
    """Whether the caller is expected to await what a helper returns."""
    run_is_async = is_async_run()
    return _in_event_loop() if run_is_async is None else run_is_async


def _in_event_loop() -> bool:
    if running_loop() is not None:
        return True
    try:
        return bool(sniffio.current_async_library())
    except sniffio.AsyncLibraryNotFoundError:
        return False


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine of helpers to its end on a blocking client.

    Args:
        coroutine: Its clients must come from `open_client`, its pauses from `sleep`.
    """
    token = _blocking.set(True)
    try:
        return run(coroutine)
    finally:
        _blocking.reset(token)


def is_blocking() -> bool:
    """Whether `run_blocking` runs the calling coroutine."""
    return _blocking.get()


async def sleep(seconds: float) -> None:
    """Pause a helper: the thread in a blocking call, else the task.

    Args:
        seconds: How long.
    """
    if is_blocking():
        time.sleep(seconds)
    else:
        await anyio.sleep(seconds)


@asynccontextmanager
async def open_client(client: PrefectClient | SyncPrefectClient | None = None) -> AsyncGenerator[PrefectClient]:
    """A client whose methods are awaited; they block if the helper was called to block.

    Args:
        client: The caller's, which stays open. Default: that of `get_client`.

    Raises:
        InvalidParameterError: The client is async in a blocking call, or blocking in an async one.
        ValueError: As `get_client`.
    """
    needed = SyncPrefectClient if is_blocking() else PrefectClient
    if client is not None and not isinstance(cast(object, client), needed):
        raise InvalidParameterError(
            f"client must be a {needed.__name__} {'in a blocking call' if is_blocking() else 'to be awaited'}, "
            f"got {type(client).__name__}: leave it out, or get one with get_client(sync_client={is_blocking()})"
        )
    if client is not None:
        yield cast(PrefectClient, _AwaitableMethods(client) if is_blocking() else client)
    elif is_blocking():
        with get_client(sync_client=True) as blocking:
            yield cast(PrefectClient, _AwaitableMethods(blocking))
    else:
        async with get_client() as opened:
            yield opened


class _AwaitableMethods:
    """The methods of a blocking client as coroutine functions that never suspend."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        for cls in type(self._client).__mro__:
            if name in vars(cls):
                method: ClientMethod[Any, Any, Any] = vars(cls)[name]
                return method.awaitable(self._client)
        raise AttributeError(name)
