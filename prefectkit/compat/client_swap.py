"""`swap_prefect_client`: Prefect's own code with the clients of this package."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from types import ModuleType
from typing import Any

from prefectkit.compat.client import PrefectClient, SyncPrefectClient
from prefectkit.compat.client_method import ClientMethod
from prefectkit.compat.official_objects import to_official
from prefectkit.core.errors import ConfigError

CLASSES: tuple[type[Any], ...] = (PrefectClient, SyncPrefectClient)


class _Swap:
    """Prefect's classes of clients, while they are replaced.

    Attributes:
        lock: Held while they are replaced or put back.
        depth: How many `with` blocks are active.
        originals: Prefect's own, by name.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.depth = 0
        self.originals: dict[str, type[Any]] = {}


_swap = _Swap()


@contextmanager
def swap_prefect_client() -> Generator[None]:
    """A context manager within which Prefect's own code sends its requests with the clients of this package.

    This replaces the result of every call of `prefect.client.orchestration.get_client`, under any name and in any
    module, and so the client of `Variable`, blocks, artifacts, deployments, concurrency, workers, the engine and the
    command line. Prefect still chooses the server, and shares clients within its contexts.

    The clients are subclasses of this package's and of Prefect's own. What they return is of Prefect's own classes.

    Not replaced: clients that exist already, such as that of a running flow; other processes, and so the flow runs that
    a process worker starts; `PrefectClient(...)` by a name that was imported before; the client of Prefect Cloud;
    events, which are sent over a websocket.

    It applies to the whole process: all threads, tasks and event loops. Blocks may be nested, and overlap in threads:
    Prefect's own clients are restored when the last one ends, also by an exception. A client that was created within
    keeps working afterwards.

    Raises:
        ConfigError: Prefect is not installed.
    """
    module = _orchestration()
    with _swap.lock:
        if _swap.depth == 0:
            for flat in CLASSES:
                official = _swap.originals[flat.__name__] = getattr(module, flat.__name__)
                setattr(module, flat.__name__, _derive_from_both(flat, official))
        _swap.depth += 1
    try:
        yield
    finally:
        with _swap.lock:
            _swap.depth -= 1
            if _swap.depth == 0:
                for name, official in _swap.originals.items():
                    setattr(module, name, official)


def _orchestration() -> ModuleType:
    try:
        from prefect.client import orchestration
    except ImportError as error:
        raise ConfigError(
            "swap_prefect_client replaces the client of Prefect, which is not installed here: pip install prefect"
        ) from error
    return orchestration


def _derive_from_both(flat: type[Any], official: type[Any]) -> type[Any]:
    """A subclass of our client and of Prefect's, as its contexts require, with results of Prefect's classes."""
    methods = {
        name: _converting(getattr(flat, name))
        for name in dir(flat)
        if isinstance(inspect.getattr_static(flat, name), ClientMethod)
    }
    return type(flat.__name__, (flat, official), {**methods, "__module__": __name__, "__doc__": flat.__doc__})


def _converting(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def convert(*args: Any, **kwargs: Any) -> Any:
        return to_official(method(*args, **kwargs))

    @wraps(method)
    async def convert_awaited(*args: Any, **kwargs: Any) -> Any:
        return to_official(await method(*args, **kwargs))

    return convert_awaited if inspect.iscoroutinefunction(method) else convert
