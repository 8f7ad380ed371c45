"""Functions that take a client: they are given one where the caller brings none."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from prefectkit.compat.client import PrefectClient, running_loop
from prefectkit.compat.contexts import AsyncClientContext, get_client

P = ParamSpec("P")
T = TypeVar("T")


def get_or_create_client(client: PrefectClient | None = None) -> tuple[PrefectClient, bool]:
    """A client to use.

    Args:
        client: The caller's, if there is one.

    Returns:
        That one, else the one of the `AsyncClientContext` that was entered in this event loop, each with True: it is
        open, and somebody else closes it. Else a new one and False.

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
    """Make a function that takes a client first one that takes none: it is given that of `get_or_create_client`.

    Args:
        func: An async function whose first parameter is a client.
    """

    @wraps(func)
    async def with_client(*args: P.args, **kwargs: P.kwargs) -> T:
        client, _ = get_or_create_client()
        return await func(client, *args, **kwargs)

    return with_client


def inject_client(fn: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make the parameter `client` of a function optional: it is given an open client where the caller gives none.

    A new client is closed when the function is done. One that the caller gives, or that a context keeps, stays open.

    Args:
        fn: An async function with a parameter `client`.
    """

    @wraps(fn)
    async def with_client(*args: P.args, **kwargs: P.kwargs) -> T:
        given: Any = kwargs.pop("client", None)
        client, is_open = get_or_create_client(given)
        if is_open:
            kwargs["client"] = client
            return await fn(*args, **kwargs)
        async with client:
            kwargs["client"] = client
            return await fn(*args, **kwargs)

    return with_client
