"""Dependency injection: decorators that pass a client to a function."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from prefectkit.compat.client import PrefectClient, running_loop
from prefectkit.compat.contexts import AsyncClientContext, get_client

P = ParamSpec("P")
T = TypeVar("T")


def get_or_create_client(client: PrefectClient | None = None) -> tuple[PrefectClient, bool]:
    """The client to use, and whether it is open already.

    Args:
        client: A client of the caller. Default: that of the `AsyncClientContext` that was entered in this event loop,
            or else a new one.

    Returns:
        The client, and True if the caller or a context closes it; False for a new one.

    Raises:
        ValueError: As `get_client`.
    """
    if client is not None:
        return client, True
    context = AsyncClientContext.get()
    if context is not None and context.client.loop is running_loop():
        return context.client, True
    return get_client(), False


def client_injector(
    func: Callable[Concatenate[PrefectClient, P], Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Decorate an async function: its first argument becomes the client of `get_or_create_client`.

    Args:
        func: An async function whose first parameter is a client.
    """

    @wraps(func)
    async def with_client(*args: P.args, **kwargs: P.kwargs) -> T:
        client, _ = get_or_create_client()
        return await func(client, *args, **kwargs)

    return with_client


def inject_client(fn: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Decorate an async function: its parameter `client` becomes optional, and defaults to an open client.

    A new client is closed when the function returns. The client of the caller or of a context stays open.

    Args:
        fn: An async function with a parameter `client`.
    """

    @wraps(fn)
    async def with_client(*args: P.args, **kwargs: P.kwargs) -> T:
        client_argument: Any = kwargs.pop("client", None)
        client, is_open = get_or_create_client(client_argument)
        if is_open:
            kwargs["client"] = client
            return await fn(*args, **kwargs)
        async with client:
            kwargs["client"] = client
            return await fn(*args, **kwargs)

    return with_client
